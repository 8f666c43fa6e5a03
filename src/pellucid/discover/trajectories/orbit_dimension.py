"""The dimension of the set that an orbit fills, and whether all orbits end on the same set.

AI Poincare counts conserved quantities as the dimension of the state space less that of an orbit (arXiv 2011.04698
section II). Here the latter comes from local principal components: within a ball of radius r a curve has one large
variance, a torus two. Several orbits give an interval. Orbits that end on one attractor have no invariant between them
however thin it is, which dimensions alone cannot tell: distances between orbits can.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import KDTree

from .settings import COUNTING

Array = NDArray[np.float64]


@dataclass(frozen=True)
class OrbitDimensions:
    """Local dimension of every orbit at every radius (orbits, scales), read off: mean over orbits and its interval."""

    curves: Array
    dimension: float
    low: float
    high: float
    state: int
    shared: bool
    returning: bool
    meeting: bool
    """Whether the orbits run together."""


def orbit_dimensions(states: Sequence[Array], noise: Array, generator: np.random.Generator) -> OrbitDimensions:
    """Of orbits (samples, variables) whose points are uncertain by `noise` (variables,)."""
    together = np.concatenate(list(states))
    scale = together.std(0)
    orbits = [(x - together.mean(0)) / scale for x in states]
    blur = float(np.sqrt(((noise / scale) ** 2).mean()))
    chosen = generator.permutation(len(orbits))[: COUNTING.most_orbits]
    curves = np.array([_curve(orbits[i], blur, generator) for i in chosen])
    low_edge, high_edge = np.searchsorted(COUNTING.scales, (COUNTING.read_from, COUNTING.read_to))
    judged = slice(int(low_edge), int(high_edge))
    each = _mean(curves[:, judged], 1)
    each = each[np.isfinite(each)]
    if not len(each):
        raise ValueError(
            "the orbits are too short, too noisy or too coarsely sampled to have a dimension; give more samples of each"
        )
    draws = np.median(generator.choice(each, (COUNTING.bootstraps, len(each))), 1)
    low, high = np.quantile(draws, [0.025, 0.975])
    values = np.linalg.svd(np.concatenate(orbits), compute_uv=False) / np.sqrt(len(together))
    state = int((values > max(3 * blur, 1e-6)).sum())
    looked_at = [orbits[i] for i in chosen]
    shared, returning = _shared(looked_at)
    dimension = float(np.median(each))
    return OrbitDimensions(curves, dimension, float(low), float(high), state, shared, returning, _meeting(looked_at))


def _curve(x: Array, blur: float, generator: np.random.Generator) -> Array:
    """The mean number of large local variances at every radius; NaN where points are few or noise is large."""
    size = float(np.sqrt(x.var(0).sum()))
    tree = KDTree(x)
    centres = x[generator.permutation(len(x))[: COUNTING.centres]]
    found = np.full(len(COUNTING.scales), np.nan)
    for k, share in enumerate(COUNTING.scales):
        if share * size < 4 * blur:
            continue
        near = [x[rows] for rows in tree.query_ball_point(centres, share * size)]
        counts = [_directions(points) for points in near if len(points) >= COUNTING.fewest_points]
        if len(counts) >= 3:
            found[k] = float(np.mean(counts))
    return found


def _directions(points: Array) -> int:
    values = np.linalg.svd(points - points.mean(0), compute_uv=False) ** 2
    return int((values > COUNTING.direction * values[0]).sum())


def _shared(orbits: Sequence[Array]) -> tuple[bool, bool]:
    """Whether the orbits end on the same set; whether they return to where they were."""
    pasts = [KDTree(x[: len(x) // 2]) for x in orbits]
    wholes = [KDTree(x) for x in orbits]
    ratios, returns = [], []
    for i, x in enumerate(orbits):
        late = x[len(x) // 2 :]
        own = float(np.median(pasts[i].query(late)[0]))
        returns.append(own / max(float(np.sqrt(x.var(0).sum())), 1e-300))
        apart = [float(np.median(tree.query(late)[0])) for j, tree in enumerate(wholes) if j != i]
        ratios += [distance / max(own, 1e-12) for distance in apart]
    returning = float(np.median(returns)) < COUNTING.returns
    return bool(ratios) and returning and float(np.quantile(ratios, COUNTING.pairs)) < COUNTING.same, returning


def _meeting(orbits: Sequence[Array]) -> bool:
    """Whether the ends of the orbits are much less spread than their beginnings."""
    if len(orbits) == 1:
        return False
    tails = [max(1, round(COUNTING.tail * len(x))) for x in orbits]
    first = np.array([x[:count].mean(0) for x, count in zip(orbits, tails, strict=True)])
    last = np.array([x[-count:].mean(0) for x, count in zip(orbits, tails, strict=True)])
    return bool(np.sqrt(last.var(0).sum()) < COUNTING.nearer * np.sqrt(first.var(0).sum()))


def _mean(values: Array, axis: int) -> Array:
    known = np.isfinite(values)
    return np.where(known, values, 0).sum(axis) / np.where(known.any(axis), known.sum(axis), np.nan)

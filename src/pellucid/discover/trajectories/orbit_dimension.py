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

SCALES = np.geomspace(0.04, 0.5, 12)
"""Radii, of the size of an orbit."""
JUDGED = (0.18, 0.34)
"""Radii at which the dimension is read off: above the noise, and where an orbit is not yet bent much."""
_CENTRES = 40
_LEAST = 0.15
"""A direction counts where its variance is this share of the largest one."""
_FEWEST = 6
_ORBITS = 40
_BOOTSTRAPS = 400
_RETURNS = 0.3
"""An orbit returns where it comes this close to where it was, of its size."""
_SAME = 1.5
_PAIRS = 0.9
"""Orbits fill the same set where they are this much farther from each other than each from its own past, or less,
for this share of all pairs."""
_TAIL = 0.1
_NEARER = 0.5
"""Orbits run together where their ends are spread this much less than their beginnings."""

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
    chosen = generator.permutation(len(orbits))[:_ORBITS]
    curves = np.array([_curve(orbits[i], blur, generator) for i in chosen])
    low_edge, high_edge = np.searchsorted(SCALES, JUDGED)
    judged = slice(int(low_edge), int(high_edge))
    each = _mean(curves[:, judged], 1)
    each = each[np.isfinite(each)]
    if not len(each):
        raise ValueError("the orbits are too short or too noisy to have a dimension; give more samples of each")
    draws = np.median(generator.choice(each, (_BOOTSTRAPS, len(each))), 1)
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
    centres = x[generator.permutation(len(x))[:_CENTRES]]
    found = np.full(len(SCALES), np.nan)
    for k, share in enumerate(SCALES):
        if share * size < 4 * blur:
            continue
        near = [x[rows] for rows in tree.query_ball_point(centres, share * size)]
        counts = [_directions(points) for points in near if len(points) >= _FEWEST]
        if len(counts) >= 3:
            found[k] = float(np.mean(counts))
    return found


def _directions(points: Array) -> int:
    values = np.linalg.svd(points - points.mean(0), compute_uv=False) ** 2
    return int((values > _LEAST * values[0]).sum())


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
    returning = float(np.median(returns)) < _RETURNS
    return bool(ratios) and returning and float(np.quantile(ratios, _PAIRS)) < _SAME, returning


def _meeting(orbits: Sequence[Array]) -> bool:
    """Whether the ends of the orbits are much less spread than their beginnings."""
    if len(orbits) == 1:
        return False
    tails = [max(1, round(_TAIL * len(x))) for x in orbits]
    first = np.array([x[:count].mean(0) for x, count in zip(orbits, tails, strict=True)])
    last = np.array([x[-count:].mean(0) for x, count in zip(orbits, tails, strict=True)])
    return bool(np.sqrt(last.var(0).sum()) < _NEARER * np.sqrt(first.var(0).sum()))


def _mean(values: Array, axis: int) -> Array:
    known = np.isfinite(values)
    return np.where(known, values, 0).sum(axis) / np.where(known.any(axis), known.sum(axis), np.nan)

"""Which functions an edge may be: the best c f(a x + b) + d for every f of the library.

Four parameters are few enough to look everywhere: c and d are linear, and (a, b) is scanned on a coarse grid in the
edge's own scale, where idle parameters leave only a line (powers: the place of the zero or pole; exponential: the
rate). The best places are then refined by least squares. The grid costs O(places · 64) per function, all in one array.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from ..expression.primitives import LIBRARY, Array, Primitive
from ..expression.refit import refit


@dataclass(frozen=True)
class EdgeCandidate:
    """c f(a x + b) + d with the mean square of what it misses, relative to the variance of the edge."""

    function: Primitive
    a: float
    b: float
    c: float
    d: float
    error: float

    def __call__(self, x: Array) -> Array:
        return self.c * self.function.function(self.a * x + self.b) + self.d


def candidates(
    x: Array,
    y: Array,
    library: tuple[Primitive, ...] = LIBRARY,
    *,
    keep: int = 8,
    good_enough: float = 1e-20,
    points: int = 64,
) -> list[EdgeCandidate]:
    """The best fits of the `keep` best functions to y (rows,) over x (rows,), best first.

    The grid is scanned on `points` of the points, refits see four times as many. A function whose domain does not hold
    the range of x anywhere is left out. Raises ValueError for fewer than four points.

    >>> x = np.linspace(-1, 1, 200)
    >>> candidates(x, 3 * np.sin(2 * x + 1))[0].function.name
    'sin'
    """
    if x.shape != y.shape or x.ndim != 1 or len(x) < 4:
        raise ValueError(f"x, y have shapes {x.shape}, {y.shape}; give at least 4 points, one y for each x")
    middle, half = (x.min() + x.max()) / 2, max(np.ptp(x) / 2, 1e-300)
    variance = max(float(np.var(y)), 1e-300)
    order = np.argsort(x)
    t = (x - middle) / half
    scan = order[np.linspace(0, len(x) - 1, min(points, len(x))).astype(int)]
    rough = [found for f in library if (found := _rough(f, t[scan], y[scan], variance, good_enough)) is not None]
    rough.sort(key=_rank)
    fine = order[np.linspace(0, len(x) - 1, min(4 * points, len(x))).astype(int)]
    found = [_refine(e.function, e.a, e.b, t[fine], y[fine], variance, 50, 1e-6) or e for e in rough[:keep]]
    moved = [EdgeCandidate(e.function, e.a / half, e.b - e.a * middle / half, e.c, e.d, e.error) for e in found]
    return sorted(moved, key=_rank)


def _rank(candidate: EdgeCandidate) -> tuple[float, float]:
    """By error; but a parameter more has to earn its keep, for every curve looks like the crest of some wave."""
    return candidate.error * 1.1**candidate.function.parameters, candidate.function.bits


def _better(one: EdgeCandidate | None, other: EdgeCandidate | None) -> EdgeCandidate | None:
    """The one with the smaller error, the first where they are equal; None where there is none."""
    if one is None or other is None:
        return one or other
    return other if other.error < one.error else one


def _rough(
    function: Primitive,
    t: Array,
    y: Array,
    variance: float,
    good_enough: float,
    starts: tuple[int, ...] = (0, 2, 9, 40),
) -> EdgeCandidate | None:
    """The best place of the grid after a few steps over t in [-1, 1]; None where the function is not defined there.

    Steps begin at the best place, then at the others of `starts` by rank, which lie in other valleys, while they help.
    """
    a, b = places(function)
    score = _explained(function, a, b, t, y)
    order = np.argsort(score)[::-1]
    best: EdgeCandidate | None = None
    for start, place in [(rank, order[rank]) for rank in starts if rank < len(order)]:
        if not score[place] > (0.0 if best is None else 0.05):
            break
        fitted = _refine(function, float(a[place]), float(b[place]), t, y, variance, 10, 0.03)
        better = _better(best, fitted)
        if start > 2 and better is best:
            break
        best = better
        if best is not None and best.error < max(good_enough, 1e-5):
            break
    return best


def _explained(function: Primitive, a: Array, b: Array, t: Array, y: Array) -> Array:
    """r^2 of y on f(a t + b) for every place (a, b); -1 where f is not defined over the range."""
    with np.errstate(all="ignore"):
        z = a[:, None] * t + b[:, None]
        inside = (z.min(1) > function.low) & (z.max(1) < function.high)
        values = np.where(inside[:, None], function.function(np.where(inside[:, None], z, np.nan)), np.nan)
        ok = inside & np.isfinite(values).all(1)
        values = np.where(ok[:, None], values, 0.0)
        values = values - values.mean(1, keepdims=True)
        target = y - y.mean()
        score = (values @ target) ** 2 / ((values**2).sum(1) * (target @ target) + 1e-300)
    return np.where(ok, score, -1.0)


def _refine(
    function: Primitive, a: float, b: float, t: Array, y: Array, variance: float, steps: int, tolerance: float
) -> EdgeCandidate | None:
    """Least squares for the parameters of c f(a t + b) + d that are not idle."""
    free_a, free_b = function.free

    def split(p: Array) -> tuple[float, float]:
        return (p[2] if free_a else a), (p[-1] if free_b else b)

    def residual(p: Array) -> tuple[Array, Array]:
        z = split(p)[0] * t + split(p)[1]
        if not _defined(function, z):
            return np.full_like(y, np.inf), np.zeros((len(y), len(p)))
        value, slope = function.function(z), p[0] * function.slope(z)
        columns = [value, np.ones_like(t)] + [slope * t] * free_a + [slope] * free_b
        return p[0] * value + p[1] - y, np.column_stack(columns)

    with np.errstate(all="ignore"):
        design = np.column_stack([function.function(a * t + b), np.ones_like(t)])
        if not np.isfinite(design).all():
            return None
        linear = np.linalg.lstsq(design, y, rcond=None)[0]
    start = np.array([*linear, *[a] * free_a, *[b] * free_b])
    done = refit(residual, start, steps if any(function.free) else 1, tolerance=tolerance)
    if done is None:
        return None
    a, b = (float(value) for value in split(done.parameters))
    c, d = (float(value) for value in done.parameters[:2])
    return EdgeCandidate(function, a, b, c, d, done.mean_square / variance)


def _defined(function: Primitive, z: Array) -> bool:
    """Whether all points are inside the domain, and a kink well inside the points."""
    inside = bool(z.min() > function.low and z.max() < function.high)
    return inside and not (function.name == "abs" and _straight(z))


def _straight(z: Array) -> bool:
    """Whether the kink of |z| lies at the border of the points: then it is a line with noise at its end."""
    below = int((z < 0).sum())
    return min(below, len(z) - below) < 0.05 * len(z)


@lru_cache(maxsize=256)
def places(function: Primitive) -> tuple[Array, Array]:
    """The grid of (a, b) to look at for t in [-1, 1], idle parameters left out.

    >>> from pellucid.distill.formulas.expression.primitives import library_entry
    >>> [len(grid) for grid in places(library_entry("x"))]
    [1, 1]
    """
    slopes, shifts = np.geomspace(0.03, 24.0, 28), np.linspace(-6.0, 6.0, 31)  # of t: from nearly straight to 8 waves
    if function.gauge == "linear":
        return np.ones(1), np.zeros(1)
    if function.gauge == "shift":
        return np.concatenate([slopes, -slopes]), np.zeros(2 * len(slopes))
    if np.isfinite(function.low) and np.isfinite(function.high):
        return _between(function.low, function.high)
    if function.gauge == "scale":
        return _scale_places(function)
    signs = (1.0,) if function.even else (1.0, -1.0)
    rates = np.concatenate([sign * slopes for sign in signs])
    a, b = (grid.ravel() for grid in np.meshgrid(rates, shifts, indexing="ij"))
    return a, b


def _scale_places(function: Primitive) -> tuple[Array, Array]:
    """a = 1 or -1; b such that the zero or pole lies where it may: anywhere, or outside of the range."""
    near = np.geomspace(1e-4, 30.0, 40)  # from the border of the range: close to a pole, or far from it
    if np.isfinite(function.low):
        b = function.low + 1.0 + near
        return np.concatenate([np.ones_like(b), -np.ones_like(b)]), np.concatenate([b, b])
    b = np.concatenate([np.linspace(-1.5, 1.5, 61), 1.5 + near[near > 0.05], -1.5 - near[near > 0.05]])
    return np.ones_like(b), b


def _between(low: float, high: float) -> tuple[Array, Array]:
    """The range of t is mapped into the domain: every pair of ends, close to its borders too."""
    share = 0.5 * (1 + np.tanh(np.linspace(-4.0, 4.0, 25)))
    ends = low + (high - low) * share
    first, last = (grid.ravel() for grid in np.meshgrid(ends, ends, indexing="ij"))
    keep = first < last
    return ((last - first) / 2)[keep], ((last + first) / 2)[keep]

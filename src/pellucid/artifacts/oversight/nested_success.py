"""How likely nested oversight holds: levels between a weak overseer and a strong system, each guarding the next.

    success = prod_i 1 / (1 + 10^((H(g_{i+1}) - G(g_i)) / 400)),   g_0 = start < g_1 < ... < g_n = start + gap

G and H are domain ratings as guard and as houdini of a general rating (arXiv 2504.18530): a + b x, between two limits.
-log success is a sum of softplus of affine functions of the levels, and so convex, while both curves are lines.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from jaxtyping import Float
from numpy.typing import NDArray

Array = NDArray[np.float64]


class Curve(NamedTuple):
    """A domain rating of a general one: a + b x, not below `low` and not above `high`."""

    a: float
    b: float
    low: float = -np.inf
    high: float = np.inf

    def __call__(self, x: Float[np.ndarray, "*levels"]) -> Float[np.ndarray, "*levels"]:
        return np.clip(self.a + self.b * x, self.low, self.high)

    @property
    def is_line(self) -> bool:
        """Whether it has no plateau."""
        return self.low == -np.inf and self.high == np.inf


def loss(guard: Float[np.ndarray, "*levels"], houdini: Float[np.ndarray, "*levels"]) -> Float[np.ndarray, "*levels"]:
    """-log of the chance that a guard of one domain rating holds a houdini of another.

    >>> float(np.exp(-loss(np.array(1000.0), np.array(1400.0))).round(4))
    0.0909
    """
    return np.logaddexp(0.0, np.log(10) / 400 * (houdini - guard))


def success_at(guard: Curve, houdini: Curve, levels: Float[np.ndarray, " levels"]) -> float:
    """The chance that all of the levels hold, from the first to the last.

    >>> line = Curve(0.0, 1.0)
    >>> round(success_at(line, line, np.array([1000.0, 1400.0])), 4)
    0.0909
    """
    return float(np.exp(-loss(guard(levels[:-1]), houdini(levels[1:])).sum()))


def equal_levels(start: float, gap: float, count: int) -> Float[np.ndarray, " levels"]:
    """`count` equal steps from `start` on.

    >>> equal_levels(1000, 400, 2).tolist()
    [1000.0, 1200.0, 1400.0]
    """
    return start + gap * np.arange(count + 1) / count


def best_levels(
    guard: Curve, houdini: Curve, start: float, gap: float, most: int, points: int = 161
) -> list[Float[np.ndarray, " levels"]]:
    """For 1, 2, ... `most` steps the levels on a grid of `points` between the ends whose success is greatest.

    By dynamic programming, also with plateaus; lines are then improved off the grid by descent on the convex loss.

    >>> levels = best_levels(Curve(552.0, 0.72), Curve(-1362.0, 1.95), 1103.0, 400.0, 2)[1]
    >>> [round(level, -2) for level in levels.tolist()]
    [1100.0, 1300.0, 1500.0]
    """
    grid = start + gap * np.linspace(0, 1, points)
    cost = loss(guard(grid)[:, None], houdini(grid)[None])
    value = np.full(points, np.inf)
    value[0] = 0.0
    came, found = [], []
    for _ in range(most):
        ways = value[:, None] + cost
        came.append(ways.argmin(0))
        value = ways.min(0)
        place, levels = points - 1, [points - 1]
        for step in reversed(came):
            place = int(step[place])
            levels.append(place)
        chosen = grid[levels[::-1]]
        found.append(_improved(guard, houdini, chosen) if guard.is_line and houdini.is_line else chosen)
    return found


def _improved(guard: Curve, houdini: Curve, levels: Array) -> Array:
    """The levels at the minimum of the convex loss, between the ends."""
    if len(levels) < 3:
        return levels
    from scipy.optimize import minimize

    low, high = float(levels[0]), float(levels[-1])

    def objective(share: Array) -> tuple[float, Array]:
        inner = low + (high - low) * share
        whole = np.array([low, *inner, high])
        return float(loss(guard(whole[:-1]), houdini(whole[1:])).sum()), (high - low) * slopes(guard, houdini, whole)

    at = (levels[1:-1] - low) / (high - low)
    found = minimize(objective, at, jac=True, method="L-BFGS-B", bounds=[(0, 1)] * len(at), options={"ftol": 1e-15})
    whole = np.array([low, *(low + (high - low) * found.x), high])
    return whole if success_at(guard, houdini, whole) >= success_at(guard, houdini, levels) else levels


def slopes(guard: Curve, houdini: Curve, levels: Float[np.ndarray, " levels"]) -> Float[np.ndarray, " inner"]:
    """The derivative of the loss by each inner level, of lines."""
    rate = np.log(10) / 400
    weight = 1 / (1 + np.exp(-rate * (houdini(levels[1:]) - guard(levels[:-1]))))
    return rate * (houdini.b * weight[:-1] - guard.b * weight[1:])


def duality_gap(guard: Curve, houdini: Curve, levels: Float[np.ndarray, " levels"]) -> float:
    """By how much, at most, other levels between the same ends could lower the loss, of lines: it is convex.

    f(y) >= f(x) + f'(x) (y - x) >= f(x) - gap,   every y_i between the ends
    """
    slope, inner = slopes(guard, houdini, levels), levels[1:-1]
    down, up = slope * (levels[0] - inner), slope * (levels[-1] - inner)
    return float(-np.minimum(0, np.minimum(down, up)).sum())

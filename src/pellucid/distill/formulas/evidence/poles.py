"""Poles of a formula inside a box, which random points hardly ever meet: a divisor that changes its sign is zero
between.

    f = u / v^k,  v(p) < 0 < v(q),  v continuous between p and q   ->   v = 0, and f has no value, somewhere on the way

The way is halved until its ends are neighbouring numbers. That v is continuous there is seen by its size at them, which
rounding alone leaves; that u does not vanish with it, by f, which is far larger at them than anywhere else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import sympy
from jaxtyping import Float
from numpy.typing import NDArray

from ....artifacts.formulas.formula import Formula, make_formula

Array = NDArray[np.float64]
Values = Callable[[Array], Array]


def pole_inside(
    formula: Formula, points: Float[np.ndarray, "points features"], *, pairs: int = 8, far_larger: float = 1e3
) -> Float[np.ndarray, " features"] | None:
    """A point between two of `points` where the formula has a pole; None where none is found.

    Of each divisor at most so many `pairs` of points with different signs are tried. Poles of even order that the
    divisor only touches (1/(x^2 - 2 x + 1) as it stands) are not seen.

    >>> points = np.random.default_rng(0).uniform(-3, 3, (200, 1))
    >>> print(pole_inside(Formula("2 + 1/(x - 0.5)", ("x",)), points).round(9))
    [0.5]
    >>> pole_inside(Formula("1/(x**2 + 0.5)", ("x",)), points)
    """
    typical = np.abs(formula(points))
    largest = float(np.max(typical[np.isfinite(typical)], initial=0.0))
    for divisor in dict.fromkeys(_divisors(formula.sympy())):
        values = make_formula(divisor, formula.names)
        for below, above in _of_both_signs(values(points), points, pairs):
            low, high = _halved(values, below, above)
            if not _is_continuous(values, low, high, below, above):
                continue
            if np.abs(formula(np.stack([low, high]))).min() > far_larger * largest:
                return np.where(np.abs(low) < 1e-12 * np.ptp(points, axis=0), 0.0, low)
    return None


def _divisors(expression: sympy.Expr) -> Iterator[sympy.Expr]:
    for node in sympy.preorder_traversal(expression):
        part: Any = node
        if isinstance(part, sympy.Pow) and part.exp.is_number and part.exp.is_negative and part.base.free_symbols:
            yield part.base.args[0] if isinstance(part.base, sympy.Abs) else part.base
        elif isinstance(part, sympy.tan):
            yield sympy.cos(part.args[0])


def _of_both_signs(values: Array, points: Array, pairs: int) -> Iterator[tuple[Array, Array]]:
    """Points where the values (points,) are negative, each with one near it where they are positive."""
    negative, positive = np.flatnonzero(values < 0), np.flatnonzero(values > 0)
    if not (len(negative) and len(positive)):
        return
    spread = np.ptp(points, axis=0)
    unit = points / np.where(spread > 0, spread, 1.0)
    for k in negative[:: max(1, len(negative) // pairs)][:pairs]:
        nearest = positive[np.argmin(((unit[positive] - unit[k]) ** 2).sum(1))]
        yield points[k], points[nearest]


def _halved(values: Values, below: Array, above: Array, steps: int = 1100) -> tuple[Array, Array]:
    """The two ends of the way, the first where the values are negative, as near to each other as numbers are."""
    for _ in range(steps):
        middle = (below + above) / 2
        if (middle == below).all() or (middle == above).all():
            break
        value = float(values(middle[None])[0])
        if value == 0:
            return middle, middle
        if not np.isfinite(value):
            break
        if value < 0:
            below = middle
        else:
            above = middle
    return below, above


def _is_continuous(values: Values, low: Array, high: Array, first: Array, last: Array, small: float = 1e-6) -> bool:
    """Whether the values shrank on the way from `first` and `last` to `low` and `high`; at a step they would not."""
    ends, middle = np.abs(values(np.stack([low, high]))), np.abs(values(np.stack([first, last])))
    return bool(ends.max() < small * middle.max())

"""Targets that come in whole steps: y = y0 + b floor(f(x)), a count or a number that was rounded.

f is sought as a formula of (y - y0)/b + 1/2, half a step off at most; then its constants are moved until no row is on
the wrong side,

    minimise  sum max(0, k - f)^2 + max(0, f - k - 1 + margin)^2,   k = (y - y0)/b,

and written as short as leaves all rows right: what rounding leaves of a constant is a range, no standard error.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import sympy
from jaxtyping import Float
from numpy.typing import NDArray

from ....subjects.tables.samples import Samples
from ..expression.free_constants import free_constants
from ..expression.parametrised import Parametrised, parametrise
from ..expression.tape import Bound, CannotCompile
from ..inference.numbers import short_numbers

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Steps:
    """The target as `start` + `height` * `counts` (rows,), whole numbers."""

    start: sympy.Rational
    height: sympy.Rational
    counts: Float[np.ndarray, " rows"]


def steps_of(
    y: Float[np.ndarray, " rows"], fewest: int = 3, most_share: float = 0.5, apart: float = 8.0
) -> Steps | None:
    """The steps that y (rows,) comes in; None where it takes other values, fewer than `fewest`, or hardly any twice.

    With noise, the values of a step must lie `apart` times nearer together than the steps do.

    >>> steps_of(np.array([5.0, 8.0, 8.0, 11.0, 5.0, 11.0, 17.0, 17.0])).height
    3
    """
    ordered = np.sort(y)
    between = np.diff(ordered)
    if not between.size or between.max() == 0:
        return None
    for cut in (1e-9 * float(np.abs(y).max()), float(between.max()) / 3):
        ends = np.flatnonzero(between > cut) + 1
        groups = np.split(ordered, ends)
        if not fewest <= len(groups) <= most_share * len(y):
            continue
        levels = np.array([group.mean() for group in groups])
        width = max(float(np.ptp(group)) for group in groups)
        step = float(np.diff(levels).min())
        if width * apart > step:
            continue
        whole = np.round((levels - levels[0]) / step)
        slope, start = np.polyfit(whole, levels, 1)
        if float(np.abs(levels - start - slope * whole).max()) > step / 2 / apart:
            continue
        error = max(width, 1e-9 * step) / np.sqrt(len(y))
        height = _short(float(slope), error / max(1.0, float(np.ptp(whole)) / 3))
        first = _short(float(start), error)
        return Steps(first, height, np.round((y - float(first)) / float(height)))
    return None


def rounded(formulas: Iterable[sympy.Expr], samples: Samples, steps: Steps) -> Iterator[sympy.Expr]:
    """The target as whole parts of formulas of (y - y0)/b + 1/2, those that give every row."""
    for formula in formulas:
        try:
            found = _Whole(parametrise(free_constants(formula)), samples, steps.counts).solved()
        except (CannotCompile, ArithmeticError, ValueError, TypeError):
            continue
        if found is not None:
            yield steps.start + steps.height * sympy.floor(found)


def _short(value: float, error: float) -> sympy.Rational:
    """The cheapest fraction or decimal within three errors of a value."""
    short = [one for one in short_numbers(value, error) if one.name == ""]
    number: Any = sympy.Rational(short[0].p, short[0].q) if short else sympy.Rational(repr(value))
    return number


@dataclass(frozen=True)
class _Whole:
    """f with constants, and the whole part (rows,) that it should have."""

    form: Parametrised
    samples: Samples
    counts: Array
    margin: float = 1e-6
    moves: int = 60
    spreads: tuple[float, ...] = (0.3, 0.1, 0.03, 0.01, 3e-3, 1e-3, 1e-4, 1e-5)
    """How far from where it stands a constant may be written, as a share of it: the widest that leaves all rows right
    is taken."""

    def solved(self) -> sympy.Expr | None:
        """f with short constants, None where no constants were found that give every row."""
        bound = self.form.tape(self.samples.names).bind(self.samples.X)
        theta = np.array(self.form.values)
        free = np.ones(len(theta), dtype=bool)
        theta = self._moved(bound, theta, free)
        if theta is None:
            return None
        held: dict[int, sympy.Rational] = {}
        order = sorted(range(len(theta)), key=lambda k: not self.form.exponents[k])
        for k in order:
            free[k] = False
            number, after = self._written(bound, theta, free, k)
            if number is None or after is None:
                return None
            theta, held[k] = after, number
        return self.form.expression([held[k] for k in range(len(theta))])

    def _written(
        self, bound: Bound, theta: Array, free: NDArray[np.bool_], k: int
    ) -> tuple[sympy.Rational | None, Array | None]:
        """A short number for one constant, and the others moved until they stand beside it."""
        value = float(theta[k])
        for spread in (1.0, *self.spreads):
            number = _short(value, spread * abs(value) / 3) if spread < 1 else sympy.Integer(0)
            tried = theta.copy()
            tried[k] = float(number)
            after = self._moved(bound, tried, free)
            if after is not None:
                return number, after
        return None, None

    def _moved(self, bound: Bound, theta: Array, free: NDArray[np.bool_]) -> Array | None:
        """Constants that leave no row on the wrong side; None where these steps lead to none."""
        damping = 1e-3
        values, J = bound.jacobian(theta)
        for _ in range(self.moves):
            if not np.isfinite(values).all():
                return None
            r = self._wrong(values)
            if not r.any():
                return theta
            if not free.any():
                return None
            A = J[:, free] * (r != 0)[:, None]
            scale = np.linalg.norm(A, axis=0)
            scale = np.where(scale > 0, scale, 1.0)
            system = np.vstack([A / scale, np.sqrt(damping) * np.eye(A.shape[1])])
            step = np.linalg.lstsq(system, np.concatenate([r, np.zeros(A.shape[1])]), rcond=None)[0] / scale
            tried = theta.copy()
            tried[free] += 1.05 * step  # into the range, not only up to it
            after = bound.jacobian(tried)
            if np.isfinite(after[0]).all() and float((self._wrong(after[0]) ** 2).sum()) < float((r**2).sum()):
                theta, (values, J), damping = tried, after, max(damping / 5, 1e-12)
            elif damping > 1e6:
                return None
            else:
                damping *= 6
        return None

    def _wrong(self, values: Array) -> Array:
        """How far each row must move up (or down, negative) until it has the whole part that it should have."""
        low = self.counts - values
        high = self.counts + 1 - self.margin - values
        return np.where(low > 0, low + self.margin, np.where(high < 0, high, 0.0))

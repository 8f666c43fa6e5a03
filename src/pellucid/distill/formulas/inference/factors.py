"""Columns that are but factors of the target, or idle: y = x_j^a v(the others), read off the rows and divided out.

    ln|y| = sum_j a_j ln|x_j| + rest,  a_j to the nearest half;  v = y / prod_j x_j^a_j must not depend on x_j

A column that y does not look at is the case a_j = 0. What is left is a table with fewer columns, whose target spans
fewer powers of ten: that is how tables in SI units become tables of everyday size. It is a proposal, drawn from the
rows by their ranks; whatever is found with it is verified on the whole table. Cost: a least-squares fit and a sort a
column.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import combinations

import numpy as np
import sympy
from jaxtyping import Float
from numpy.typing import NDArray

from ....subjects.tables.samples import Samples
from ....subjects.tables.units import Units

Array = NDArray[np.float64]


@dataclass(frozen=True)
class FactorLimits:
    """When a column counts as a factor. A wrong one costs the time of a search on a table that holds no law."""

    fewest_rows: int = 40
    """Of fewer rows no bin has a mean that says anything."""
    most_rows: int = 4_000
    """Trends are then known to a few percent of an exponent, whatever the rest does."""
    errors: float = 4.0
    """Standard errors that an exponent may lie from its half: one column in 16,000 is further off by chance."""
    least_reach: float = 0.03
    """And at least so far: where the rest is no noise, standard errors are but a guide."""
    most_reach: float = 0.25
    """Halves are 0.5 apart: where four errors are more than half of that, either may be meant."""
    bins: int = 10
    doubt: float = 5.0
    """Standard deviations of the correlation ratio above what chance puts there: pairs of columns are many."""
    smallest: float = 1e-290
    """Targets below this have lost digits to underflow."""


LIMITS = FactorLimits()


@dataclass(frozen=True)
class Factors:
    """y = prod x_j^a_j v(x_rest): the `exponents` of all columns, 0 for those of the `rest`, and for idle ones."""

    exponents: tuple[Fraction, ...]
    rest: tuple[int, ...]

    def divided(
        self, X: Float[np.ndarray, "rows columns"], y: Float[np.ndarray, " rows"]
    ) -> Float[np.ndarray, " rows"]:
        """v (rows,): the target without its factors."""
        v = np.array(y)
        for column, exponent in zip(X.T, self.exponents, strict=True):
            if exponent:
                base = column if exponent.denominator == 1 else np.abs(column)
                v = v / base ** float(exponent)
        return v

    def reduced(self, samples: Samples) -> Samples:
        """The table of v over the rest, with its units where they fit. Raises ValueError where there is no rest."""
        rest = list(self.rest)
        units = None
        if samples.units is not None:
            with suppress(ValueError):  # the units hold only with a column that the rows call idle
                units = self._units(samples.units)
        names = tuple(samples.names[j] for j in rest)
        return replace(samples, X=samples.X[:, rest], y=self.divided(samples.X, samples.y), names=names, units=units)

    def _units(self, units: Units) -> Units:
        target = np.array(units.target)
        for exponent, unit in zip(self.exponents, units.features, strict=True):
            target = target - exponent * np.array(unit)
        return Units(units.base, tuple(units.features[j] for j in self.rest), tuple(target))

    def restored(self, expression: sympy.Expr, names: Sequence[str]) -> sympy.Expr:
        """The expression for y where `expression` is that of v."""
        for name, exponent in zip(names, self.exponents, strict=True):
            symbol = sympy.Symbol(name, real=True)
            base = symbol if exponent.denominator == 1 else sympy.Abs(symbol)
            expression = expression * base ** sympy.Rational(exponent.numerator, exponent.denominator)
        return expression


def factors(
    X: Float[np.ndarray, "rows columns"], y: Float[np.ndarray, " rows"], limits: FactorLimits = LIMITS
) -> Factors | None:
    """The columns of X (rows, columns) that are but factors of y (rows,), or idle; None where there are none.

    >>> X = np.random.default_rng(0).uniform(1, 9, (300, 3))
    >>> found = factors(X, X[:, 0] ** 2 * (1 + X[:, 2]))
    >>> [str(exponent) for exponent in found.exponents], found.rest
    (['2', '0', '0'], (2,))
    """
    usable = np.flatnonzero(np.abs(y) > limits.smallest)[: limits.most_rows]
    if len(usable) < max(limits.fewest_rows, len(y[: limits.most_rows]) / 2):
        return None
    X, y = X[usable], y[usable]
    exponents = _exponents(X, y, limits)
    pure = {j: exponent for j, exponent in enumerate(exponents) if exponent is not None}
    while pure:
        found = Factors(
            tuple(pure.get(j, Fraction(0)) for j in range(X.shape[1])),
            tuple(j for j in range(X.shape[1]) if j not in pure),
        )
        ranks = _ranks(found.divided(X, y))
        wrong = _mattering(X, tuple(pure), ranks, limits)
        if not wrong:
            return found
        pure = {j: exponent for j, exponent in pure.items() if j not in wrong}
    return None


def _mattering(X: Array, columns: Sequence[int], ranks: Array, limits: FactorLimits) -> set[int]:
    """Those of the columns that the ranks depend on: by themselves, and where none does, with another of them."""
    alone = {j for j in columns if _depends([X[:, j]], ranks, limits)}
    if alone:
        return alone
    pairs = [pair for pair in combinations(columns, 2) if _depends([X[:, j] for j in pair], ranks, limits)]
    return {j for pair in pairs for j in pair}


def _exponents(X: Array, y: Array, limits: FactorLimits) -> list[Fraction | None]:
    """The half that each trend of ln|y| in ln|x_j| is; 0 for columns without a logarithm, None where it is none.

    The trend is that beside a step function of every other column, so that what those do counts little as noise.
    """
    loggable = (np.abs(X) > limits.smallest).all(axis=0) & (np.ptp(np.abs(X), axis=0) > 0)
    steps = [_steps(column, limits.bins) for column in X.T]
    goal = np.log(np.abs(y))
    found: list[Fraction | None] = [Fraction(0)] * X.shape[1]
    for j in np.flatnonzero(loggable).tolist():
        others = [one for k, one in enumerate(steps) if k != j]
        slope, error = _trend(np.log(np.abs(X[:, j])), np.column_stack([np.ones(len(y)), *others]), goal)
        half = Fraction(round(2 * slope), 2)
        reach = max(limits.errors * error, limits.least_reach)
        found[j] = half if abs(float(half) - slope) <= reach <= limits.most_reach else None
    return found


def _steps(column: Array, bins: int) -> Array:
    """Which of so many equally full bins each row is in (rows, bins - 1)."""
    edges = np.unique(np.quantile(column, np.linspace(0, 1, bins + 1)[1:-1]))
    return (np.searchsorted(edges, column, side="right")[:, None] == np.arange(1, len(edges) + 1)).astype(float)


def _trend(column: Array, beside: Array, goal: Array) -> tuple[float, float]:
    """The slope of `goal` in `column` beside other columns, and its standard error; nan where there is none."""
    both = np.column_stack([column, goal])
    left, rest = (both - beside @ np.linalg.lstsq(beside, both, rcond=None)[0]).T
    square, freedom = float(left @ left), len(goal) - beside.shape[1] - 1
    if freedom <= 0 or not square > 0:
        return 0.0, np.inf
    slope = float(left @ rest) / square
    return slope, float(np.linalg.norm(rest - slope * left)) / np.sqrt(freedom * square)


def _ranks(v: Array) -> Array:
    """The ranks of v (rows,) as numbers between -1/2 and 1/2; what differs by rounding only has one rank."""
    with np.errstate(over="ignore", invalid="ignore"):
        rounded = np.array([float(f"{value:.10g}") for value in v])
    _, inverse, counts = np.unique(rounded, return_inverse=True, return_counts=True)
    middle = np.cumsum(counts) - (counts - 1) / 2
    return middle[inverse] / len(v) - 0.5


def _depends(columns: Sequence[Array], ranks: Array, limits: FactorLimits) -> bool:
    """Whether the mean of the ranks, or of their distance from the middle, differs between the cells of a grid over one
    or two columns (rows,)."""
    bins = limits.bins if len(columns) == 1 else limits.bins // 2
    cells = np.zeros(len(ranks), dtype=int)
    for column in columns:
        place = np.empty(len(column), dtype=int)
        place[np.argsort(column, kind="stable")] = np.arange(len(column)) * bins // len(column)
        cells = cells * bins + place
    filled = np.bincount(cells)
    freedom = np.count_nonzero(filled) - 1
    limit = (freedom + limits.doubt * np.sqrt(2 * freedom)) / (len(ranks) - 1)
    for values in (ranks, np.abs(ranks)):
        spread = values - values.mean()
        total = float(spread @ spread)
        between = float((np.bincount(cells, spread) ** 2 / np.maximum(filled, 1)).sum())
        if total > 0 and between > limit * total:
            return True
    return False

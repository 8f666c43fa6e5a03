"""A case of a suite: a law, where it is sampled, and how a formula that was found from noisy rows is judged.

Right in values: root mean square error against the noiseless law at most 3 noise levels / sqrt(rows / 10), inside the
box and up to 30 % of its width beyond it (not across zero). Right in form: with its constants fitted again, to the
noiseless law, the formula becomes that law to 1e-6 of its spread, and it has at most two constants more than the law.
The ceiling is what the law itself reaches with its constants fitted to the same noisy rows.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import sympy
from numpy.typing import NDArray

from pellucid.algebra.expressions.text import parse
from pellucid.distill.formulas.expression.free_constants import free_constants
from pellucid.distill.formulas.expression.parametrised import parametrise
from pellucid.distill.formulas.inference.estimate import Rows, estimate
from pellucid.distill.formulas.inference.noise import GAUSS
from pellucid.subjects.tables.samples import Samples

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Range:
    """Where a column is sampled; `log`: evenly in its logarithm."""

    name: str
    low: float
    high: float
    log: bool = False

    def __str__(self) -> str:
        return f"{self.name} {'L' if self.log else 'U'} {self.low:g} {self.high:g}"

    def inside(self, draw: np.random.Generator, rows: int) -> Array:
        """Random values of the range."""
        if self.log:
            return np.exp(draw.uniform(np.log(self.low), np.log(self.high), rows))
        return draw.uniform(self.low, self.high, rows)

    def around(self, draw: np.random.Generator, rows: int) -> Array:
        """Random values up to 30 % beyond the range on either side, of the same sign."""
        if self.log:
            more = (self.high / self.low) ** 0.3
            return np.exp(draw.uniform(np.log(self.low / more), np.log(self.high * more), rows))
        more = 0.3 * (self.high - self.low)
        low = self.low - more
        if self.low >= 0:
            low = max(low, 0.7 * self.low)
        return draw.uniform(low, self.high + more, rows)


@dataclass(frozen=True)
class Case:
    """target = expression over `ranges`, `rows` of them, with noise of `noise` times the spread of the noiseless
    target."""

    name: str
    expression: str
    ranges: tuple[Range, ...]
    rows: int = 100
    noise: float = 0.02
    idle: tuple[Range, ...] = ()
    """Columns that the law does not look at."""

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(each.name for each in (*self.ranges, *self.idle))

    def law(self) -> sympy.Expr:
        """The law as an expression."""
        return parse(self.expression, self.names)

    def values(self, X: Array) -> Array:
        """The noiseless target (rows,) of X (rows, columns)."""
        symbols = [sympy.Symbol(name, real=True) for name in self.names]
        return np.asarray(sympy.lambdify(symbols, self.law(), "numpy")(*X.T), dtype=float) * np.ones(len(X))

    def draw(self, seed: int) -> Drawn:
        """Rows with noise, and noiseless points inside the box and around it."""
        number = int(hashlib.sha256(self.name.encode()).hexdigest()[:8], 16)
        draw = np.random.default_rng([seed, number])
        ranges = (*self.ranges, *self.idle)
        X = np.array([each.inside(draw, self.rows) for each in ranges]).T
        clean = self.values(X)
        level = self.noise * float(clean.std())
        y = clean + level * draw.normal(size=self.rows)
        inside = np.array([each.inside(draw, 1_000) for each in ranges]).T
        around = np.array([each.around(draw, 4_000) for each in ranges]).T
        low, high = X.min(axis=0), X.max(axis=0)
        beyond = around[((around < low) | (around > high)).any(axis=1)][:1_000]
        return Drawn(self, Samples(X, y, self.names, "target_"), level, inside, beyond)


@dataclass(frozen=True)
class Drawn:
    """A case with its noisy `samples`, the noise `level`, and points `inside` and `beyond` the box."""

    case: Case
    samples: Samples
    level: float
    inside: Array
    beyond: Array

    def is_right(self, found: sympy.Expr) -> bool:
        """Whether a formula has the law's values, inside and beyond."""
        limit = 3 * max(self.level, 1e-7 * float(self.samples.y.std())) / np.sqrt(self.samples.rows / 10)
        return all(self.error(found, X) <= limit for X in (self.inside, self.beyond))

    def is_form(self, found: sympy.Expr) -> bool:
        """Whether a formula has the law's form."""
        X = np.concatenate([self.inside[:200], self.beyond[:200]])
        return has_form(found, self.case.law(), self.case.names, X, self.case.values(X))

    def ceiling(self) -> bool:
        """Whether the law itself is right with its constants fitted to these rows."""
        samples = self.samples
        rows = Rows(samples.X, samples.y, np.ones(samples.rows), samples.names, 1e-9 * float(np.abs(samples.y).max()))
        fitted = estimate(parametrise(free_constants(self.case.law())), rows, GAUSS)
        return fitted is not None and self.is_right(fitted.expression())

    def error(self, found: sympy.Expr, X: Array) -> float:
        """Root mean square error of a formula at X against the noiseless law, infinite where it has no real value."""
        symbols = [sympy.Symbol(name, real=True) for name in self.case.names]
        with np.errstate(all="ignore"):
            values = np.asarray(sympy.lambdify(symbols, found, ["scipy", "numpy"])(*X.T)) * np.ones(len(X))
            if np.iscomplexobj(values):
                return float("inf")
            error = float(np.sqrt(np.mean((values - self.case.values(X)) ** 2)))
        return error if np.isfinite(error) else float("inf")


def has_form(
    found: sympy.Expr,
    law: sympy.Expr,
    names: tuple[str, ...],
    X: Array,
    y: Array,
    *,
    spare: int = 2,
    share: float = 1e-6,
    decimals_only: bool = False,
) -> bool:
    """Whether `found` becomes y (rows,), the law's noiseless values at X, with its constants fitted again.

    It may miss by `share` of the spread of y (and by rounding), and have `spare` constants more than the law, exact
    numbers counted: a series of fractions becomes any function. With `decimals_only` just its decimal constants are
    fitted, its exact numbers stay.
    """
    freed = free_constants(found)
    if len(parametrise(freed).symbols) > len(parametrise(free_constants(law)).symbols) + spare:
        return False
    form = parametrise(found if decimals_only else freed)
    small = np.abs(y) < 1e100  # the squares of larger values have no number
    X, y = X[small], y[small]
    size = float(np.abs(y).max())
    fitted = estimate(form, Rows(X, y, np.ones(len(y)), names, 1e-12 * size), GAUSS)
    limit = max(share * float(y.std()), 1e-13 * size)
    return fitted is not None and float(np.sqrt(np.mean((fitted.values - y) ** 2))) <= limit


def halves(cases: Sequence[Case]) -> tuple[list[Case], list[Case]]:
    """Two halves by the hash of the names: the second is only looked at when everything is done."""
    ordered = sorted(cases, key=lambda case: hashlib.sha256(f"pellucid/{case.name}".encode()).hexdigest())
    return ordered[: len(ordered) // 2], ordered[len(ordered) // 2 :]

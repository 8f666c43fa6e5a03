"""A problem of a suite: an equation, the rows that it is asked about, and how an answer is judged.

Noise is normal, of a share of the standard deviation of the noiseless target. Rows where the equation has no finite
real value are drawn again (or left out of a grid).

An answer is exact where it is the equation as a function, decided by algebra or 60 digits at random points, and agrees
to 1e-6 with rows of the published test set (without one: of ranges 30 % longer). Where an equation is published with
decimal numbers (physical constants, 213.80940889), no rule says which digits are meant: then it also counts, as
"constants", if it agrees to 1e-6 inside and outside, has no more constants than the equation, exact ones counted, and
becomes it to 1e-9 once its decimal numbers, and they alone, are fitted to the noiseless rows.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any, Protocol

import numpy as np
import sympy
from numpy.typing import NDArray

from pellucid.algebra.expressions.text import parse
from pellucid.artifacts.formulas.formula import Formula, make_formula
from pellucid.core.context import Context
from pellucid.prove.formulas.same_formula import same_formula
from pellucid.subjects.tables.samples import Samples

from .case import has_form
from .columns import Table

Array = NDArray[np.float64]
CLOSE = 1e-6
"""The largest relative error of an answer that is called exact: six digits, as in the benchmark of AI Feynman."""


class Sampler(Protocol):
    """Where rows come from: a `Table`, or the orbits of a system."""

    def draw(self, generator: np.random.Generator, rows: int = 0) -> Array: ...


@dataclass(frozen=True)
class Problem:
    """target = expression(names) over the rows of `train`; answers are tried on those of `test` too."""

    name: str
    family: str
    expression: str
    names: tuple[str, ...]
    train: Sampler
    test: Sampler
    target: str = "target_"

    @property
    def has_decimals(self) -> bool:
        """Whether the equation is written with decimal numbers."""
        return bool(re.search(r"\d\.\d|\de-?\d", self.expression))

    def law(self) -> sympy.Expr:
        """The equation as an expression."""
        if self.expression == "harmonic(x)":  # the sum of 1/i up to x, which is none of a formula's functions
            return sympy.digamma(sympy.Symbol("x", real=True) + 1) + sympy.EulerGamma
        return parse(self.expression, self.names)

    def values(self, X: Array) -> Array:
        """The noiseless target (rows,) of X (rows, columns), nan where there is none."""
        return evaluate(self.law(), self.names, X)

    def with_idle(self, seed: int) -> Problem:
        """The problem with one to three columns that it does not look at, as SRSD mixes them in: at random places,
        each of a random power of ten between 1e-33 and 1e33, positive or of either sign."""
        if not isinstance(self.train, Table) or not isinstance(self.test, Table):
            raise ValueError(f"{self.name} is no table of columns; idle ones can be mixed into tables only")
        generator = np.random.default_rng(Context(seed).stream(f"{self.name}/idle"))
        train, test = list(self.train.columns), list(self.test.columns)
        for number in range(int(generator.integers(1, 4))):
            power = int(generator.integers(-32, 33))
            sign = "+" if generator.random() < 0.5 else ""
            idle = replace(train[0], name=f"idle{number}", kind="L", sign=sign, low=10.0 ** (power - 1), step=0.0)
            idle = replace(idle, high=10.0 ** (power + 1))
            place = int(generator.integers(0, len(train) + 1))
            train.insert(place, idle)
            test.insert(place, idle.wider())
        names = tuple(column.name for column in train)
        return replace(
            self, names=names, train=Table(tuple(train), self.train.rows), test=Table(tuple(test), self.test.rows)
        )

    def draw(self, seed: int, noise: float = 0.0, rows: int = 0) -> Drawn:
        """The rows that are asked about (`rows` of them, as many as published without), and a thousand to judge by."""
        generator = np.random.default_rng(Context(seed).stream(f"{self.name}/rows"))
        X = self._real(self.train, generator, rows)
        clean = self.values(X)
        y = clean if not noise else clean + noise * float(clean.std()) * generator.standard_normal(len(clean))
        outside = self._real(self.test, np.random.default_rng(Context(seed).stream(f"{self.name}/outside")), 1_000)
        return Drawn(self, Samples(X, y, self.names, self.target), clean, outside)

    def _real(self, sampler: Sampler, generator: np.random.Generator, rows: int, most_draws: int = 60) -> Array:
        """Rows at which the equation has a finite real value."""
        X = sampler.draw(generator, rows)
        wanted = len(X)
        fixed = not rows and not (isinstance(sampler, Table) and not sampler.is_grid)
        X = X[np.isfinite(self.values(X))]
        for _ in range(0 if fixed else most_draws):
            if len(X) >= wanted:
                break
            more = sampler.draw(generator, wanted)
            X = np.concatenate([X, more[np.isfinite(self.values(more))]])
        return X[:wanted]


@dataclass(frozen=True)
class Verdict:
    """Whether an answer is `exact` and `by` what it is known ("equal", "tested", "constants", "different", ...),
    whether it has the equation's `form`, its text, and its relative errors on the noiseless rows and outside."""

    exact: bool
    by: str
    form: bool
    expression: str
    error: float
    error_outside: float


@dataclass(frozen=True)
class Drawn:
    """A problem's rows: `samples`, whose noiseless target is `clean`, and X `outside`."""

    problem: Problem
    samples: Samples
    clean: Array
    outside: Array

    def judge(self, answer: sympy.Expr) -> Verdict:
        """Whether an answer is the equation."""
        problem, X = self.problem, self.samples.X
        formula = make_formula(answer, problem.names, problem.target)
        inside = _relative_error(formula, X, self.clean)
        outside = _relative_error(formula, self.outside, problem.values(self.outside))
        by = self._how(answer) if inside <= CLOSE else "different"
        close = max(inside, outside) <= CLOSE
        if by not in ("equal", "tested") and close and problem.has_decimals and self._form(answer, decimals_only=True):
            by = "constants"
        exact = by in ("equal", "tested", "constants") and close
        return Verdict(exact, by, exact or self._form(answer), formula.expression, inside, outside)

    def _how(self, answer: sympy.Expr) -> str:
        X = self.samples.X
        law: Any = self.problem.law()
        exact = law.xreplace({number: sympy.Rational(repr(float(number))) for number in law.atoms(sympy.Float)})
        box = list(zip(X.min(axis=0), X.max(axis=0), strict=True))
        return same_formula(answer, exact, box, self.problem.names).kind

    def _form(self, answer: sympy.Expr, *, decimals_only: bool = False) -> bool:
        X = np.concatenate([self.samples.X[:200], self.outside[:200]])
        y = np.concatenate([self.clean[:200], self.problem.values(self.outside[:200])])
        try:
            law, names = self.problem.law(), self.problem.names
            if decimals_only:
                return has_form(answer, law, names, X, y, spare=0, share=1e-9, decimals_only=True)
            return has_form(answer, law, names, X, y)
        except (ValueError, TypeError, ArithmeticError, NotImplementedError):  # what cannot be fitted has another form
            return False


def evaluate(expression: sympy.Expr, names: tuple[str, ...], X: Array) -> Array:
    """The expression's real values (rows,) at X (rows, columns), nan where there are none."""
    symbols = [sympy.Symbol(name, real=True) for name in names]
    with np.errstate(all="ignore"):
        values = sympy.lambdify(symbols, expression, ["scipy", "numpy"])(*X.T) * np.ones(len(X))
    if np.iscomplexobj(values):
        values = np.where(np.abs(values.imag) == 0, values.real, np.nan)
    return np.where(np.isfinite(values), values, np.nan).astype(float)


def _relative_error(formula: Formula, X: Array, y: Array) -> float:
    """rms(formula - y) / rms(y), infinite where the formula has no value."""
    size = float(np.abs(y).max())  # squares of 1e-200 are 0
    with np.errstate(all="ignore"):
        error = float(np.sqrt(np.mean(((formula(X) - y) / size) ** 2) / np.mean((y / size) ** 2)))
    return error if np.isfinite(error) else float("inf")

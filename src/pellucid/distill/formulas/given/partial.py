"""Forms with unknown functions, such as f(x)*g(z) or a + f(x/z): each is a smooth curve first, then a formula.

    y = A + B F   for each unknown F, A and B known from the others and the constants:   F(u) ~ (y - A) / B, weights B^2

Splines and constants take turns until they stand still (backfitting, as for generalised additive models). Then one
unknown after the other is found by enumeration over its one column, the others being fitted again; last, all
constants are estimated together from y itself.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import sympy
from jaxtyping import Float
from numpy.typing import NDArray
from scipy.interpolate import BSpline

from ....subjects.tables.samples import Samples
from ..expression.tape import compile_expression
from ..inference.estimate import Estimate, Rows, rows_for
from ..inference.noise import NOISES
from ..inference.weigh import Weighed, estimated, weigh_all
from ..parametric.parametric import Parametric
from .fit import fit_form
from .form_text import GivenText, Unknown

Array = NDArray[np.float64]


@dataclass(frozen=True)
class PartialSettings:
    """How unknown functions are found."""

    splines: int = 10
    """Of each curve: enough for two or three bends, few enough for fifty rows of noise."""
    turns: int = 40
    """Of constants and curves; products come to rest within ten."""
    rows: int = 2_000
    """Rows that curves and their formulas are found from; the last fit takes all."""
    tried: int = 3
    """Formulas of each unknown function that are tried in the whole."""
    largest: int = 5
    """Size of the forms over one column."""


def solve_partial(
    given: GivenText, rows: Rows, seed: int = 0, settings: PartialSettings = PartialSettings()
) -> Estimate:
    """The form with formulas for its unknown functions, all constants estimated.

    Raises ValueError where an unknown function stands inside another function.
    """
    for unknown in given.unknowns:
        if sympy.diff(given.expression, unknown.symbol).has(unknown.symbol):
            raise ValueError(f"{unknown.name} stands inside a function or a power; write it as a term or a factor")
    some = rows
    if rows.count > settings.rows:
        draw = np.random.default_rng(seed)
        some = rows_for(rows, np.sort(draw.permutation(rows.count)[: settings.rows]))
    curves = _Curves(given, some, seed, settings)
    proposed: list[list[sympy.Expr]] = []
    for unknown in given.unknowns:
        curves.settle()
        found = _formulas(*curves.data_of(unknown), seed, settings)
        proposed.append(found)
        curves.fix(unknown, found[0])
    return _joint(given, rows, proposed, curves.constants)


class _Curves:
    """The values of each unknown on the rows, those that are formulas already `fixed`, and the constants."""

    def __init__(self, given: GivenText, rows: Rows, seed: int, settings: PartialSettings) -> None:
        self.given, self.rows, self.seed, self.settings = given, rows, seed, settings
        self.fixed: set[sympy.Symbol] = set()
        self.values = {unknown.symbol: np.ones(rows.count) for unknown in given.unknowns}
        self.arguments = {each.symbol: _on_rows(each.argument, rows.names, rows.X) for each in given.unknowns}
        self.bases = {symbol: _splines(u, settings.splines) for symbol, u in self.arguments.items()}
        idle = {symbol for each in given.unknowns for symbol in absorbed_by(given, each)}
        self.fitted = [constant for constant in given.constants if constant not in idle]
        terms = sympy.Add.make_args(given.expression)
        self.constants: dict[Any, float] = {c: 0.0 if c in terms else 1.0 for c in given.constants}

    def settle(self) -> None:
        """Constants and curves in turn, until the sum of squares stands still."""
        before = np.inf
        for turn in range(self.settings.turns):
            if self.fitted and turn % 5 == 0:
                self._fit_constants()
            for unknown in self.given.unknowns:
                if unknown.symbol not in self.fixed:
                    target, slope = self.split(unknown)
                    self.values[unknown.symbol] = _smooth(self.bases[unknown.symbol], target, slope, self.rows.weights)
            left = float((self.rows.weights * self._residual() ** 2).sum())
            if turn > 6 and abs(before - left) <= 1e-7 * before:
                return
            before = left

    def split(self, unknown: Unknown) -> tuple[Array, Array]:
        """y - A and B of each row."""
        e: Any = self.given.expression
        slope = self._on_rows(sympy.diff(e, unknown.symbol))
        return self.rows.y - self._on_rows(e.xreplace({unknown.symbol: sympy.Integer(0)})), slope

    def data_of(self, unknown: Unknown) -> tuple[Array, Array, Array]:
        """The argument, (y - A) / B and its weights, on rows where B is not nearly 0."""
        target, slope = self.split(unknown)
        weights = self.rows.weights * slope**2
        kept = weights > 1e-6 * weights.max()
        return self.arguments[unknown.symbol][kept], target[kept] / slope[kept], weights[kept]

    def fix(self, unknown: Unknown, found: sympy.Expr) -> None:
        """From here on the unknown is this formula of `u`."""
        values = _on_rows(found, ("u",), self.arguments[unknown.symbol][:, None])
        if np.isfinite(values).all():
            self.values[unknown.symbol] = values
            self.fixed.add(unknown.symbol)

    def _fit_constants(self) -> None:
        e: Any = self.given.expression
        held = {symbol: sympy.Float(value, 17) for symbol, value in self.constants.items() if symbol not in self.fitted}
        form = GivenText(e.xreplace(held), tuple(self.fitted)).parametrised()
        names = (*self.rows.names, *(symbol.name for symbol in self.values))
        X = np.column_stack([self.rows.X, *self.values.values()])
        found = fit_form(form, replace(self.rows, X=X, names=names), self.seed)
        self.constants |= dict(zip(self.fitted, map(float, found.theta), strict=True))

    def _residual(self) -> Array:
        return self.rows.y - self._on_rows(self.given.expression)

    def _on_rows(self, e: Any) -> Array:
        names = (*self.rows.names, *(symbol.name for symbol in self.values))
        X = np.column_stack([self.rows.X, *self.values.values()])
        return _on_rows(e.xreplace({c: sympy.Float(v, 17) for c, v in self.constants.items()}), names, X)


def absorbed_by(given: GivenText, unknown: Unknown) -> list[sympy.Symbol]:
    """The constants that only move the unknown's offset or factor: its neighbours, known with it together alone."""
    terms: Any = sympy.Add.make_args(given.expression)
    own = [term for term in terms if unknown.symbol in term.free_symbols]
    if len(own) != 1:
        return []
    alone = own[0].free_symbols <= {unknown.symbol, *given.constants}
    offsets = [term for term in terms if term in given.constants] if alone else []
    factors: Any = sympy.Mul.make_args(own[0])
    return [*offsets, *(factor for factor in factors if factor in given.constants)]


def _formulas(u: Array, target: Array, weights: Array, seed: int, settings: PartialSettings) -> list[sympy.Expr]:
    """The likeliest formulas of the target (rows,) over u (rows,), the shortest description first."""
    samples = Samples(u, target, ("u",), "f", weights=weights / weights.mean())
    search = Parametric(largest=settings.largest, rounds=2, kept=8)
    return [each.expression for each in search.propose(samples, seed)[: settings.tried]]


def _joint(
    given: GivenText, rows: Rows, proposed: Sequence[Sequence[sympy.Expr]], constants: dict[Any, float]
) -> Estimate:
    """All combinations of formulas put in, and their constants estimated together."""
    best: Weighed | None = None
    noises = [noise for noise in NOISES if noise.applies(rows.y)]
    for chosen in itertools.product(*proposed):
        for functions in _normalised(given, chosen):
            weighed = weigh_all(estimated(_put_in(given, functions, constants), rows, noises), rows)
            shortest = min(weighed, key=lambda entry: entry.nats, default=None)
            if shortest is not None and (best is None or shortest.nats < best.nats):
                best = shortest
    if best is None:
        raise ValueError("no formula of the unknown functions has a value on every row; give more rows")
    return best.estimate


def _put_in(given: GivenText, functions: Sequence[Any], constants: dict[Any, float]) -> Any:
    """The form with a formula of `u` for each unknown function, and the constants' values."""
    whole: Any = given.expression
    put: dict[Any, Any] = {c: sympy.Float(value, 17) for c, value in constants.items()}
    for unknown, e in zip(given.unknowns, functions, strict=True):
        put[unknown.symbol] = e.xreplace({sympy.Symbol("u", real=True): unknown.argument})
    return whole.xreplace(put)


def _normalised(given: GivenText, chosen: Sequence[Any]) -> Iterator[list[Any]]:
    """The functions as they are; and with the factors that they share, or their offsets, left to the first of them."""
    yield list(chosen)
    product = len(sympy.Add.make_args(given.expression)) == 1
    rest = [_without_factor(e) if product else e - e.as_coeff_Add()[0] for e in chosen[1:]]
    if rest and all(e.free_symbols for e in rest):
        yield [chosen[0], *rest]


def _without_factor(e: Any) -> Any:
    """Divided by its own factor, or that of its first term, so that one number less is free."""
    spread: Any = sympy.expand_mul(e) if isinstance(e, sympy.Mul) and e.args[0].is_number else e
    terms = sympy.Add.make_args(spread)
    factor = next((term.as_coeff_Mul()[0] for term in terms if term.free_symbols), sympy.Integer(1))
    return sympy.Add(*(term / factor for term in terms))


def _splines(u: Array, count: int, degree: int = 3) -> Float[np.ndarray, "rows splines"]:
    """Values of at most `count` B-splines over u (rows,), knots at its quantiles."""
    inner = max(0, min(count, len(np.unique(u)) // 3) - degree - 1)
    low, high = float(u.min()), float(u.max())
    middle = np.unique(np.quantile(u, np.linspace(0, 1, inner + 2)[1:-1]))
    middle = middle[(middle > low) & (middle < high)]
    knots = np.concatenate([[low] * (degree + 1), middle, [high] * (degree + 1)])
    return BSpline.design_matrix(u, knots, degree).toarray()


def _smooth(basis: Array, target: Array, slope: Array, weights: Array) -> Array:
    """The curve F (rows,) that makes slope * F nearest to the target."""
    A = basis * (slope * np.sqrt(weights))[:, None]
    return basis @ np.linalg.lstsq(A, target * np.sqrt(weights), rcond=1e-9)[0]


def _on_rows(e: Any, names: Sequence[str], X: Array) -> Array:
    return np.array(compile_expression(e, names)(X))

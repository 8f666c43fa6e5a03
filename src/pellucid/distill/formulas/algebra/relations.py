"""From columns to formulas: a null vector of [P columns, g(y) Q columns, g(y)^2 columns], solved for y, exact.

A view holds the data in the coordinates of one lattice of pi-groups: y = x^offset v, and v satisfies

    sum_k g(v)^k sum_j w_kj m_j(x) t_j(x) = 0,     k = 0 .. degree

with monomials m in the groups and elements t of a block. The relation is looked for on the inner rows of the table and
must hold on the outer ones, where approximants of a function that merely look like it come apart.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cache, cached_property

import numpy as np
import sympy
from numpy.typing import NDArray

from .null_spaces import Relation, relations, violation
from .pi_groups import Lattice, cost
from .settings import PRECISION
from .transcendental import Argument, Block, Element

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Transform:
    """g of the relation: its name, and the power of the target's unit that g(v) has."""

    name: str
    power: float

    def __call__(self, v: Floats) -> Floats:
        """g(v), of any shape."""
        if self.name == "power":
            return np.abs(v) ** self.power if self.power != round(self.power) else v**self.power
        return np.log(np.abs(v)) if self.name == "log" else getattr(np, self.name)(v)

    def inverse(self, g: sympy.Expr) -> sympy.Expr:
        """One v with exp v, sin v, cos v or tan v = g.

        >>> Transform("exp", 0.0).inverse(sympy.Symbol("x"))
        log(x)
        """
        return {"exp": sympy.log, "sin": sympy.asin, "cos": sympy.acos, "tan": sympy.atan}[self.name](g)


POWERS = tuple(Transform("power", power) for power in (1.0, -1.0, 2.0, -2.0, -0.5, 0.5))
LOGARITHM = Transform("log", 0.0)
DIMENSIONLESS = tuple(Transform(name, 0.0) for name in ("exp", "sin", "cos", "tan"))


@dataclass(frozen=True, eq=False)
class View:
    """The table X (rows, features), y (rows,) seen through a lattice; inner rows come first, `inner` of them."""

    X: Floats
    y: Floats
    names: tuple[str, ...]
    lattice: Lattice
    inner: int
    _banks: dict[object, tuple[list[sympy.Expr], Floats, Floats]] = field(default_factory=dict)

    @cached_property
    def symbols(self) -> tuple[sympy.Symbol, ...]:
        """Positive symbols for positive features, so that powers of powers simplify."""
        positive = [bool((column > 0).all()) for column in self.X.T]
        return tuple(
            sympy.Symbol(name, positive=True) if plus else sympy.Symbol(name, real=True)
            for name, plus in zip(self.names, positive, strict=True)
        )

    @cached_property
    def v(self) -> Floats:
        """y without the product that carries its unit.

        Shape (rows,).
        """
        with np.errstate(all="ignore"):
            return self.y / _powers(self.X, self.lattice.offset)

    @cached_property
    def groups(self) -> list[Argument]:
        """Short products of groups, simplest first, without 1."""
        combinations = self.lattice.monomials(40)
        exponents = combinations @ self.lattice.basis
        lengths = cost(exponents)
        return [
            Argument(_powers(self.X, row), self.product(row), float(length), frozenset(np.flatnonzero(row).tolist()))
            for row, length in zip(exponents, lengths, strict=True)
            if row.any()
        ]

    def product(self, exponents: Floats) -> sympy.Expr:
        """The product of the features to these exponents (features,)."""
        return sympy.Mul(*(s ** _rational(e) for s, e in zip(self.symbols, exponents.tolist(), strict=True) if e))

    def bank(
        self, power: float, most: int, halves: bool = False, without: tuple[int, ...] = ()
    ) -> tuple[list[sympy.Expr], Floats, Floats]:
        """Monomials in the groups, those first that are short beside x^(power offset): expressions, columns, costs.

        The columns are (rows, monomials), at most `most` of them; costs (monomials,).
        """
        key = power, most, halves, without
        if key not in self._banks:
            combinations = self.lattice.monomials(100_000 if halves or without else most, power)
            exponents = combinations @ self.lattice.basis / (2 if halves else 1)
            exponents = exponents[(exponents[:, list(without)] == 0).all(1)]
            lengths = cost(power * self.lattice.offset + exponents)
            order = np.argsort(lengths, kind="stable")[:most]
            exponents, lengths = exponents[order], lengths[order]
            columns = np.column_stack([_powers(self.X, row) for row in exponents])
            good = np.isfinite(columns).all(0)
            expressions = [self.product(row) for row in exponents[good]]
            self._banks[key] = expressions, columns[:, good], lengths[good]
        return self._banks[key]


@cache
def _rational(exponent: float, largest_denominator: int = 1000) -> sympy.Expr:
    fraction = Fraction(exponent).limit_denominator(largest_denominator)
    return sympy.Rational(fraction.numerator, fraction.denominator)


def _powers(X: Floats, exponents: Floats) -> Floats:
    used = np.flatnonzero(exponents)
    with np.errstate(all="ignore"):
        return np.prod(X[:, used] ** exponents[used].astype(np.float64), axis=1)


@dataclass(frozen=True)
class Table:
    """Columns (rows, columns), cheapest first: each a monomial times an element times a power of g(v)."""

    columns: Floats
    factors: tuple[tuple[sympy.Expr, sympy.Expr], ...]
    degrees: NDArray[np.int64]

    def expression(self, column: int) -> sympy.Expr:
        """Monomial times element; multiplied out only on demand, because most tables hold no relation."""
        return sympy.Mul(*self.factors[column])


@dataclass(frozen=True)
class Shape:
    """How large a table is: `sizes[0]` monomials stand in P, `sizes[k]` beside g(v)^k. A linear relation has (n, 1).

    `halves` allows square roots of monomials; features in `without` come in no monomial, only in arguments.
    """

    sizes: tuple[int, ...]
    halves: bool = False
    without: tuple[int, ...] = ()


def table(view: View, transform: Transform, shape: Shape, block: Block | None, extra: Block | None = None) -> Table:
    """The columns of one relation. Elements of `extra` stand alone, those of `block` are multiplied into monomials."""
    g = transform(view.v)
    one = Element(np.ones(len(view.y)), sympy.Integer(1), 0.0)
    elements = [one, *(block.elements if block else ())]
    top = len(shape.sizes) - 1
    columns, factors, degrees, lengths = [], [], [], []
    for degree, size in enumerate(shape.sizes):
        expressions, bank, costs = view.bank(transform.power * (top - degree), size, shape.halves, shape.without)
        powered = g**degree
        for e in elements if size > 1 else [one]:
            columns.append(bank * (e.values * powered)[:, None])
            factors += [(expression, e.expression) for expression in expressions]
            degrees += [degree] * len(expressions)
            lengths.append(costs + (e.cost + 1.5 * degree))
    for e in extra.elements if extra else ():
        columns.append(e.values[:, None])
        factors.append((sympy.Integer(1), e.expression))
        degrees.append(0)
        lengths.append(np.array([e.cost + 1.0]))
    cheapness = np.concatenate(lengths)
    if shape.sizes[-1] == 1:
        cheapness[np.array(degrees) == top] = np.inf
    order = np.argsort(cheapness, kind="stable")
    table = np.concatenate(columns, axis=1)[:, order]
    return Table(table, tuple(factors[i] for i in order.tolist()), np.array(degrees)[order])


def find(
    view: View, transform: Transform, shape: Shape, block: Block | None = None, extra: Block | None = None
) -> Iterator[tuple[Table, Relation]]:
    """Relations that the inner rows obey and the outer rows confirm."""
    with np.errstate(all="ignore"):
        made = table(view, transform, shape, block, extra)
        if not np.isfinite(made.columns[:, made.degrees > 0]).all():
            return
        inner, outer = made.columns[: view.inner], made.columns[view.inner :]
        for relation in relations(inner, made.degrees > 0, outer):
            if violation(outer, relation) < PRECISION.cancels:
                yield made, relation

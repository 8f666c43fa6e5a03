"""Integrals beyond polynomials: products of powers of Darboux polynomials, logarithms, and laws that hold the time.

H = sum_j c_j m_j + sum_i l_i log g_i + sum_ik e_ik h_k log g_i + t sum_k d_k h_k is constant where sum c_j D m_j +
sum l_i D g_i / g_i + sum e_ik h_k D g_i / g_i + sum d_k h_k = 0, for monomials m_j, polynomials g_i (Darboux
polynomials, and all that stands below a fraction line) and invariants h_k (1 among them): one null space, to which
angles add their columns (`algebra.systems.angles`).
Without m_j and h_k it is a product of powers (Darboux, Bull. Sci.
Math. 2, 60, 1878; Prelle and Singer, Trans. AMS 279, 215, 1983); with d_k alone it says that exp(s t) g is constant.
A column more, the divergence, gives Jacobi multipliers exp(H) (Goriely, Integrability and Nonintegrability, ch. 2).
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import sympy

from ...algebra.arithmetic.finite_field import PRIME, Residues, independent_columns, inverse, null_space, rank
from ...algebra.arithmetic.polynomials import Polynomial, to_expression
from ...algebra.arithmetic.residue_points import Points
from ...algebra.systems.angles import Angle
from ...algebra.systems.monomials import Monomials
from ...algebra.systems.polynomial_system import PolynomialSystem
from ...algebra.systems.sampling import sample_points
from .null_vectors import parametric_rows, simplest_first, sparsify
from .settings import NULL_VECTORS

Term = tuple[int, Any]
"""The place of a column, and its coefficient: a polynomial in the parameters."""


@dataclass(frozen=True)
class Columns:
    """m_j, log g_i, angles, h_k log g_i and h_k times angles, t h_k; then, if asked for, the logarithm of a Jacobi
    multiplier's defect.
    """

    system: PolynomialSystem
    monomials: Monomials
    logarithms: tuple[Polynomial, ...]
    timed: tuple[Polynomial, ...] = ()
    divergence: bool = False
    late: tuple[sympy.Symbol, ...] = ()
    """Symbols whose monomials count as less simple than logarithms: a product of powers is written as one."""
    angles: tuple[Angle, ...] = ()
    scaled: tuple[tuple[Polynomial, Polynomial | Angle], ...] = ()
    """(h_k, g_i), and laws with the angles that they stand before."""

    def __len__(self) -> int:
        several = (self.monomials, self.logarithms, self.angles, self.scaled, self.timed)
        return sum(map(len, several)) + self.divergence

    @cached_property
    def meanings(self) -> dict[str, Any]:
        """What auxiliaries stand for."""
        return {a.symbol.name: a.definition for a in self.system.auxiliaries}

    @cached_property
    def efforts(self) -> Any:
        """How far from simple each column is: degrees of monomials, then logarithms, then time."""
        degrees = self.monomials.exponents.sum(1)
        top = int(degrees.max(initial=1))
        held = [i for i, symbol in enumerate(self.monomials.symbols) if symbol in self.late]
        degrees = degrees + 5 * top * self.monomials.exponents[:, held].any(1)
        logs = [top + g.total_degree() for g in self.logarithms]
        angles = [3 * top + angle.norm.total_degree() for angle in self.angles]
        scaled = [6 * top + h.total_degree() + self._below(g).total_degree() for h, g in self.scaled]
        times = [10 * top + h.total_degree() for h in self.timed]
        return np.array([*degrees, *logs, *angles, *scaled, *times, *[100 * top] * self.divergence], dtype=np.int64)

    def drift(self, points: Points) -> Residues:
        """D of every column, (points, columns).

        Shape (points, columns).
        """
        parts = [self.monomials.drift(self.system, points)]
        slopes = self._slopes(self.system, points)
        parts += [slope[:, None] for slope in slopes]
        for h, g in self.scaled:
            parts.append((points.evaluate(h) * slopes[self._place(g)] % PRIME)[:, None])
        parts += [points.evaluate(h)[:, None] for h in self.timed]
        if self.divergence:
            parts.append(points.evaluate(divergence_of(self.system))[:, None])
        return np.concatenate(parts, 1)

    def _slopes(self, system: PolynomialSystem, points: Points) -> list[Residues]:
        """D of every logarithm, and then of every angle, (points,) each."""
        functions = (*self.logarithms, *self.angles)
        pairs = ((_above(g, system), self._below(g)) for g in functions)
        return [points.evaluate(above) * inverse(points.evaluate(below)) % PRIME for above, below in pairs]

    def _place(self, function: Polynomial | Angle) -> int:
        """Of a logarithm or angle among all of these."""
        return next(k for k, other in enumerate((*self.logarithms, *self.angles)) if other is function)

    @staticmethod
    def _below(function: Polynomial | Angle) -> Polynomial:
        """What the derivative of log g, or of an angle, is divided by."""
        return function.norm if isinstance(function, Angle) else function

    def gradients(self, points: Points, time: int) -> Residues:
        """d/dx_i and d/dt of every column at the first point, through what auxiliaries are functions of.

        Shape (columns, variables + 1).
        """
        first = Points({name: value[:1] for name, value in points.values.items()}, PRIME)
        rows = []
        for partial in self.system.partials:
            parts = [self.monomials.drift(partial, first)[0]]
            slopes = self._slopes(partial, first)
            parts += slopes
            for h, g in self.scaled:
                place = self._place(g)
                size = pow(time, 2 + place, PRIME)  # log g, or the angle, at this point: any number does
                parts.append((first.evaluate(h) * slopes[place] + size * first.evaluate(partial.derivative(h))) % PRIME)
            parts += [time * first.evaluate(partial.derivative(h)) % PRIME for h in self.timed]
            rows.append(np.concatenate(parts))
        still = np.zeros(len(self) - len(self.timed) - self.divergence, dtype=np.int64)
        rows.append(np.concatenate([still, *(first.evaluate(h) for h in self.timed)]))
        return np.stack(rows, 1)

    def parts(self, terms: Sequence[Term]) -> Parts:
        """The terms by what their coefficients stand before."""
        places = range(len(self.monomials))
        before: list[Any] = [*places, *self.logarithms, *self.angles, *self.scaled, *self.timed]
        lengths = map(len, (places, self.logarithms, self.angles, self.scaled, self.timed))
        monomials, logarithms, angles, scaled, timed = (
            [(before[k], c) for k, c in terms if first <= k < last]
            for first, last in itertools.pairwise(itertools.accumulate(lengths, initial=0))
        )
        rest = sympy.Add(*(c for k, c in terms if k >= len(before)))
        return Parts(monomials, logarithms, angles, scaled, timed, rest)

    def is_law(self, terms: Sequence[Term]) -> bool:
        """Whether the combination is constant: an identity, times the g and the norms that it holds."""
        system, parts = self.system, self.parts(terms)
        number, zero = system.polynomial, system.ring.constant(0)
        total = system.derivative(self.monomials.polynomial(system, parts.monomials))
        total = total + sum((number(c) * h for h, c in parts.timed), zero)
        total = total + number(parts.divergence) * divergence_of(system)
        before = [(zero + 1, g, c) for g, c in (*parts.logarithms, *parts.angles)]
        before += [(h, g, c) for (h, g), c in parts.scaled]
        product = math.prod((self._below(g) for _, g, _ in before), start=zero + 1)
        slopes = [number(c) * h * _above(g, system) * (product / self._below(g)) for h, g, c in before]
        return system.vanishes(total * product + sum(slopes, zero))


@dataclass(frozen=True)
class Parts:
    """sum c m_j (by the place of m_j) + sum c log g + sum c angle + sum c h log g + sum c h angle + t sum c h.

    With c of the divergence.
    """

    monomials: list[Term]
    logarithms: list[tuple[Polynomial, Any]]
    angles: list[tuple[Angle, Any]]
    scaled: list[tuple[tuple[Polynomial, Polynomial | Angle], Any]]
    timed: list[tuple[Polynomial, Any]]
    divergence: Any


def _above(function: Polynomial | Angle, system: PolynomialSystem) -> Polynomial:
    """The derivative of log g, or of an angle, along the flow, times what it is divided by."""
    return function.turned(system) if isinstance(function, Angle) else system.derivative(function)


def divergence_of(system: PolynomialSystem) -> Polynomial:
    """sum_i d f_i / d x_i over the variables."""
    pairs = zip(system.partials, system.flow, strict=False)
    return sum((partial.derivative(rate) for partial, rate in pairs), system.ring.constant(0))


@dataclass
class ElementaryLaws:
    """The laws in some columns, independent of those known and of each other, the simplest first."""

    columns: Columns
    generator: np.random.Generator
    known: Residues
    """Gradients of the laws that are known, (laws, variables + 1), at the point below."""
    time: int
    points: Points
    found: list[tuple[Term, ...]] = field(default_factory=list)

    def run(self) -> list[tuple[Term, ...]]:
        """Each as (column, coefficient) pairs; those without time come first."""
        columns = self.columns
        columns_kept = _independent(columns, self.points)
        within = null_space(columns.drift(self.points)[:, columns_kept])
        space = np.zeros((len(within), len(columns)), dtype=np.int64)
        space[:, columns_kept] = within
        short = sparsify(space[: NULL_VECTORS.most_sparse], columns.efforts, PRIME)
        gradients = columns.gradients(self.points, self.time)
        so_far, size = self.known, rank(self.known)
        for i in simplest_first(short, columns.efforts):
            terms = np.flatnonzero(short[i])
            gradient = (short[i][terms, None] * gradients[terms] % PRIME).sum(0) % PRIME
            more = np.concatenate([so_far, gradient[None]])
            if rank(more) == size:
                continue
            exact = exact_terms(terms, columns, self.generator)
            if exact is not None:
                so_far, size = more, size + 1
                self.found.append(exact)
        return self.found


def exact_terms(support: Any, columns: Columns, generator: np.random.Generator) -> tuple[Term, ...] | None:
    """The law on these columns with coefficients in the parameters, checked as an identity; None where there is none.

    support (terms,).
    """
    system = columns.system

    def sampled(count: int) -> tuple[Points, Residues]:
        points = sample_points(system, count, generator)
        return points, columns.drift(points)[:, support]

    parameters = [system.generators[s.name] for s in system.parameters]
    for row in parametric_rows(support, parameters, system.ring.constant(1), sampled, degree=2):
        if columns.is_law(row):
            return tuple(row)
    return None


def expression_of(terms: Sequence[Term], columns: Columns, time: str) -> sympy.Expr:
    """The law as a person would write it: a product of powers where it is one, a sum with logarithms elsewhere."""
    parts, t = columns.parts(terms), sympy.Symbol(time, real=True)
    powers = [(_not_below_zero(to_expression(g, columns.meanings)), c) for g, c in parts.logarithms]
    rate = sympy.Add(*(c for h, c in parts.timed if h == 1))
    total = sympy.Add(*_beside_logarithms(parts, columns, t))
    product = _product_of(powers, rate, t) if total == 0 else None
    if product is not None:
        return product
    expression = total + rate * t + sympy.Add(*(c * sympy.log(g) for g, c in powers))
    ordered: Any = sympy.expand(expression).as_ordered_terms()
    return -expression if sum(e.could_extract_minus_sign() for e in ordered) * 2 > len(ordered) else expression


def _beside_logarithms(parts: Parts, columns: Columns, time: sympy.Symbol) -> Iterator[sympy.Expr]:
    """All terms but the logarithms by themselves, and the time by itself."""
    meanings = columns.meanings
    yield from (c * time * to_expression(h, meanings) for h, c in parts.timed if h != 1)
    yield from (c * columns.monomials.expression(k, meanings) for k, c in parts.monomials)
    yield from (c * angle.expression(meanings) for angle, c in parts.angles)
    for (h, g), c in parts.scaled:
        function = (
            g.expression(meanings) if isinstance(g, Angle) else sympy.log(_not_below_zero(to_expression(g, meanings)))
        )
        yield c * to_expression(h, meanings) * function


def _product_of(
    powers: Sequence[tuple[sympy.Expr, Any]], rate: sympy.Expr, time: sympy.Symbol, most_power: int = 12
) -> sympy.Expr | None:
    """exp(rate t) prod g^c, or a root of that, for sum c log g + rate t; None where it reads better as that sum."""
    if powers and all(c.is_Integer and abs(c) <= most_power for _, c in powers):
        sign = _usual_sign([c for _, c in powers])
        return sympy.exp(sign * rate * time) * sympy.Mul(*(g ** (sign * c) for g, c in powers))
    if len(powers) != 1:
        return None
    ((g, c),) = powers
    exponent = sympy.cancel(rate / c)
    if c.free_symbols and not exponent.is_polynomial():
        return c * sympy.log(g) + rate * time
    return sympy.exp(exponent * time) * g


def _not_below_zero(g: sympy.Expr, points: int = 90) -> sympy.Expr:
    """g, or -g where g is below 0 wherever it was looked at.

    The logarithms of both have the same derivative, but one of them has no real value.

    >>> x = sympy.Symbol("x", real=True)
    >>> _not_below_zero(sympy.tanh(x) - 1), _not_below_zero(x - 1)
    (1 - tanh(x), x - 1)
    """
    symbols = sorted(g.free_symbols, key=str)
    draw = np.random.default_rng(0).standard_normal((len(symbols), points)) * np.repeat([0.1, 1.0, 10.0], points // 3)
    with np.errstate(all="ignore"):
        values = np.asarray(sympy.lambdify(symbols, g, "numpy")(*draw), dtype=complex)
    real = np.real(values)[np.isfinite(values) & (np.imag(values) == 0)]
    return -g if real.size and (real <= 0).all() and (real < 0).any() else g


def _usual_sign(numbers: Sequence[Any]) -> int:
    """-1 where most of the numbers are not above 0, else 1."""
    return -1 if sum(1 if number > 0 else -1 for number in numbers) < 0 else 1


def laurent_monomials(system: PolynomialSystem, candidates: Monomials, most: int = 400) -> Monomials:
    """The candidates, and every monomial of the equations, itself and times each variable.

    A Hamiltonian whose equations have constant structure is made of these: its derivatives are their monomials.
    """
    inverses = _inverse_pairs(system)
    own = np.zeros((len(candidates), len(system.symbols)), dtype=np.int64)
    own[:, [system.symbols.index(s) for s in candidates.symbols]] = candidates.exponents
    first = dict.fromkeys(_cancelled(row, inverses) for row in own.tolist())
    extra = dict.fromkeys(_cancelled(row, inverses) for row in _monomials_of_flow(system))
    wanted = [row for row in dict.fromkeys([*first, *itertools.islice(extra, most)]) if any(row)]
    exponents = np.array(sorted(wanted, key=sum), dtype=np.int64).reshape(-1, len(system.symbols))
    used = np.flatnonzero(exponents.any(0)).tolist() or [0]
    return Monomials(tuple(system.symbols[i] for i in used), exponents[:, used])


def _monomials_of_flow(system: PolynomialSystem) -> Iterator[list[int]]:
    """Exponents, by symbols, of each monomial in the equations: itself, and times each variable."""
    names = [str(n) for n in system.ring.names()]
    places = [names.index(s.name) for s in system.symbols]
    count = len(system.variables)
    for rate in system.flow[:count]:
        for exponents in rate.to_dict():
            monomial = [int(exponents[i]) for i in places]
            yield monomial
            for i in range(count):
                yield [e + (k == i) for k, e in enumerate(monomial)]


def _inverse_pairs(system: PolynomialSystem) -> list[tuple[int, int]]:
    """The places of the symbols that stand for 1/x, each with that of x."""
    quotients = (a for a in system.auxiliaries if a.function.is_quotient and a.argument in system.symbols)
    return [(system.symbols.index(a.symbol), system.symbols.index(a.argument)) for a in quotients]


def _cancelled(powers: Sequence[int], inverses: Sequence[tuple[int, int]]) -> tuple[int, ...]:
    """x and 1/x cancel."""
    row = list(powers)
    for quotient, variable in inverses:
        shared = min(row[quotient], row[variable])
        row[quotient] -= shared
        row[variable] -= shared
    return tuple(row)


def _independent(columns: Columns, points: Points) -> Any:
    """Columns without the monomials that are combinations of simpler ones as functions."""
    count = len(columns.monomials)
    if not columns.system.auxiliaries:
        return np.arange(len(columns))
    values = columns.monomials.values(points)
    ones = np.ones((len(values), 1), dtype=np.int64)
    kept = independent_columns(np.concatenate([ones, values], 1))[1:] - 1
    return np.concatenate([kept, np.arange(count, len(columns))])

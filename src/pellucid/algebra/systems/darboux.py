"""Darboux polynomials: f with D f = K f along polynomial equations, for a polynomial K, its cofactor; exactly.

Where f = sum_j c_j m_j is 0, so are all its derivatives: c is a null vector of the matrix of D^i m_j there, and f
divides that matrix's determinant, the extactic polynomial (Pereira, Ann. Inst. Fourier 51, 1385, 2001; Cheze, J.
Complexity 27, 246, 2011). It is never written out: on a random line, modulo a prime, it is a polynomial of one
variable, found from its values; at each of its zeros the null vector is f itself. A cofactor's residues become
fractions (or small combinations of parameters), and with it f is a null vector over the rationals, checked as an
identity. A pencil of them with one cofactor (a rational integral) makes the determinant 0 everywhere, and shows at any
point. Cost: some (degree of the determinant) eliminations of a matrix as large as there are monomials.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np
from flint import Ordering, nmod_mpoly_ctx, nmod_poly

from ..arithmetic.finite_field import PRIME, Residues, determinants, fraction, null_space, product, rank, residue, zeros
from ..arithmetic.parametric_vectors import Column, parametric_spaces, powers_of
from ..arithmetic.polynomials import Polynomial, by_power, coefficients, power_product
from ..arithmetic.small_numbers import small_combination
from ..arithmetic.taylor_series import Powers, Terms, monomial_series
from .eigenpolynomials import growth_rates
from .monomials import Monomials, monomials
from .polynomial_system import PolynomialSystem


@dataclass(frozen=True)
class Darboux:
    """D `polynomial` = `cofactor` * `polynomial`, for the flow times its common denominator."""

    polynomial: Polynomial
    cofactor: Polynomial


@dataclass(frozen=True)
class WholeFlow:
    """The equations times a common denominator, without quotients: polynomials in `names` (and parameters)."""

    system: PolynomialSystem
    names: tuple[str, ...]
    rates: tuple[Polynomial, ...]
    denominator: Polynomial

    def derivative(self, polynomial: Polynomial) -> Polynomial:
        """D f along the flow times the denominator."""
        total = polynomial * 0
        for name, rate in zip(self.names, self.rates, strict=True):
            total = total + polynomial.derivative(name) * rate
        return total


def whole_flow(system: PolynomialSystem) -> WholeFlow:
    """The flow without quotients, each symbol of its own but for those that stand for 1/q."""
    names = [s.name for s in system.symbols]
    flow = dict(zip(names, system.flow, strict=True))
    denominator = system.ring.constant(1)
    for a in reversed(system.auxiliaries):
        if a.function.is_quotient:
            del flow[a.symbol.name]
            parts = {name: by_power(rate, a.symbol.name) for name, rate in flow.items()}
            top = max((max(part, default=0) for part in parts.values()), default=0)
            q = system.polynomial(a.argument)
            flow = {name: sum((p * q ** (top - k) for k, p in part.items()), q * 0) for name, part in parts.items()}
            denominator = denominator * q**top
    return WholeFlow(system, tuple(flow), tuple(flow.values()), denominator)


@dataclass
class DarbouxSearch:
    """Darboux polynomials of a flow up to a degree that grows while matrices stay small."""

    flow: WholeFlow
    generator: np.random.Generator
    degree: int = 4
    most_monomials: int = 35
    """Size of the matrices: the work grows with its fifth power, and is a second or two here."""
    most_points: int = 1500
    """Degree of the determinant on the line: one elimination for each."""
    lines: int = 3
    """A curve of degree 2 or more meets a random line in the field with a chance of about 2/3 each."""
    most_growing: int = 130
    """Monomials among which those that grow at a constant rate are looked for: three variables to degree 6."""
    most_growing_each: int = 6
    """Polynomials of one rate that are made exact: the others are mostly products with invariants."""
    parameter_degree: int = 2
    """Coefficients may be polynomials of this degree in the parameters."""
    most_columns: int = 400
    """Monomials times powers of parameters: each is differentiated, and elimination is quick."""
    reached: int = 0
    """The degree up to which lines were looked at."""
    found: list[Darboux] = field(default_factory=list)
    values: dict[str, int] = field(default_factory=dict)
    """Residues of the parameters, others on every line: a square root in the polynomial is not there for all."""

    def run(self) -> list[Darboux]:
        """Every one that was found, by degree; none twice, and none that is a number."""
        if any(rate == 0 for rate in self.flow.rates) or all(rate.is_constant() for rate in self.flow.rates):
            return []  # a variable that stands still makes any polynomial in it one
        self._redraw()
        for rate in self.flow.rates:  # where one stands still, the zeros of its rate are invariant
            self._add_factors(rate)
        for degree in range(1, self.degree + 1):
            powers = powers_of(len(self.flow.names), degree)
            if self._is_too_large(powers) or not self._of_degree(powers):
                break
            if degree == 1:
                self._conjugate_lines(powers)
            self.reached = degree
        self._growing()
        return self.found

    def _is_too_large(self, powers: list[Powers]) -> bool:
        return len(powers) > self.most_monomials or self._determinant_degree(powers) > self.most_points

    def _redraw(self) -> None:
        """Other residues for the parameters, and the equations with them."""
        self.values = {s.name: int(self.generator.integers(2, PRIME)) for s in self.flow.system.parameters}
        self._terms = [self._residues(rate) for rate in self.flow.rates]
        self._rates = [self._ring.from_dict(dict(terms)) for terms in self._terms]

    def _of_degree(self, powers: list[Powers]) -> bool:
        """Adds those with these monomials. False where every polynomial is one (the flow is 0 modulo the prime)."""
        pencils = self._tables(self._points(3), powers)
        size = max(rank(table) for table in pencils)
        if size == 0:
            return False
        for table in pencils[:2] if size < len(powers) else ():
            for row in null_space(table):
                self._keep(row, powers)
        self._on_lines(powers, size)
        return True

    def _on_lines(self, powers: list[Powers], size: int) -> None:
        """Adds those that random lines meet; of degree 1 every line meets all of them."""
        lines = 1 if len(powers) == len(self.flow.names) + 1 else self.lines
        for line in range(lines):
            if line and self.values:
                self._redraw()
            for row in self._on_a_line(powers, size):
                self._keep(row, powers)

    def _growing_candidates(self) -> Monomials | None:
        """1, and the monomials of the variables up to the degree where elimination is quick; None where it never is."""
        count, variables = len(self.flow.names), self.flow.system.variables
        degrees = [d for d in range(1, self.degree + 1) if math.comb(count + d, d) <= self.most_growing]
        if not degrees:
            return None
        moving = monomials(variables, degrees[-1])
        one = np.zeros((1, moving.exponents.shape[1]), dtype=np.int64)
        return Monomials(moving.symbols, np.concatenate([one, moving.exponents]))

    def _on_a_line(self, powers: list[Powers], size: int, most_pairs: int = 40) -> list[Residues]:
        """The null vectors where a random line meets a curve; where it meets two, the one that two points share."""
        spaces = [null_space(table) for table in self._special_tables(powers, size)]
        spaces += [_shared(a, b) for a, b in itertools.islice(itertools.combinations(spaces, 2), most_pairs)]
        return [space[0] for space in spaces if len(space) == 1]

    def _conjugate_lines(self, powers: list[Powers]) -> None:
        """Adds products of two lines that are conjugate over the field, such as x^2 + y^2: no point of it is on them.

        On a random line their zeros are the two roots s of an irreducible factor q of the determinant; there the table
        is A + B s modulo q, and its null vector u + s w is the line, whose norm is the polynomial.
        """
        top = self._determinant_degree(powers)
        start, along = self._points(2)
        tables = self._tables((start + np.arange(top + 1)[:, None] * along) % PRIME, powers)
        if rank(tables[0]) < len(powers):
            return  # a pencil of lines: every one is there already
        factors = _interpolated(_minors(tables, len(powers), self.generator)).factor()[1]
        entries = [[_interpolated(tables[:, i, j].tolist()) for j in range(len(powers))] for i in range(len(powers))]
        for q, _ in factors:
            if q.degree() != 2:
                continue
            for vector in null_space(_at_root(entries, q))[:1]:
                self._keep_norm(vector[: len(powers)], vector[len(powers) :], (int(q[0]), int(q[1])), powers)

    def _keep_norm(self, u: Residues, w: Residues, q: tuple[int, int], powers: list[Powers]) -> None:
        """Adds u^2 + (s + s') u w + s s' w^2 for the polynomials with coefficients u and w."""
        first, second = (self._ring.from_dict({powers[i]: int(row[i]) for i in np.flatnonzero(row)}) for row in (u, w))
        norm = first * first - q[1] * first * second + q[0] * second * second
        wanted = powers_of(len(self.flow.names), 2)
        terms = {tuple(map(int, p)): int(c) for p, c in norm.to_dict().items()}
        self._keep(np.array([terms.get(p, 0) for p in wanted], dtype=np.int64), wanted)

    def _growing(self) -> None:
        """Adds polynomials with constant cofactors, of degrees up to `degree` where elimination is quick."""
        system, count = self.flow.system, len(self.flow.names)
        if any(not a.function.is_quotient for a in system.auxiliaries):
            return
        candidates = self._growing_candidates()
        if candidates is None:
            return
        for rate, space in growth_rates(system, candidates, self.values, self.generator):
            constant = self._cofactor({(0,) * count: rate})
            if constant is None:
                continue
            for row in space[: self.most_growing_each]:
                support = [tuple(map(int, candidates.exponents[i])) for i in np.flatnonzero(row)]
                for candidate in self._with_cofactor(constant * self.flow.denominator, support):
                    self._add_factors(candidate)

    def _special_tables(self, powers: list[Powers], size: int) -> Residues:
        """The tables at the points of a random line where the rank is less than in general."""
        count = len(self.flow.names)
        start, along = (self.generator.integers(1, PRIME, count) for _ in range(2))
        top = self._determinant_degree(powers)
        tables = self._tables((start + np.arange(top + 1)[:, None] * along) % PRIME, powers)
        values = _minors(tables, size, self.generator)
        places = zeros(_interpolated(values))
        points = (start + np.array(places, dtype=np.int64)[:, None] * along % PRIME) % PRIME
        known = [self._residues(d.polynomial) for d in self.found]
        points = np.array([p for p in points if not any(_value(k, p) == 0 for k in known)], dtype=np.int64)
        tables = self._tables(points.reshape(-1, count), powers)
        return tables[[rank(table) < size for table in tables]] if len(tables) else tables

    def _keep(self, row: Residues, powers: list[Powers]) -> None:
        """Adds the polynomial with these coefficients, where it is one, is new, and has a readable form."""
        terms = {powers[i]: int(row[i]) for i in np.flatnonzero(row)}
        if not any(any(p) for p in terms):
            return
        polynomial = self._ring.from_dict(terms)
        slope: Any = sum((polynomial.derivative(n) * r for n, r in zip(self.flow.names, self._rates, strict=True)), 0)
        cofactor, rest = divmod(slope, polynomial)
        if rest != 0:
            return
        exact = self._cofactor({tuple(map(int, p)): int(c) for p, c in cofactor.to_dict().items()})
        if exact is None:
            return
        for candidate in self._with_cofactor(exact, list(terms)):
            self._add_factors(candidate)

    def _add_factors(self, polynomial: Polynomial) -> None:
        for factor, _ in polynomial.factor()[1]:
            self._add(factor)

    def _add(self, polynomial: Polynomial) -> None:
        """The irreducible polynomial with its cofactor, unless it has none, is known, or holds nothing that moves."""
        quotient, rest = divmod(self.flow.derivative(polynomial), polynomial)
        moving = any(polynomial.derivative(name) != 0 for name in self.flow.names)
        monic = polynomial / polynomial.leading_coefficient()
        if rest == 0 and moving and all(monic != d.polynomial / d.polynomial.leading_coefficient() for d in self.found):
            self.found.append(Darboux(polynomial, quotient))

    def _cofactor(self, terms: Terms) -> Polynomial | None:
        """A cofactor with fractions for coefficients, or small combinations of products of the parameters."""
        ring, parameters = self.flow.system.ring, self.flow.system.parameters
        factors = [ring.constant(1), *(self.flow.system.generators[s.name] for s in parameters)]
        residues = [1, *(self.values[s.name] for s in parameters)]
        total = ring.constant(0)
        for powers, value in terms.items():
            numbers = _simple(value, residues)
            if numbers is None:
                return None
            for number, factor in zip(numbers, factors, strict=True):
                if number:
                    total = total + self._monomial(powers) * factor * number.numerator / number.denominator
        return total

    def _with_cofactor(self, cofactor: Polynomial, support: Sequence[Powers]) -> list[Polynomial]:
        """Exact polynomials with these monomials and this cofactor, coefficients polynomials in the parameters."""
        system = self.flow.system
        monomials = [self._monomial(powers) for powers in support]
        images = [self.flow.derivative(m) - cofactor * m for m in monomials]
        constants, one = [system.generators[s.name] for s in system.parameters], system.ring.constant(1)

        def matrix(columns: list[Column]) -> Residues:
            return coefficients([(images[i] * factor,) for i, factor in columns], {})

        limits = self.parameter_degree, self.most_columns
        for vectors in parametric_spaces(range(len(monomials)), constants, one, matrix, *limits):
            totals = (sum((n * factor * monomials[i] for n, i, factor in terms), one * 0) for terms in vectors)
            exact = [total for total in totals if self._has(total, cofactor)]
            if exact:
                return exact
        return []

    def _has(self, polynomial: Polynomial, cofactor: Polynomial) -> bool:
        return polynomial != 0 and self.flow.derivative(polynomial) == cofactor * polynomial

    def _monomial(self, powers: Powers) -> Polynomial:
        """The monomial of the moving symbols with these exponents."""
        system = self.flow.system
        return power_product([system.generators[n] for n in self.flow.names], powers, system.ring.constant(1))

    def _points(self, count: int) -> Residues:
        return self.generator.integers(1, PRIME, (count, len(self.flow.names)))

    def _tables(self, points: Residues, powers: list[Powers]) -> Residues:
        """D^i m_j / i! at every point, (points, derivatives, monomials)."""
        return monomial_series(self._terms, points, powers, len(powers))

    def _determinant_degree(self, powers: list[Powers]) -> int:
        size, degree = len(powers), max(map(sum, powers))
        steps = max(sum(p) for terms in self._terms for p in terms) - 1
        return size * degree + max(steps, 0) * size * (size - 1) // 2

    @cached_property
    def _ring(self) -> Any:
        return nmod_mpoly_ctx.get(list(self.flow.names), modulus=PRIME, ordering=Ordering.degrevlex)

    def _residues(self, polynomial: Polynomial) -> dict[Powers, int]:
        """The polynomial in the moving symbols modulo the prime, with numbers for the parameters."""
        names = [str(n) for n in polynomial.context().names()]
        places = [names.index(n) for n in self.flow.names]
        numbers = [(i, self.values[n]) for i, n in enumerate(names) if n in self.values]
        terms: dict[Powers, int] = {}
        for exponents, coefficient in polynomial.to_dict().items():
            value = residue(Fraction(int(coefficient.p), int(coefficient.q)))
            for i, number in numbers:
                value = value * pow(number, int(exponents[i]), PRIME) % PRIME
            key = tuple(int(exponents[i]) for i in places)
            terms[key] = (terms.get(key, 0) + value) % PRIME
        return {p: c for p, c in terms.items() if c}


def _simple(value: int, residues: Sequence[int]) -> tuple[Fraction, ...] | None:
    """A fraction where that is all it takes, a small combination of the residues elsewhere."""
    number = fraction(value)
    if number is not None and max(abs(number.numerator), number.denominator) <= 2000:
        return (number, *(Fraction(0) for _ in residues[1:]))
    return small_combination(value, residues) if len(residues) > 1 else None


def _minors(tables: Residues, size: int, generator: np.random.Generator) -> list[int]:
    """The determinant of each table; where its rank is smaller, of its product with random matrices on both sides."""
    full = tables.shape[1]
    if size < full:
        left, right = (generator.integers(0, PRIME, shape) for shape in ((size, full), (full, size)))
        tables = product(product(left, tables), right)
    return determinants(tables).tolist()


def _interpolated(values: Sequence[int]) -> Any:
    """The polynomial with these values at 0, 1, 2, ... (Newton's divided differences)."""
    column = np.array(values, dtype=np.int64) % PRIME
    top = [int(column[0])]
    for k in range(1, len(values)):
        column = (column[1:] - column[:-1]) % PRIME * pow(k, -1, PRIME) % PRIME
        top.append(int(column[0]))
    total = nmod_poly([0], PRIME)
    for k in range(len(top) - 1, -1, -1):
        total = total * nmod_poly([-k % PRIME, 1], PRIME) + top[k]
    return total


def _at_root(entries: Sequence[Sequence[Any]], q: Any) -> Residues:
    """A table of polynomials in s at a root of q = s^2 + c1 s + c0, as one of residues for u and w in u + s w.

    Shape (2 rows, 2 columns): above what stands without s, below what stands with it.
    """
    rest = [[[int((entry % q)[k]) for entry in row] for row in entries] for k in (0, 1)]
    a, b = (np.array(part, dtype=np.int64) for part in rest)
    c0, c1 = int(q[0]), int(q[1])  # s^2 = -c1 s - c0
    above = np.concatenate([a, -c0 * b % PRIME], 1)
    below = np.concatenate([b, (a - c1 * b % PRIME) % PRIME], 1)
    return np.concatenate([above, below]) % PRIME


def _value(terms: Mapping[Powers, int], point: Iterable[Any]) -> int:
    state, total = [int(x) for x in point], 0
    for powers, coefficient in terms.items():
        for x, e in zip(state, powers, strict=True):
            coefficient = coefficient * pow(x, e, PRIME) % PRIME
        total += coefficient
    return total % PRIME


def _shared(first: Residues, second: Residues) -> Residues:
    """A basis of the rows that two spaces of rows share."""
    if not len(first) or not len(second):
        return first[:0]
    weights = null_space(np.concatenate([first, -second % PRIME]).T)
    rows = [(w[: len(first), None] * first % PRIME).sum(0) % PRIME for w in weights]
    return np.array(rows, dtype=np.int64).reshape(-1, first.shape[1])

"""Null vectors a person can read: few terms, low degree, exact coefficients that may depend on the parameters."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from fractions import Fraction

import numpy as np
import sympy
from numpy.typing import NDArray

from ...algebra.finite_field import Residues, fraction, inverse, null_space, rank
from ...algebra.monomials import Monomials
from ...algebra.polynomial_system import PolynomialSystem
from ...algebra.sampling import SPARE_POINTS, sample_points
from .settings import NULL_VECTORS

Row = list[tuple[int, sympy.Expr]]
"""(monomial, coefficient) of every term."""


def sparsify(basis: Residues, degrees: NDArray[np.int64], prime: int) -> Residues:
    """Another basis of the same space, each row with as few terms as adding multiples of other rows can make it.

    A row is only changed by rows of no higher degree, so that degrees stay as low as they are.

    basis (vectors, columns), degrees (columns,); the result is of the shape of the basis.

    >>> sparsify(np.array([[1, 0, 1], [1, 1, 1]]), np.array([1, 1, 1]), 7).tolist()
    [[0, 6, 0], [1, 0, 1]]
    """
    rows = basis.copy() % prime
    order = np.array([degrees[np.flatnonzero(row)].max() for row in rows]) if len(rows) else np.zeros(0, dtype=int)
    for _ in range(NULL_VECTORS.passes):
        changed = False
        for i in range(len(rows)):
            others = [j for j in range(len(rows)) if j != i and order[j] <= order[i]]
            better = _sparser(rows, i, others, prime)
            if better is not None:
                rows[i], changed = better, True
        if not changed:
            break
    return rows


def first_independent(
    rows: Residues, gradients: Residues, order: Sequence[int], fixed: Residues, prime: int
) -> list[int]:
    """The first rows (in `order`) whose gradients are independent of each other and of the `fixed` gradients.

    rows (vectors, monomials), gradients (monomials, symbols), fixed (relations, symbols).
    """
    chosen: list[int] = []
    so_far, size = fixed, rank(fixed, prime)
    for i in order:
        terms = np.flatnonzero(rows[i])
        gradient = (rows[i][terms, None] * gradients[terms] % prime).sum(0) % prime
        more = np.concatenate([so_far, gradient[None]])
        if rank(more, prime) > size:
            so_far, size = more, size + 1
            chosen.append(i)
    return chosen


def exact_coefficients(
    support: NDArray[np.int64], monomials: Monomials, system: PolynomialSystem, generator: np.random.Generator
) -> Row | None:
    """The null vector on `support` with coefficients in the parameters: found modulo a prime, proved exactly.

    Parameters are constants, so that their monomials, up to degree 4, may multiply those of the support. None where no
    such vector has small coefficients.

    support (terms,).
    """
    some = Monomials(monomials.symbols, monomials.exponents[support])
    for degree in range(NULL_VECTORS.parameter_degree + 1) if system.parameters else (0,):
        powers = powers_of(len(system.parameters), degree)
        if len(some) * len(powers) > NULL_VECTORS.most_columns:
            return None
        points = sample_points(system, len(some) * len(powers) + SPARE_POINTS, generator)
        drift = some.drift(system, points)
        factors = np.stack([_product(points.values, system.parameters, power, points.prime) for power in powers], 1)
        matrix = (drift[:, :, None] * factors[:, None, :] % points.prime).reshape(len(drift), -1)
        for vector in null_space(matrix, points.prime):
            row = _row(vector, support, powers, system)
            if row is not None and system.vanishes(system.derivative(monomials.polynomial(system, row))):
                return row
    return None


def _sparser(rows: Residues, i: int, others: Sequence[int], prime: int) -> Residues | None:
    """Row i plus the multiple of one other row that leaves it the fewest terms, None where none leaves it fewer."""
    best, fewest = None, np.count_nonzero(rows[i])
    for j in others:
        shared = np.flatnonzero((rows[i] != 0) & (rows[j] != 0))
        if not len(shared):
            continue
        ratios = rows[i][shared] * inverse(rows[j][shared], prime) % prime
        values, counts = np.unique(ratios, return_counts=True)
        most = int(counts.argmax())
        added = np.count_nonzero((rows[i] == 0) & (rows[j] != 0))
        if np.count_nonzero(rows[i]) - counts[most] + added < fewest:
            candidate = (rows[i] - values[most] * rows[j]) % prime
            best, fewest = candidate, np.count_nonzero(candidate)
    return best


def powers_of(count: int, degree: int) -> list[tuple[int, ...]]:
    """Exponents of all monomials in `count` parameters of degree at most `degree`, by degree.

    >>> powers_of(2, 1)
    [(0, 0), (1, 0), (0, 1)]
    """
    powers = []
    for k in range(degree + 1):
        chosen = itertools.combinations_with_replacement(range(count), k)
        powers += [tuple(places.count(j) for j in range(count)) for places in chosen]
    return powers


def _product(values: object, symbols: Sequence[sympy.Symbol], power: Sequence[int], prime: int) -> Residues:
    size = len(next(iter(values.values())))  # type: ignore[attr-defined]
    product = np.ones(size, dtype=np.int64)
    for symbol, exponent in zip(symbols, power, strict=True):
        for _ in range(exponent):
            product = product * values[symbol.name] % prime  # type: ignore[index]
    return product


def _row(
    vector: Residues, support: NDArray[np.int64], powers: Sequence[tuple[int, ...]], system: PolynomialSystem
) -> Row | None:
    """The vector with whole coefficients without a common factor; None where they are not small fractions."""
    numbers = coprime_integers([fraction(int(value)) for value in vector])
    if numbers is None:
        return None
    terms: dict[int, sympy.Expr] = {}
    for place, number in enumerate(numbers):
        if number:
            monomial, power = divmod(place, len(powers))
            parameter = sympy.Mul(*(s**e for s, e in zip(system.parameters, powers[power], strict=True)))
            key = int(support[monomial])
            terms[key] = terms.get(key, sympy.Integer(0)) + number * parameter
    return sorted(terms.items())


def coprime_integers(fractions: Sequence[Fraction | None]) -> list[int] | None:
    """The numbers times the factor that makes them whole without a common divisor; None where one is not small.

    >>> coprime_integers([Fraction(1, 2), Fraction(-3, 4)]), coprime_integers([None])
    ([2, -3], None)
    """
    if any(v is None or max(abs(v.numerator), v.denominator) > NULL_VECTORS.largest_number for v in fractions):
        return None
    numbers = [value for value in fractions if value is not None]
    common = math.lcm(*(value.denominator for value in numbers))
    divisor = math.gcd(*(int(value * common) for value in numbers)) or 1
    return [int(value * common) // divisor for value in numbers]

"""Null vectors a person can read: few terms, low degree, exact coefficients that may depend on the parameters."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np
import sympy
from numpy.typing import NDArray

from ...algebra.arithmetic.finite_field import Residues, inverse, rank
from ...algebra.arithmetic.parametric_rank import TooLarge, Work, null_vector
from ...algebra.arithmetic.parametric_vectors import Column, parametric_vectors
from ...algebra.arithmetic.polynomials import Polynomial, to_expression
from ...algebra.arithmetic.residue_points import Points
from ...algebra.parameters.parametric_drift import NotCovered, parametric_drift
from ...algebra.systems.monomials import Monomials
from ...algebra.systems.polynomial_system import PolynomialSystem
from ...algebra.systems.sampling import SPARE_POINTS, sample_points
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

    def sampled(count: int) -> tuple[Points, Residues]:
        points = sample_points(system, count, generator)
        return points, some.drift(system, points)

    parameters = [system.generators[s.name] for s in system.parameters]
    for row in parametric_rows(support, parameters, system.ring.constant(1), sampled):
        if system.vanishes(system.derivative(monomials.polynomial(system, row))):
            return row
    return _eliminated(support, some, monomials, system, generator)


def _eliminated(
    support: NDArray[np.int64],
    some: Monomials,
    monomials: Monomials,
    system: PolynomialSystem,
    generator: np.random.Generator,
) -> Row | None:
    """The same by elimination over the polynomials in the parameters, whose degree is then no matter."""
    if not system.parameters:
        return None
    try:
        drift = parametric_drift(system, some, generator)
        vector = null_vector(drift.rows, len(some), Work(NULL_VECTORS.most_terms))
    except (NotCovered, TooLarge):
        return None
    row = [(int(i), to_expression(c)) for i, c in zip(support, vector or (), strict=False) if c != 0]
    return row if row and system.vanishes(system.derivative(monomials.polynomial(system, row))) else None


def parametric_rows(
    support: NDArray[np.int64],
    parameters: Sequence[Polynomial],
    one: Polynomial,
    sampled: Callable[[int], tuple[Points, Residues]],
    degree: int = NULL_VECTORS.parameter_degree,
) -> Iterator[Row]:
    """Combinations, to be checked, of functions that are known by their values: these are 0 at random points.

    `sampled` gives that many points, with other parameters at each, and the values there, (points, terms).

    support (terms,).
    """

    def matrix(columns: list[Column]) -> Residues:
        points, values = sampled(len(columns) + SPARE_POINTS)
        factors = {str(factor): points.evaluate(factor) for _, factor in columns[: len(columns) // len(support)]}
        return np.stack([values[:, k] * factors[str(factor)] % points.prime for k, factor in columns], 1)

    places = range(len(support))
    for terms in parametric_vectors(places, parameters, one, matrix, degree, NULL_VECTORS.most_columns):
        row: dict[int, sympy.Expr] = {}
        for number, k, factor in terms:
            place = int(support[k])
            row[place] = row.get(place, sympy.Integer(0)) + number * to_expression(factor)
        yield sorted(row.items())


def simplest_first(rows: Residues, efforts: NDArray[np.int64]) -> list[int]:
    """Places of the rows by their highest effort, then by how many terms they have, then by which.

    rows (vectors, columns), efforts (columns,).

    >>> simplest_first(np.array([[0, 0, 1], [1, 1, 0], [1, 0, 0]]), np.array([1, 1, 2]))
    [2, 1, 0]
    """

    def effort(i: int) -> tuple[int, int, list[int]]:
        terms = np.flatnonzero(rows[i])
        return int(efforts[terms].max()), len(terms), terms.tolist()

    return sorted(range(len(rows)), key=effort)


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

"""How many conserved densities an equation u_t = sum_j c_j m_j has, exactly modulo a prime, for any coefficients.

The condition E(E(rho_i) m_j) = 0 (Olver, theorem 4.7) is linear in the density and linear in the equation. With the
coefficients T[r, i, j] of its left side computed once, the densities of an equation c are the null space of
sum_j c_j T[:, :, j], and the equations that conserve a density a are the null space of sum_i a_i T[:, i, :].
A rank modulo a prime is never above the true one, so that no density is missed. Random combinations of the rows keep
the ranks but for a chance of about 1 / 2^31.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Self

import numpy as np
import sympy
from flint import nmod_mat, nmod_poly

from ...algebra.arithmetic.finite_field import PRIME, Residues, fraction, independent_columns, null_space, rank
from ...algebra.arithmetic.polynomials import Polynomial
from ...algebra.expressions.text import parse
from ...algebra.fields.evolution_system import coefficient_matrix, evolution_system
from ...algebra.fields.jets import Jets
from ...algebra.systems.monomials import monomials
from ...subjects.equations.evolution import HIGHEST, jet
from ...subjects.equations.pde_family import PdeFamily
from .settings import NULL_VECTORS


@dataclass(frozen=True)
class ExactCount:
    """T[r, i, j] for the densities rho_i (independent modulo x-derivatives) and the monomials m_j of `family`."""

    family: PdeFamily
    densities: tuple[tuple[int, ...], ...]
    """Exponents of each density's monomial."""
    eulers: tuple[Any, ...]
    """E(rho_i) as a polynomial of FLINT's."""
    tensor: Residues
    by_density: Residues
    """Random combinations of the rows, enough of them for ranks over densities."""
    by_monomial: Residues

    @classmethod
    def build(cls, family: PdeFamily, order: int = 2, degree: int = 4, seed: int = 0) -> Self:
        """The tensor for densities of at most `degree` in derivatives up to `order`."""
        generator = np.random.default_rng(seed)
        names = [jet("u", k) for k in range(HIGHEST + 1)]
        texts = [parse(text, names) for text in family.monomials]
        highest = int(np.flatnonzero(np.any(family.exponents, axis=0))[-1])
        system, flows = evolution_system(("u",), [sympy.Symbol(jet("u", highest), real=True)], (), order, jet, texts)
        rows = _density_exponents(order, degree)
        eulers = [system.jets.euler(p) for p in _density_products(system.jets, rows)]
        kept = independent_columns(coefficient_matrix([(e,) for e in eulers], system))
        images = [(system.jets.euler(eulers[i] * flow),) for i in kept for flow in flows]
        flat = coefficient_matrix(images, system)
        shape = (-1, len(kept), len(flows))
        densities = _mixed(flat, len(kept) + NULL_VECTORS.spare_rows, generator).reshape(shape)
        monomials_of = _mixed(flat, len(flows) + NULL_VECTORS.spare_rows, generator).reshape(shape)
        exponents = tuple(tuple(map(int, rows[i])) for i in kept)
        return cls(family, exponents, tuple(eulers[i] for i in kept), flat.reshape(shape), densities, monomials_of)

    def count(self, coefficients: Residues) -> int:
        """How many densities the equation with these residues as coefficients conserves.

        coefficients (monomials,).
        """
        return len(self.densities) - rank(_contracted(self.by_density, coefficients))

    def densities_of(self, coefficients: Residues) -> Residues:
        """A basis of the densities that the equation conserves.

        coefficients (monomials,) gives (vectors, densities).
        """
        return null_space(_contracted(self.by_density, coefficients))

    def equations_of(self, densities: Residues) -> Residues:
        """A basis of the equations that conserve every one of `densities` (rows).

        densities (rows, densities) gives (vectors, monomials).
        """
        parts = [_contracted(self.by_monomial.transpose(0, 2, 1), row) for row in densities]
        return null_space(np.concatenate(parts)) if parts else np.eye(len(self.family.monomials), dtype=np.int64)

    def closed(self, coefficients: Residues) -> tuple[Residues, Residues]:
        """The densities of the equation, and all equations of the family that conserve those.

        Shapes (vectors, densities) and (vectors, monomials).
        """
        found = self.densities_of(coefficients)
        return found, self.equations_of(found)

    def special(self, first: Residues, second: Residues) -> list[Fraction]:
        """The fractions r at which first + r second conserves more than for other r (roots of a gcd of minors).

        first and second (monomials,).
        """
        left, right = _contracted(self.by_density, first), _contracted(self.by_density, second)
        return special_values(left, right)


def _density_exponents(order: int, degree: int) -> Residues:
    """Monomials in u and its derivatives (monomials, 1 + order): by degree, then by the highest derivative."""
    rows = monomials([sympy.Symbol(jet("u", k), real=True) for k in range(order + 1)], degree).exponents
    efforts = [(row.sum(), np.flatnonzero(row).max(), row @ np.arange(order + 1), i) for i, row in enumerate(rows)]
    return rows[sorted(range(len(rows)), key=lambda i: efforts[i])]


def _density_products(jets: Jets, rows: Residues) -> list[Polynomial]:
    symbols = [sympy.Symbol(jet("u", k), real=True) for k in range(rows.shape[1])]
    powers = ((symbol ** int(e) for symbol, e in zip(symbols, row, strict=True)) for row in rows)
    return [jets.polynomial(sympy.Mul(*factors)) for factors in powers]


def special_values(left: Residues, right: Residues, seed: int = 0) -> list[Fraction]:
    """The fractions r != 0 at which the rank of left + r right is below its rank at other r.

    left and right (rows, columns).

    >>> one, other = np.array([[1, 0], [0, 2]]), np.array([[-1, 0], [0, -1]])
    >>> special_values(one, other)
    [Fraction(1, 1), Fraction(2, 1)]
    """
    generator = np.random.default_rng(seed)
    size = rank((left + int(generator.integers(2, PRIME)) * right) % PRIME)
    if size == 0:
        return []
    common = _random_minor(left, right, size, generator).gcd(_random_minor(left, right, size, generator))
    roots = [fraction(int(root)) for root, _ in _roots(common)]
    return sorted((r for r in roots if r is not None and r != 0 and _is_small(r)), key=_size)


def _random_minor(left: Residues, right: Residues, size: int, generator: np.random.Generator) -> nmod_poly:
    """A random combination of the minors of left + r right, as a polynomial in r."""
    above, beside = (generator.integers(0, PRIME, shape) for shape in ((size, len(left)), (left.shape[1], size)))
    return _determinant(product(product(above, left), beside), product(product(above, right), beside))


def _size(value: Fraction) -> tuple[int, Fraction]:
    return abs(value.numerator) + value.denominator, value


def _is_small(value: Fraction) -> bool:
    return max(abs(value.numerator), value.denominator) <= NULL_VECTORS.largest_ratio


def product(left: Residues, right: Residues) -> Residues:
    """The matrix product modulo the prime.

    left (rows, inner), right (inner, columns).

    >>> product(np.array([[1, 2]]), np.array([[3], [4]])).tolist()
    [[11]]
    """
    a = nmod_mat(left.shape[0], left.shape[1], (left % PRIME).ravel().tolist(), PRIME)
    b = nmod_mat(right.shape[0], right.shape[1], (right % PRIME).ravel().tolist(), PRIME)
    return np.array([int(v) for v in (a * b).entries()], dtype=np.int64).reshape(len(left), right.shape[1])


def residues(values: Sequence[Fraction | int]) -> Residues:
    """The numbers modulo the prime.

    >>> residues([Fraction(4, 2), -1]).tolist()
    [2, 2147483646]
    """
    return np.array([Fraction(v).numerator * pow(Fraction(v).denominator, -1, PRIME) % PRIME for v in values])


def _mixed(flat: Residues, rows: int, generator: np.random.Generator) -> Residues:
    if len(flat) <= rows:
        return flat
    return product(generator.integers(0, PRIME, (rows, len(flat))), flat)


def _contracted(tensor: Residues, weights: Residues) -> Residues:
    """sum_j weights_j tensor[:, :, j] modulo the prime, without overflow."""
    total = np.zeros(tensor.shape[:2], dtype=np.int64)
    for j in np.flatnonzero(weights):
        total = (total + int(weights[j]) * tensor[:, :, j]) % PRIME
    return total


def _determinant(left: Residues, right: Residues) -> nmod_poly:
    """det(left + r right) as a polynomial in r, by interpolation (Newton's differences)."""
    size = len(left)
    values = []
    for r in range(size + 1):
        matrix = (left + r * right) % PRIME
        values.append(int(nmod_mat(size, size, matrix.ravel().tolist(), PRIME).det()))
    for step in range(1, size + 1):
        for i in range(size, step - 1, -1):
            values[i] = (values[i] - values[i - 1]) * pow(step, -1, PRIME) % PRIME
    total = nmod_poly([values[size]], PRIME)
    for i in range(size - 1, -1, -1):
        total = total * nmod_poly([-i % PRIME, 1], PRIME) + nmod_poly([values[i]], PRIME)
    return total


def _roots(polynomial: nmod_poly) -> list[tuple[int, int]]:
    if polynomial.degree() < 1:
        return []
    _, factors = polynomial.factor()
    return [(-int(f[0]) * pow(int(f[1]), -1, PRIME) % PRIME, power) for f, power in factors if f.degree() == 1]


def supports(size: int, terms: int) -> list[tuple[int, ...]]:
    """All sets of 1 ... `terms` places among `size`, small sets first.

    >>> supports(3, 2)
    [(0,), (1,), (2,), (0, 1), (0, 2), (1, 2)]
    """
    return [chosen for n in range(1, terms + 1) for chosen in itertools.combinations(range(size), n)]


def fraction_rows(rows: Residues) -> list[list[Fraction] | None]:
    """Each row as fractions, None where one of them is not small.

    rows (count, columns).

    >>> fraction_rows(residues([Fraction(1, 2), 3])[None])
    [[Fraction(1, 2), Fraction(3, 1)]]
    """
    found: list[list[Fraction] | None] = []
    for row in rows:
        values = [fraction(int(value)) for value in row]
        small = [v for v in values if v is not None and _is_small(v)]
        found.append(small if len(small) == len(values) else None)
    return found

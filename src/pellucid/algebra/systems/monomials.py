"""Monomials of a polynomial system, and how they drift along its flow, modulo a prime."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import sympy
from numpy.typing import NDArray

from ..arithmetic.finite_field import Residues, inverse, power
from ..arithmetic.polynomials import Polynomial
from ..arithmetic.residue_points import Points
from .polynomial_system import PolynomialSystem


@dataclass(frozen=True)
class Monomials:
    """b_i = prod_j symbols[j] ** exponents[i, j], simplest first, 1 not among them."""

    symbols: tuple[sympy.Symbol, ...]
    exponents: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.exponents)

    def values(self, points: Points) -> Residues:
        """b_i at every point, (points, monomials).

        Shape (points, monomials).
        """
        values = np.ones((len(points.values[self.symbols[0].name]), len(self)), dtype=np.int64)
        for j, symbol in enumerate(self.symbols):
            for exponent in np.unique(self.exponents[:, j]):
                if exponent:
                    columns = np.flatnonzero(self.exponents[:, j] == exponent)
                    factor = power(points.values[symbol.name], int(exponent), points.prime)
                    values[:, columns] = values[:, columns] * factor[:, None] % points.prime
        return values

    def drift(self, system: PolynomialSystem, points: Points) -> Residues:
        """d b_i / dt = b_i sum_j exponents_ij f_j / x_j at every point, (points, monomials).

        Shape (points, monomials).
        """
        total = np.zeros((len(points.values[self.symbols[0].name]), len(self)), dtype=np.int64)
        for j, symbol in enumerate(self.symbols):
            speed = points.evaluate(system.flow[system.symbols.index(symbol)])
            rate = speed * inverse(points.values[symbol.name], points.prime) % points.prime
            total = (total + rate[:, None] * self.exponents[None, :, j]) % points.prime
        return total * self.values(points) % points.prime

    def expression(self, place: int, meanings: Mapping[str, sympy.Expr]) -> sympy.Expr:
        """One of them, symbols in `meanings` replaced by what they stand for."""
        pairs = zip(self.symbols, self.exponents[place], strict=True)
        return sympy.Mul(*(meanings.get(s.name, s) ** int(e) for s, e in pairs))

    def polynomial(self, system: PolynomialSystem, row: Sequence[tuple[int, sympy.Expr]]) -> Polynomial:
        """sum c_i b_i for (i, c_i) in `row`, where each c_i is a polynomial in the parameters."""
        return system.polynomial(sympy.Add(*(c * self.expression(i, {}) for i, c in row)))


def monomials(symbols: Sequence[sympy.Symbol], degree: int, most: int = 6000) -> Monomials:
    """All monomials of degree 1 to `degree`, by degree; raises ValueError where they are more than `most`.

    Monomials become columns: elimination takes seconds at 3,000 of them, and its time grows with the cube.

    >>> monomials(sympy.symbols("x y"), 2).exponents.tolist()
    [[1, 0], [0, 1], [2, 0], [1, 1], [0, 2]]
    """
    if degree < 1:
        raise ValueError(f"degree={degree} leaves no monomials; give at least 1")
    count, width = 0, len(symbols)
    rows = []
    for k in range(1, degree + 1):
        for places in itertools.combinations_with_replacement(range(width), k):
            rows.append(places)
            count += 1
            if count > most:
                raise ValueError(
                    f"degree={degree} in {width} symbols has more than {most:,} monomials; "
                    "lower the degree, or name fewer symbols as the basis"
                )
    exponents = np.zeros((len(rows), width), dtype=np.int64)
    for i, places in enumerate(rows):
        for j in places:
            exponents[i, j] += 1
    return Monomials(tuple(symbols), exponents)

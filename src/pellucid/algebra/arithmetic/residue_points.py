"""Values of symbols modulo a prime, at many points at once, and polynomials there."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from .finite_field import Residues, power, residue
from .polynomials import Polynomial


@dataclass(frozen=True)
class Points:
    """`values[name]` (points,) for every symbol and every parameter."""

    values: dict[str, Residues]
    prime: int

    def evaluate(self, polynomial: Polynomial) -> Residues:
        """The polynomial at every point, (points,). Cost: O(terms * points).

        Shape (points,).
        """
        names = polynomial.context().names()
        total = np.zeros_like(next(iter(self.values.values())))
        tables: dict[tuple[str, int], Residues] = {}
        for exponents, coefficient in polynomial.to_dict().items():
            fraction = Fraction(int(coefficient.p), int(coefficient.q))
            term = np.full_like(total, residue(fraction, self.prime))
            for name, exponent in zip(names, exponents, strict=True):
                if exponent:
                    key = (str(name), int(exponent))
                    if key not in tables:
                        tables[key] = power(self.values[key[0]], key[1], self.prime)
                    term = term * tables[key] % self.prime
            total = (total + term) % self.prime
        return total

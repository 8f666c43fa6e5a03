"""A residue as a small combination of given residues: what a number in the parameters looks like modulo a prime.

The shortest vectors of the lattice {(q, c) : q value = sum_i c_i residues_i modulo the prime}, scaled so that what is
not 0 modulo the prime is long (Lenstra, Lenstra, Lovasz, Math. Ann. 261, 515, 1982). What comes out is a guess: whoever
uses it checks it as an identity.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import numpy as np
from flint import fmpz_mat

from .finite_field import PRIME


def small_combination(value: int, residues: Sequence[int], largest: int = 200) -> tuple[Fraction, ...] | None:
    """Small fractions c_i with value = sum_i c_i residues_i modulo the prime; None where there are none.

    `largest` bounds numerators and the common denominator: by chance, n + 1 such numbers fulfil the equation with
    probability (2 largest)^(n + 1) / 2^31 at most.

    >>> small_combination((3 * 123457 - 2) % PRIME, [1, 123457])
    (Fraction(-2, 1), Fraction(3, 1))
    """
    if value % PRIME == 0:
        return (Fraction(0),) * len(residues)
    size, weight = len(residues) + 1, PRIME
    entries = [value, *(-r for r in residues), PRIME]
    units = np.eye(size, dtype=int).tolist()
    rows = [[*unit, weight * entry] for unit, entry in zip(units, entries[:size], strict=True)]
    rows.append([0] * size + [weight * PRIME])
    reduced = fmpz_mat(rows).lll()
    for row in reduced.tolist():
        numbers = [int(n) for n in row]
        if numbers[-1] == 0 and numbers[0] != 0 and max(map(abs, numbers)) <= largest:
            return tuple(Fraction(n, numbers[0]) for n in numbers[1:-1])
    return None

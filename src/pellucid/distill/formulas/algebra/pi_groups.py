"""Pi-groups: the products of powers that a law may be made of, as a lattice of integer exponent vectors.

Buckingham's theorem: if y(lambda^a x) = lambda^b y for every scaling direction a, then y = x^offset f(x^v1, x^v2, ...)
with a . v = 0 and a . offset = b. No basis v1, v2, ... is the right one, so monomials are drawn from the whole lattice,
shortest first; a basis reduced by Lenstra-Lenstra-Lovasz only makes them quick to enumerate.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from math import lcm
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sympy import ZZ
from sympy.polys.matrices import DomainMatrix

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Lattice:
    """Target = x^offset f(x^v), v in the integer span of `basis` (groups, features); `offset` (features,)."""

    basis: Integers
    offset: Floats

    @property
    def groups(self) -> int:
        """How many independent groups there are."""
        return len(self.basis)

    def monomials(self, most: int, power: float = 0.0) -> Integers:
        """Up to `most` combinations (monomials, groups), those with the shortest x^(power offset + v) first."""
        combinations = _combinations(self.groups)
        order = np.argsort(cost(power * self.offset + combinations @ self.basis), kind="stable")
        return combinations[order[:most]]

    def refine(self, kernel: Integers, shift: Floats) -> Lattice:
        """The sublattice spanned by `kernel` (new groups, groups), the offset moved by `shift` (groups,).

        kernel (new groups, groups), shift (groups,).
        """
        basis = reduce_basis(kernel @ self.basis) if len(kernel) else np.zeros((0, self.basis.shape[1]), dtype=np.int64)
        return Lattice(basis, self.offset + shift @ self.basis).tidy()

    def tidy(self) -> Lattice:
        """The same with the shortest offset that differs from this one by a lattice vector."""
        if not self.groups:
            return self
        candidates = self.offset + _combinations(self.groups) @ self.basis
        return Lattice(self.basis, candidates[int(np.argmin(cost(candidates)))])


def cost(exponents: NDArray[Any], below_the_bar: float = 0.1) -> Floats:
    """Length of monomials with `exponents` (..., features): sum of their sizes, a little more `below_the_bar`.

    Shapes: exponents (monomials, features) give (monomials,).

    >>> cost(np.array([[1, 2], [1, -2]])).tolist()
    [3.0, 3.1]
    """
    size = np.abs(exponents)
    return (size + below_the_bar * (exponents < 0) + 0.5 * (size != np.round(size))).sum(-1)


def free_lattice(features: int) -> Lattice:
    """Every product of integer powers: what is known without units.

    >>> free_lattice(2).monomials(4).tolist()
    [[0, 0], [0, 1], [1, 0], [-1, 0]]
    """
    return Lattice(np.eye(features, dtype=np.int64), np.zeros(features))


def unit_lattice(features: Sequence[Sequence[Fraction]], target: Sequence[Fraction]) -> Lattice:
    """The pi-groups of features with these exponents over base units, and one product with the target's unit.

    Raises ValueError where no product of powers (up to sixth roots) has the target's unit.

    >>> length, time, speed = (1, 0), (0, 1), (1, -1)
    >>> found = unit_lattice([[Fraction(e) for e in unit] for unit in (length, time)], [Fraction(e) for e in speed])
    >>> found.offset.tolist(), found.groups
    ([1.0, -1.0], 0)
    """
    rows = [list(column) for column in zip(*features, strict=True)]
    basis = integer_kernel(rows, len(features))
    offset = integer_solution(rows, list(target), len(features))
    if offset is None:
        raise ValueError("units cannot match: no product of powers of the features has the target's unit; correct them")
    return Lattice(basis, offset).tidy()


def integer_kernel(rows: Sequence[Sequence[Fraction]], size: int, penalty: int = 10**6) -> Integers:
    """A reduced basis (kernel, size) of the integer vectors k with rows . k = 0.

    Lattice reduction of (k, penalty rows . k), which no short vector has unless rows . k vanishes.

    >>> integer_kernel([[Fraction(1), Fraction(-2)]], 2).tolist()
    [[2, 1]]
    """
    cleared = [_cleared(row) for row in rows if any(row)]
    if not cleared:
        return np.eye(size, dtype=np.int64)
    matrix = [[int(i == j) for j in range(size)] + [penalty * row[i] for row in cleared] for i in range(size)]
    return np.array([row[:size] for row in _lll(matrix) if not any(row[size:])], dtype=np.int64).reshape(-1, size)


def integer_solution(rows: Sequence[Sequence[Fraction]], target: Sequence[Fraction], size: int) -> Floats | None:
    """A short k with rows . k = target, in integers, halves, thirds, ...; None where there is none.

    k / d is found as the kernel vector (k, 1) of the rows widened by -d target (Kannan's embedding).

    >>> integer_solution([[Fraction(2)]], [Fraction(1)], 1).tolist()
    [0.5]
    """
    if not any(target):
        return np.zeros(size)
    for divisor in (1, 2, 3, 4, 6):
        wide = [[*row, -divisor * value] for row, value in zip(rows, target, strict=True)]
        kernel = integer_kernel(wide, size + 1)
        for vector in sorted(kernel.tolist(), key=lambda v: sum(map(abs, v))):
            if abs(vector[-1]) == 1:
                return np.array(vector[:-1], dtype=np.float64) * vector[-1] / divisor
    return None


def reduce_basis(basis: Integers) -> Integers:
    """The same lattice with short basis vectors.

    basis (groups, features).

    >>> reduce_basis(np.array([[1, 0], [5, 1]])).tolist()
    [[1, 0], [0, 1]]
    """
    return np.array(_lll(basis.tolist()), dtype=np.int64) if len(basis) > 1 else basis


def _lll(rows: list[list[int]]) -> list[list[int]]:
    if len(rows) < 2:
        return rows
    matrix = DomainMatrix([[ZZ(value) for value in row] for row in rows], (len(rows), len(rows[0])), ZZ)
    return [[int(value) for value in row] for row in matrix.lll().to_list()]


def _cleared(row: Sequence[Fraction]) -> list[int]:
    """The row times its common denominator."""
    fractions = [Fraction(value) for value in row]
    common = lcm(*(value.denominator for value in fractions))
    return [int(value * common) for value in fractions]


@lru_cache(maxsize=32)
def _combinations(groups: int, most: int = 4000, largest: int = 8) -> Integers:
    """Integer vectors (combinations, groups) in order of their sum of sizes, about `most`, none above `largest`."""
    if not groups:
        return np.zeros((1, 0), dtype=np.int64)
    layer = {(0,) * groups}
    found = dict.fromkeys(layer)
    while layer:
        wider = {
            (*vector[:i], vector[i] + step, *vector[i + 1 :])
            for vector in layer
            for i in range(groups)
            for step in (1, -1)
        }
        layer = wider - found.keys()
        if len(found) + len(layer) > most or max(map(max, layer)) > largest:
            break
        found.update(dict.fromkeys(sorted(layer)))
    return np.array(list(found), dtype=np.int64)

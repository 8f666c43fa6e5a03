"""Finite groups given by nothing but their table of products.

Everything is whole numbers and follows from the table; associativity is looked at on all n^3 triples, n^2 at a time.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from jaxtyping import Int

Table = Int[np.ndarray, "n n"]


class NoGroup(ValueError):
    """A table is no group; says which products show it."""


@dataclass(frozen=True, eq=False)
class FiniteGroup:
    """`table[g, h]` is the product g h. Raises NoGroup, naming products that show it, where the table is no group.

    >>> FiniteGroup(np.add.outer(range(4), range(4)) % 4).name
    'Z_4'
    """

    table: Table

    def __post_init__(self) -> None:
        table = np.asarray(self.table)
        if table.ndim != 2 or table.shape[0] != table.shape[1] or not np.issubdtype(table.dtype, np.integer):
            raise NoGroup(f"the table is {table.shape} of {table.dtype}; give (n, n) whole numbers")
        object.__setattr__(self, "table", table.astype(np.int64))
        if said := why_no_latin_square(self.table) or self._why_no_group():
            raise NoGroup(said)

    def _why_no_group(self) -> str:
        everything, ones = np.arange(self.order), np.flatnonzero((self.table == np.arange(self.order)).all(1))
        if len(ones) != 1 or not np.array_equal(self.table[:, ones[0]], everything):
            return "no symbol e has e x = x = x e for every x"
        for a in range(self.order):  # (a b) c = a (b c) for all b, c
            left, right = self.table[self.table[a]], self.table[a][self.table]
            if not np.array_equal(left, right):
                b, c = np.argwhere(left != right)[0]
                return f"({a} {b}) {c} = {left[b, c]}, but {a} ({b} {c}) = {right[b, c]}"
        return ""

    @property
    def order(self) -> int:
        """How many elements there are."""
        return len(self.table)

    @cached_property
    def identity(self) -> int:
        """The element e with e x = x."""
        return int(np.flatnonzero(self.table[:, 0] == 0)[0])

    @cached_property
    def inverses(self) -> Int[np.ndarray, " n"]:
        """The inverse of each element."""
        return np.argwhere(self.table == self.identity)[:, 1]

    @cached_property
    def powers(self) -> Int[np.ndarray, "exponent n"]:
        """Row k holds g^k of every element g, up to the power at which all are the identity."""
        rows = [np.full(self.order, self.identity), np.arange(self.order)]
        while not (rows[-1] == self.identity).all():
            rows.append(self.table[rows[-1], np.arange(self.order)])
        return np.array(rows[:-1])

    @property
    def exponent(self) -> int:
        """The least k > 0 with g^k = e for every g."""
        return len(self.powers)

    @cached_property
    def orders(self) -> Int[np.ndarray, " n"]:
        """The order of each element."""
        back = self.powers == self.identity
        back[0] = False
        return np.where(back.any(0), back.argmax(0), self.exponent)

    @cached_property
    def class_of(self) -> Int[np.ndarray, " n"]:
        """The number of each element's conjugacy class, in the order of the classes' first elements."""
        everything, found = np.arange(self.order), np.full(self.order, -1)
        for g in range(self.order):
            if found[g] < 0:
                found[self.table[self.table[everything, g], self.inverses]] = found.max() + 1
        return found

    @property
    def is_abelian(self) -> bool:
        """Whether g h = h g."""
        return bool(np.array_equal(self.table, self.table.T))

    @property
    def generator(self) -> int | None:
        """The first element whose powers are the whole group; None where none is."""
        return next((int(g) for g in np.flatnonzero(self.orders == self.order)), None)

    @property
    def name(self) -> str:
        """The group's usual name, where its table tells it at once: cyclic, abelian, dihedral, Q_8, A_n or S_n."""
        if self.generator is not None:
            return f"Z_{self.order}"
        if self.is_abelian:
            return " x ".join(f"Z_{factor}" for factor in _invariant_factors(self.orders))
        return self._dihedral() or self._permutations() or f"group of order {self.order}"

    def _dihedral(self) -> str:
        half = self.order // 2
        for r in np.flatnonzero(self.orders == half):
            turns = set(self.powers[:half, r].tolist())
            others = [g for g in range(self.order) if g not in turns]
            if all(self.orders[g] == 2 for g in others):
                return f"D_{half}"
        return "Q_8" if self.order == 8 else ""

    def _permutations(self) -> str:
        """S_4, S_5, A_4 and A_5 are told from all groups of their orders by how many elements have which order."""
        known = {
            (1, 3, 8): "A_4",
            (1, 9, 8, 6): "S_4",
            (1, 15, 20, 24): "A_5",
            (1, 25, 20, 30, 24, 20): "S_5",
        }
        counts = np.bincount(self.orders)
        return known.get(tuple(int(count) for count in counts if count), "")


def why_no_latin_square(table: Table) -> str:
    """Why some row or column does not hold every symbol once; empty where each does.

    >>> why_no_latin_square(np.array([[0, 1], [0, 1]]))
    '(0, 0) and (1, 0) both give 0'
    """
    count = len(table)
    if table.min() < 0 or table.max() >= count:
        return f"there is an answer that is no symbol: {table.max() if table.max() >= count else table.min()}"
    for axis, rows in ((1, table), (0, table.T)):
        for i, row in enumerate(rows):
            values, first = np.unique(row, return_index=True)
            if len(values) < count:
                again = int(np.setdiff1d(np.arange(count), first)[0])
                before = int(np.flatnonzero(row == row[again])[0])
                one, other = ((i, before), (i, again)) if axis else ((before, i), (again, i))
                return f"{one} and {other} both give {row[again]}"
    return ""


@dataclass(frozen=True, eq=False)
class Isotopy:
    """A group behind a table: table[a, b] is the product of left[a] and right[b], as the table names answers."""

    group: FiniteGroup
    left: Int[np.ndarray, " n"]
    right: Int[np.ndarray, " n"]

    @property
    def is_itself(self) -> bool:
        """Whether the table is the group's own."""
        everything = np.arange(self.group.order)
        return np.array_equal(self.left, everything) and np.array_equal(self.right, everything)


def group_behind(table: Table) -> Isotopy:
    """The group that a Latin square is the table of, but for other names of its rows and columns (a - b, 2 a + b).

    By Albert's theorem a table is a group's in this sense exactly where (a v)(u b) = a b, for any u and v, makes one;
    u and v are the identity, where there is one, else 0. Raises NoGroup, naming products that show it.

    >>> behind = group_behind((np.arange(5)[:, None] - np.arange(5)) % 5)
    >>> behind.group.name, behind.left.tolist(), behind.right.tolist()
    ('Z_5', [0, 1, 2, 3, 4], [0, 4, 3, 2, 1])
    """
    table = np.asarray(table)
    if said := why_no_latin_square(table):
        raise NoGroup(said)
    everything = np.arange(len(table))
    u = int(next(iter(np.flatnonzero((table == everything).all(1))), 0))
    v = int(next(iter(np.flatnonzero((everything == table.T).all(1))), 0))
    left, right = table[:, v], table[u]
    product = np.empty_like(table)
    product[left[:, None], right[None]] = table
    return Isotopy(FiniteGroup(product), left, right)


def _invariant_factors(orders: Int[np.ndarray, " n"]) -> list[int]:
    """The factors d_1 | d_2 | ... of an abelian group, from its elements' orders.

    >>> _invariant_factors(np.array([1, 2, 4, 4, 2, 2, 4, 4]))
    [2, 4]
    """
    count, factors, primes = len(orders), [], []
    rest = count
    for p in range(2, count + 1):
        if rest % p == 0:
            primes.append(p)
            while rest % p == 0:
                rest //= p
    for p in primes:
        parts, power = [], 1
        while True:  # how many x have p^k x = 0 tells how many cyclic parts reach p^k
            within, below = (int((q % orders == 0).sum()) for q in (power * p, power))
            reach = round(np.log(within / below) / np.log(p))
            if not reach:
                break
            parts.append(reach)
            power *= p
        sizes = [p ** sum(reach > i for reach in parts) for i in range(parts[0])]
        factors = _multiplied(factors, sizes)
    return sorted(factors)


def _multiplied(factors: list[int], sizes: list[int]) -> list[int]:
    """Largest with largest."""
    length = max(len(factors), len(sizes))
    padded = [sorted(one, reverse=True) + [1] * (length - len(one)) for one in (factors, sizes)]
    return [a * b for a, b in zip(*padded, strict=True)]

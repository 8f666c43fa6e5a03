"""Conserved totals of a reaction network, exactly: whole numbers y with y N = 0.

Those without negative numbers whose support holds no other's are the minimal semiflows; every total without negative
numbers is a sum of them with positive fractions (Memmi and Roucairol, 1980; the elimination is Farkas').
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from flint import fmpz_mat

from .stoichiometry import Counts, first_independent, rank_of


@dataclass(frozen=True)
class SemiflowEffort:
    """Where the list of all minimal semiflows ends, which may be exponentially long."""

    most_rows: int = 3000
    """Kept at once: pairs of them are combined in each step, some seconds of work."""


def minimal_semiflows(
    matrix: Sequence[Sequence[int]], effort: SemiflowEffort = SemiflowEffort()
) -> tuple[Counts, ...] | None:
    """Every minimal semiflow of N (species x reactions), in the order of their supports; None where they are too many.

    >>> minimal_semiflows([[-1, 1, 1], [-1, 1, 0], [1, -1, -1], [0, 0, 1]])
    ((1, 0, 1, 0), (0, 1, 1, 1))
    """
    size = len(matrix)
    rows = [(tuple(map(int, row)), tuple(int(i == k) for k in range(size))) for i, row in enumerate(matrix)]
    left = set(range(len(matrix[0]) if size else 0))
    while left:
        column = min(left, key=lambda c: (_products(rows, c), c))
        left.remove(column)
        combined = _eliminated(rows, column, effort.most_rows)
        if combined is None:
            return None
        rows = combined
    found = {_reduced(y) for _, y in rows}
    return tuple(sorted(found, key=lambda y: tuple(not count for count in y)))


def total_basis(matrix: Sequence[Sequence[int]], semiflows: Iterable[Counts]) -> tuple[Counts, ...]:
    """Independent totals that span all: semiflows first, the shortest, and others where these are not enough.

    >>> total_basis([[1], [1]], ())
    ((1, -1),)
    """
    if not len(matrix):
        return ()
    short = sorted(semiflows, key=lambda y: (sum(map(bool, y)), sum(y)))
    enough = rank_of(short) == len(matrix) - rank_of(matrix)
    candidates = short if enough else [*short, *_left_null_space(matrix)]
    found = [candidates[i] for i in first_independent(candidates)]
    return tuple(sorted(found, key=lambda y: (min(y) < 0, tuple(not count for count in y))))


def annihilates(total: Sequence[int], matrix: Sequence[Sequence[int]]) -> bool:
    """Whether y N = 0."""
    return all(sum(y * n for y, n in zip(total, column, strict=True)) == 0 for column in zip(*matrix, strict=True))


def _left_null_space(matrix: Sequence[Sequence[int]]) -> list[Counts]:
    """A basis in short whole numbers (LLL), each with more positive than negative ones."""
    basis, rank = fmpz_mat([list(row) for row in zip(*matrix, strict=True)]).nullspace()
    if not rank:
        return []
    columns = [tuple(map(int, column)) for column in zip(*basis.tolist(), strict=True)][:rank]
    lattice = fmpz_mat([list(_reduced(column)) for column in columns]).lll()
    rows = [tuple(map(int, row)) for row in lattice.tolist()]
    return [row if sum((v > 0) - (v < 0) for v in row) >= 0 else tuple(-v for v in row) for row in rows]


Row = tuple[Counts, Counts]
"""What is left of y N, and y."""


def _eliminated(rows: Sequence[Row], column: int, most: int) -> list[Row] | None:
    """The rows whose column is 0, and all sums of two in which it is, those of least support; None for too many."""
    kept = [row for row in rows if not row[0][column]]
    gains = [row for row in rows if row[0][column] > 0]
    losses = [row for row in rows if row[0][column] < 0]
    if len(gains) * len(losses) > most * 30:
        return None
    least = _least([*kept, *(_combined(a, b, column) for a, b in itertools.product(gains, losses))])
    return least if len(least) <= most else None


def _products(rows: Sequence[Row], column: int) -> int:
    above = sum(row[0][column] > 0 for row in rows)
    below = sum(row[0][column] < 0 for row in rows)
    return above * below - above - below


def _combined(a: Row, b: Row, column: int) -> Row:
    """The combination in which the column is 0."""
    first, second = -b[0][column], a[0][column]
    rest = tuple(first * x + second * y for x, y in zip(a[0], b[0], strict=True))
    y = tuple(first * x + second * y for x, y in zip(a[1], b[1], strict=True))
    divisor = math.gcd(*rest, *y)
    return tuple(x // divisor for x in rest), tuple(x // divisor for x in y)


def _least(rows: Iterable[Row]) -> list[Row]:
    """Those whose support holds no other's."""
    by_support: dict[int, Row] = {}
    for row in rows:
        by_support.setdefault(_mask(row[1]), row)
    kept: list[int] = []
    for mask in sorted(by_support, key=int.bit_count):
        if not any(mask & other == other for other in kept):
            kept.append(mask)
    return [by_support[mask] for mask in kept]


def _mask(counts: Counts) -> int:
    return sum(1 << i for i, count in enumerate(counts) if count)


def _reduced(counts: Sequence[int]) -> Counts:
    divisor = math.gcd(*counts) or 1
    return tuple(count // divisor for count in counts)

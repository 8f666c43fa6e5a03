"""Exact linear algebra on tables of integers: which columns depend on the columns before them, and how."""

from __future__ import annotations

from fractions import Fraction
from math import gcd, lcm
from typing import Any

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[Any]


def null_space(matrix: Rows) -> list[tuple[int, list[int]]]:
    """For each column that is a rational combination of earlier ones: its index, and integers r with matrix @ r = 0.

    The entry of r at that index is positive, and zero at every later one. O(rows * columns^2) exact operations.

    >>> null_space(np.array([[1, 2, 5], [1, 3, 7]], dtype=object))
    [(2, [-1, -2, 1])]
    """
    width = matrix.shape[1]
    rows: list[list[Fraction]] = []
    pivots: list[int] = []
    while len(rows) < width and (outside := _outside(rows, pivots, matrix)) is not None:
        rows, pivots = reduced([*rows, [Fraction(int(v)) for v in outside]])
    return [(free, _relation(rows, pivots, free, width)) for free in range(width) if free not in pivots]


def _relation(rows: list[list[Fraction]], pivots: list[int], free: int, width: int) -> list[int]:
    """The smallest integers r (width,), r[free] > 0, by which a column without pivot follows from those with one."""
    column = [row[free] for row in rows]
    scale = lcm(1, *(c.denominator for c in column))
    relation = [0] * width
    relation[free] = scale
    for pivot, coefficient in zip(pivots, column, strict=True):
        relation[pivot] = -int(coefficient * scale)
    common = gcd(*relation)
    return [r // common for r in relation]


def null_space_modulo(matrix: Rows, prime: int) -> list[tuple[int, list[int]]]:
    """The same modulo `prime`: r has entries in 0..prime-1, and 1 at the index.

    >>> null_space_modulo(np.array([[1, 2], [1, 4]]), 2)
    [(1, [0, 1])]
    """
    width = matrix.shape[1]
    remaining = np.unique((matrix % prime).astype(np.int64), axis=0)
    rows: list[NDArray[np.int64]] = []
    pivots: list[int] = []
    for column in range(width):
        where = np.flatnonzero(remaining[:, column])
        if not len(where):
            continue
        pivot = remaining[where[0]] * pow(int(remaining[where[0], column]), -1, prime) % prime
        remaining = (remaining - remaining[:, column : column + 1] * pivot) % prime
        rows = [(row - row[column] * pivot) % prime for row in rows] + [pivot]
        pivots.append(column)
    relations = []
    for free in (k for k in range(width) if k not in pivots):
        relation = [0] * width
        relation[free] = 1
        for pivot, row in zip(pivots, rows, strict=True):
            relation[pivot] = int(-row[free] % prime)
        relations.append((free, relation))
    return relations


def reduced(rows: list[list[Fraction]]) -> tuple[list[list[Fraction]], list[int]]:
    """Reduced row echelon form without its zero rows, and its pivot columns.

    >>> reduced([[Fraction(2), Fraction(4)], [Fraction(1), Fraction(2)]])
    ([[Fraction(1, 1), Fraction(2, 1)]], [0])
    """
    rows, pivots = [list(row) for row in rows], []
    for column in range(len(rows[0]) if rows else 0):
        rank = len(pivots)
        pivot = next((r for r in range(rank, len(rows)) if rows[r][column] != 0), None)
        if pivot is None:
            continue
        rows[rank], rows[pivot] = rows[pivot], rows[rank]
        inverse = 1 / rows[rank][column]
        top = [v * inverse for v in rows[rank]]
        rows = [top if r == rank else _without(row, column, top) for r, row in enumerate(rows)]
        pivots.append(column)
    return rows[: len(pivots)], pivots


def _without(row: list[Fraction], column: int, pivot: list[Fraction]) -> list[Fraction]:
    """`row` with 0 in `column`, where `pivot` holds 1."""
    factor = row[column]
    return [a - factor * b for a, b in zip(row, pivot, strict=True)] if factor else row


def _outside(rows: list[list[Fraction]], pivots: list[int], matrix: Rows) -> Rows | None:
    """A row of `matrix` that is no combination of `rows` (in reduced form); None where there is none."""
    for free in (k for k in range(matrix.shape[1]) if k not in pivots):
        column = [row[free] for row in rows]
        scale = lcm(1, *(c.denominator for c in column))
        off = matrix[:, free] * scale
        for pivot, coefficient in zip(pivots, column, strict=True):
            off = off - matrix[:, pivot] * int(coefficient * scale)
        where = np.flatnonzero(off != 0)
        if len(where):
            return matrix[where[0]]
    return None

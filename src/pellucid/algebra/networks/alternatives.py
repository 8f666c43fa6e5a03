"""Whether a system of equations has a positive solution, with whole numbers that show it either way.

Exactly one holds (Stiemke, 1915): A v = 0 with all v > 0, or y A >= 0 with y A not 0. Linear programming finds the
corner, exact elimination makes it fractions, and the caller multiplies it out.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from flint import fmpq, fmpq_mat
from numpy.typing import NDArray
from scipy.optimize import linprog

from .stoichiometry import Counts


def positive_solution(rows: Sequence[Sequence[int]]) -> Counts | None:
    """Whole numbers v > 0 with A v = 0; None where none was found.

    >>> positive_solution([[1, -2]]), positive_solution([[1, 1]])
    ((2, 1), None)
    """
    matrix = np.array(rows, dtype=np.int64)
    count = matrix.shape[1]
    below = -matrix.sum(1)  # v = 1 + u with u >= 0
    result = linprog(np.ones(count), A_eq=matrix, b_eq=below, bounds=(0, None), method="highs-ds")
    if result.x is None:
        return None
    support = np.flatnonzero(_is_not_zero(result.x))
    exact = _solution(matrix[:, support], below)
    if exact is None:
        return None
    values = [fmpq(1)] * count
    for place, value in zip(support.tolist(), exact, strict=True):
        values[place] += value
    found = _whole(values)
    return found if is_positive_solution(found, rows) else None


def rising_combination(rows: Sequence[Sequence[int]]) -> Counts | None:
    """Whole numbers y with y A >= 0 and not 0; None where none was found.

    >>> rising_combination([[1, 1], [0, 0]])
    (1, 0)
    """
    matrix = np.array(rows, dtype=np.int64)
    size, count = matrix.shape
    both = np.concatenate([matrix, -matrix]).T  # y = a - b with a, b >= 0
    result = linprog(
        np.ones(2 * size), A_ub=-both, b_ub=np.zeros(count), A_eq=both.sum(0)[None], b_eq=[1.0], method="highs-ds"
    )
    if result.x is None:
        return None
    y = result.x[:size] - result.x[size:]
    support = np.flatnonzero(_is_not_zero(y))
    still = np.flatnonzero(~_is_not_zero(y @ matrix))
    equations = np.concatenate([matrix[support][:, still].T, matrix[support].sum(1)[None]])
    exact = _solution(equations, np.array([0] * len(still) + [1], dtype=np.int64))
    if exact is None:
        return None
    values = [fmpq(0)] * size
    for place, value in zip(support.tolist(), exact, strict=True):
        values[place] = value
    found = _whole(values)
    return found if is_rising(found, rows) else None


def is_positive_solution(found: Sequence[int], rows: Sequence[Sequence[int]]) -> bool:
    """Whether all v > 0 and A v = 0."""
    return min(found) > 0 and all(sum(a * v for a, v in zip(row, found, strict=True)) == 0 for row in rows)


def is_rising(found: Sequence[int], rows: Sequence[Sequence[int]]) -> bool:
    """Whether y A >= 0, and not 0."""
    values = [sum(y * a for y, a in zip(found, column, strict=True)) for column in zip(*rows, strict=True)]
    return min(values) >= 0 and max(values) > 0


def _is_not_zero(values: NDArray[np.float64], near: float = 1e-7) -> NDArray[np.bool_]:
    """Which entries of a corner of a linear program with small whole numbers are not 0: fractions of such, none `near`.

    values (entries,) gives (entries,).
    """
    return np.abs(values) > near


def _solution(matrix: NDArray[np.int64], right: NDArray[np.int64]) -> list[fmpq] | None:
    """An exact solution of matrix x = right, 0 where it is free; None where there is none."""
    columns = matrix.shape[1]
    wide = [[fmpq(int(n)) for n in row] + [fmpq(int(b))] for row, b in zip(matrix, right, strict=True)]
    reduced, rank = fmpq_mat(wide).rref()
    values = [fmpq(0)] * columns
    for i in range(rank):
        pivot = next(k for k in range(columns + 1) if reduced[i, k] != 0)
        if pivot == columns:
            return None
        values[pivot] = reduced[i, columns]
    return values


def _whole(values: Sequence[fmpq]) -> Counts:
    scale = math.lcm(*(int(value.q) for value in values))
    whole = [int(value.p) * (scale // int(value.q)) for value in values]
    divisor = math.gcd(*whole) or 1
    return tuple(value // divisor for value in whole)

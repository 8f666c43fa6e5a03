"""Matrices of fractions: what has to be exact, because an integer decides."""

from __future__ import annotations

from fractions import Fraction

Row = list[Fraction]
Matrix = list[Row]
"""A list of rows, of one length."""


def independent_rows(rows: Matrix, most: int) -> list[int] | None:
    """The first rows that are independent of those before them; None where there are more than `most`.

    >>> independent_rows([[Fraction(1), Fraction(2)], [Fraction(2), Fraction(4)], [Fraction(0), Fraction(1)]], 2)
    [0, 2]
    """
    reduced: list[tuple[int, Row]] = []
    chosen: list[int] = []
    for index, row in enumerate(rows):
        rest = list(row)
        for pivot, known in reduced:
            if rest[pivot]:
                rest = _minus(rest, rest[pivot] / known[pivot], known)
        pivot = next((i for i, value in enumerate(rest) if value), None)
        if pivot is None:
            continue
        reduced.append((pivot, rest))
        chosen.append(index)
        if len(chosen) > most:
            return None
    return chosen


def combination(basis: Matrix, row: Row) -> Row | None:
    """Coefficients with sum_i c_i basis_i = row, exactly; None if there are none, or the basis is dependent.

    >>> combination([[Fraction(1), Fraction(0)], [Fraction(1), Fraction(2)]], [Fraction(0), Fraction(4)])
    [Fraction(-2, 1), Fraction(2, 1)]
    """
    size = len(basis)
    system = [[known[j] for known in basis] + [row[j]] for j in range(len(row))]
    for column in range(size):
        pivot = next((r for r in range(column, len(system)) if system[r][column]), None)
        if pivot is None:
            return None
        system[column], system[pivot] = system[pivot], system[column]
        _clear(system, column)
    return None if any(line[-1] for line in system[size:]) else [line[-1] for line in system[:size]]


def _clear(system: Matrix, place: int) -> None:
    """Makes the entry at (place, place) 1, and all others of its column 0."""
    system[place] = [value / system[place][place] for value in system[place]]
    for r in range(len(system)):
        if r != place and system[r][place]:
            system[r] = _minus(system[r], system[r][place], system[place])


def _minus(row: Row, factor: Fraction, other: Row) -> Row:
    return [x - factor * y for x, y in zip(row, other, strict=True)]


def identity(size: int) -> Matrix:
    """The matrix with ones on its diagonal."""
    return [[Fraction(int(i == j)) for j in range(size)] for i in range(size)]


def inverse(matrix: Matrix) -> Matrix:
    """The inverse of a square matrix. Raises ValueError where there is none."""
    size = len(matrix)
    solved = [row for unit in identity(size) if (row := combination(_transposed(matrix), unit)) is not None]
    if len(solved) < size:
        raise ValueError("the matrix cannot be inverted; give one of full rank")
    return _transposed(solved)


def matrix_product(left: Matrix, right: Matrix) -> Matrix:
    """The product; of no columns where `right` has no rows."""
    columns = _transposed(right)
    return [[sum((x * y for x, y in zip(row, column, strict=True)), Fraction(0)) for column in columns] for row in left]


def are_integers(*matrices: Matrix) -> bool:
    """Whether every entry of all of them is an integer."""
    return all(value.denominator == 1 for matrix in matrices for row in matrix for value in row)


def _transposed(matrix: Matrix) -> Matrix:
    return [list(column) for column in zip(*matrix, strict=True)]

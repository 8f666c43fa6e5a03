"""Null vectors whose coefficients are polynomials in the parameters, of as low a degree as will do."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeAlias

from ...algebra.finite_field import Residues, fraction, null_space
from ...algebra.polynomials import Polynomial
from .null_vectors import coprime_integers, powers_of

Column: TypeAlias = tuple[int, Polynomial]
"""The place of a candidate, and a monomial of the parameters that multiplies it."""
Term: TypeAlias = tuple[int, int, Polynomial]
"""A whole number, the place of a candidate, a monomial of the parameters: one term of a combination."""


def parametric_vectors(
    places: Sequence[Any],
    parameters: Sequence[Polynomial],
    one: Polynomial,
    matrix: Callable[[list[Column]], Residues],
    degree: int,
    most_columns: int,
) -> Iterator[list[Term]]:
    """Combinations of the candidates at `places` that the columns of `matrix` (rows, columns) make 0, to be checked.

    Parameters are constants, so that their monomials may multiply the candidates: up to degree 0, 1, ..., `degree`
    while there are at most `most_columns`. Coefficients are whole, without a common divisor.
    """
    for columns in _columns(places, parameters, one, degree, most_columns):
        for vector in null_space(matrix(columns)):
            numbers = coprime_integers([fraction(int(value)) for value in vector])
            if numbers is not None:
                yield [(number, i, factor) for number, (i, factor) in zip(numbers, columns, strict=True) if number]


def _columns(
    places: Sequence[Any], parameters: Sequence[Polynomial], one: Polynomial, degree: int, most: int
) -> Iterator[list[Column]]:
    for highest in range(degree + 1) if parameters else (0,):
        factors = [_power(parameters, exponents, one) for exponents in powers_of(len(parameters), highest)]
        if len(places) * len(factors) > most:
            return
        yield [(int(i), factor) for i in places for factor in factors]


def _power(parameters: Sequence[Polynomial], exponents: Sequence[int], one: Polynomial) -> Polynomial:
    for parameter, exponent in zip(parameters, exponents, strict=True):
        one = one * parameter**exponent
    return one

"""Null vectors whose coefficients are polynomials in the parameters, of as low a degree as will do."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from typing import Any, TypeAlias

from .finite_field import Residues, fraction, null_space
from .polynomials import Polynomial, power_product

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
    for vectors in parametric_spaces(places, parameters, one, matrix, degree, most_columns):
        yield from vectors


def parametric_spaces(
    places: Sequence[Any],
    parameters: Sequence[Polynomial],
    one: Polynomial,
    matrix: Callable[[list[Column]], Residues],
    degree: int,
    most_columns: int,
) -> Iterator[list[list[Term]]]:
    """The same, those of each degree in the parameters together."""
    for columns in _columns(places, parameters, one, degree, most_columns):
        every = (coprime_integers([fraction(int(value)) for value in vector]) for vector in null_space(matrix(columns)))
        yield [
            [(number, i, factor) for number, (i, factor) in zip(numbers, columns, strict=True) if number]
            for numbers in every
            if numbers is not None
        ]


def powers_of(count: int, degree: int) -> list[tuple[int, ...]]:
    """Exponents of all monomials in `count` symbols of degree at most `degree`, by degree.

    >>> powers_of(2, 1)
    [(0, 0), (1, 0), (0, 1)]
    """
    powers = []
    for k in range(degree + 1):
        chosen = itertools.combinations_with_replacement(range(count), k)
        powers += [tuple(places.count(j) for j in range(count)) for places in chosen]
    return powers


def coprime_integers(fractions: Sequence[Fraction | None], largest: int = 10**6) -> list[int] | None:
    """The numbers times the factor that makes them whole without a common divisor; None where one is not small.

    Numerators and denominators beyond `largest` are no fractions that a law would hold.

    >>> coprime_integers([Fraction(1, 2), Fraction(-3, 4)]), coprime_integers([None])
    ([2, -3], None)
    """
    if any(v is None or max(abs(v.numerator), v.denominator) > largest for v in fractions):
        return None
    numbers = [value for value in fractions if value is not None]
    common = math.lcm(*(value.denominator for value in numbers))
    divisor = math.gcd(*(int(value * common) for value in numbers)) or 1
    return [int(value * common) // divisor for value in numbers]


def _columns(
    places: Sequence[Any], parameters: Sequence[Polynomial], one: Polynomial, degree: int, most: int
) -> Iterator[list[Column]]:
    for highest in range(degree + 1) if parameters else (0,):
        factors = [power_product(parameters, exponents, one) for exponents in powers_of(len(parameters), highest)]
        if len(places) * len(factors) > most:
            return
        yield [(int(i), factor) for i in places for factor in factors]

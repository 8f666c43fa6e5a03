"""Scalings t -> t / p, u -> q u, x -> x / r: which equations are the same but for units.

The coefficient of a monomial of degree e with w derivatives becomes p q^(e - 1) r^w times as large. What no scaling
changes are the products of powers of coefficients whose exponents are orthogonal to these weights.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

import numpy as np
import sympy
from numpy.typing import NDArray

from .settings import EXACT_SEARCH

Weights = Sequence[tuple[int, int, int]]
Coefficients = Mapping[int, Fraction]
"""Place of the monomial in the family -> coefficient."""
Powers = dict[int, tuple[int, ...]]
"""Place of the monomial -> the power of each free parameter in its coefficient."""


def same_up_to_scaling(weights: Weights, first: Coefficients, second: Coefficients) -> bool:
    """Whether some (complex) scaling turns one equation into the other.

    >>> kdv, other = {0: Fraction(1), 1: Fraction(6)}, {0: Fraction(1), 1: Fraction(-1)}
    >>> same_up_to_scaling([(1, 0, 3), (1, 1, 1)], kdv, other)
    True
    """
    if set(first) != set(second):
        return False
    places = sorted(first)
    rows = sympy.Matrix([weights[i] for i in places]).T
    for vector in rows.nullspace():
        common = math.lcm(*(int(v.q) for v in vector))
        powers = [int(v * common) for v in vector]
        values = [
            math.prod((c[i] ** p for i, p in zip(places, powers, strict=True)), start=Fraction(1))
            for c in (first, second)
        ]
        if values[0] != values[1]:
            return False
    return True


def normalise(weights: Weights, values: Mapping[int, float], tolerance: float = 1e-5) -> dict[int, Fraction] | None:
    """The equation with as many coefficients +-1 as scalings allow, the others the simplest fractions near by.

    None where one of them is near no simple fraction.

    >>> normalise([(1, 0, 3), (1, 1, 1)], {0: 1.0, 1: 5.999})
    {0: Fraction(1, 1), 1: Fraction(1, 1)}
    """
    places = sorted(values)
    rows = np.array([weights[i] for i in places], dtype=float)
    size = int(np.linalg.matrix_rank(rows))
    found = [
        snapped
        for chosen in itertools.combinations(range(len(places)), size)
        if np.linalg.matrix_rank(rows[list(chosen)]) == size
        and (snapped := _in_units(chosen, rows, places, values, tolerance)) is not None
    ]
    return min(found, key=_size, default=None)


def _in_units(
    chosen: Sequence[int], rows: NDArray[np.float64], places: Sequence[int], values: Mapping[int, float],
    tolerance: float,
) -> dict[int, Fraction] | None:  # fmt: skip
    """The coefficients as fractions in units that make the `chosen` ones +-1; None where one is near none."""
    logarithms = np.log([abs(values[places[k]]) for k in chosen])
    steps = np.linalg.lstsq(rows[list(chosen)], logarithms, rcond=None)[0]
    numbers = [math.copysign(abs(values[p]) / math.exp(rows[k] @ steps), values[p]) for k, p in enumerate(places)]
    snapped = {p: simplest(number, tolerance) for p, number in zip(places, numbers, strict=True)}
    found = {p: fraction for p, fraction in snapped.items() if fraction is not None}
    return found if len(found) == len(places) else None


def simplest(value: float, tolerance: float) -> Fraction | None:
    """The fraction with the smallest denominator within the relative tolerance.

    >>> simplest(0.33333, 1e-4), simplest(0.1234567, 1e-9)
    (Fraction(1, 3), None)
    """
    for denominator in range(1, EXACT_SEARCH.scaled_denominator + 1):
        numerator = round(value * denominator)
        if numerator and abs(value - numerator / denominator) <= tolerance * abs(value):
            return Fraction(numerator, denominator)
    return None


def with_scales(weights: Weights, coefficients: Coefficients) -> dict[int, tuple[Fraction, tuple[int, ...]]]:
    """Every coefficient as number times a product of powers of free parameters: all that scalings of u and x reach.

    The powers are whole and not negative; t's scaling is spent on the first coefficient. No powers where there is no
    such choice of parameters.
    """
    places = sorted(coefficients)
    found = [powers for base in places for powers in _powers_over(weights, places, base)]
    fewest: Powers = min(found, key=lambda powers: sum(map(sum, powers.values())), default=dict.fromkeys(places, ()))
    return {i: (coefficients[i], fewest[i]) for i in places}


def _powers_over(weights: Weights, places: Sequence[int], base: int) -> Iterator[Powers]:
    """Powers of as few parameters as there can be, for every choice of these; the coefficient at `base` has none."""
    steps = {i: (weights[i][1] - weights[base][1], weights[i][2] - weights[base][2]) for i in places}
    rank = int(np.linalg.matrix_rank(np.array(list(steps.values()))))
    moved = {step for step in steps.values() if any(step)}
    for chosen in itertools.combinations(sorted(moved | {_primitive(step) for step in moved}), rank):
        found = {i: p for i, step in steps.items() if (p := _combination(chosen, step)) is not None}
        if len(found) == len(places) and np.linalg.matrix_rank(np.array(chosen)) == rank:
            yield found


def _primitive(step: tuple[int, int]) -> tuple[int, int]:
    divisor = math.gcd(*step)
    return step[0] // divisor, step[1] // divisor


def _combination(basis: Sequence[tuple[int, ...]], step: tuple[int, ...]) -> tuple[int, ...] | None:
    """The whole numbers >= 0 with step = sum of them times basis, None where there are none."""
    if not basis:
        return () if not any(step) else None
    solution = sympy.Matrix(basis).T.gauss_jordan_solve(sympy.Matrix(step))[0] if _solvable(basis, step) else None
    if solution is None or solution.free_symbols or any(not v.is_Integer or v < 0 for v in solution):
        return None
    return tuple(int(v) for v in solution)


def _solvable(basis: Sequence[tuple[int, ...]], step: tuple[int, ...]) -> bool:
    return np.linalg.matrix_rank(np.array([*basis, step])) == np.linalg.matrix_rank(np.array(basis))


def _size(found: Mapping[int, Fraction]) -> tuple[int, int]:
    return (
        sum(v.denominator.bit_length() + abs(v.numerator).bit_length() for v in found.values()),
        sum(v < 0 for v in found.values()),
    )

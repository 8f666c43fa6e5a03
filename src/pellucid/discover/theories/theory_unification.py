"""Occam's razor and unification: coefficients become fractions, and laws of one form one law with parameters.

arXiv 1810.10525 sections II.C.3 (a number is told as integer, fraction or real, whichever takes the fewest bits in all)
and II.D (theories of one form differ in parameters only).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from ...artifacts.theories.theories import Coefficients, Master, sum_of
from .divide_and_conquer import bits_of_errors
from .settings import DIVIDE

Array = NDArray[np.float64]


def fraction_bits(value: Fraction) -> float:
    """log2((1 + |m|) n) for m/n.

    >>> fraction_bits(Fraction(-3, 4))
    4.0
    """
    return math.log2((1 + abs(value.numerator)) * value.denominator)


def snap_coefficients(features: Array, a: Array, epsilon: float) -> Coefficients:
    """The law of these rows, every coefficient a fraction where that takes fewer bits in all than a real number.

    features (rows, features), a (rows, components).
    """
    return tuple(_snap_component(features, column, epsilon) for column in a.T)


def _snap_component(features: Array, a: Array, epsilon: float) -> tuple[str, ...]:
    """Coefficients are fixed one after the other, the surest first; the others are fitted again."""
    fixed: dict[int, Fraction] = {}
    tried: set[int] = set()
    values, bits = _fit(features, a, fixed, epsilon)
    while len(tried) < features.shape[1]:
        place = min((i for i in range(len(values)) if i not in tried), key=lambda i: _distance(values[i]))
        tried.add(place)
        for fraction in _candidates(values[place]):
            others, left = _fit(features, a, {**fixed, place: fraction}, epsilon)
            if left - bits < DIVIDE.real_bits - fraction_bits(fraction):
                fixed, values, bits = {**fixed, place: fraction}, others, left
                break
    return tuple(str(fixed[i]) if i in fixed else _real(value) for i, value in enumerate(values))


def _fit(features: Array, a: Array, fixed: dict[int, Fraction], epsilon: float) -> tuple[Array, float]:
    free = [i for i in range(features.shape[1]) if i not in fixed]
    values = np.zeros(features.shape[1])
    values[list(fixed)] = [float(f) for f in fixed.values()]
    rest = a - features @ values
    if free:
        values[free] = np.linalg.lstsq(features[:, free], rest, rcond=None)[0]
    return values, float(bits_of_errors(np.abs(a - features @ values), epsilon).sum())


def _candidates(value: float) -> list[Fraction]:
    """0, the nearest integer and the nearest fraction, the simplest first."""
    near = {Fraction(0), Fraction(round(value)), Fraction(value).limit_denominator(DIVIDE.largest_denominator)}
    return sorted(near, key=lambda f: (fraction_bits(f), f))


def _distance(value: float) -> float:
    return min(abs(value - float(f)) for f in _candidates(value))


def _real(value: float) -> str:
    text = repr(float(value))
    return text if "." in text else f"{float(value):.17e}"


def unify(laws: Sequence[Coefficients], names: Sequence[str]) -> tuple[Master, ...]:
    """One law for all those with the same terms, its parameters wherever they differ; those that agree share one.

    >>> springs = [(("1", "-2", "0"),), (("4", "-3", "0"),), (("0", "0", "0"),)]
    >>> [(m.equations, m.cases) for m in unify(springs, ("x",))][0]
    (('a_x = p1 + p2*x',), ((0, ('1', '-2')), (1, ('4', '-3'))))
    """
    forms: dict[tuple[tuple[bool, ...], ...], list[int]] = {}
    for place, law in enumerate(laws):
        forms.setdefault(tuple(tuple(c != "0" for c in row) for row in law), []).append(place)
    return tuple(_master([laws[p] for p in places], places, names) for places in forms.values())


def _shared_coefficient(values: tuple[str, ...], parameters: dict[tuple[str, ...], str]) -> str:
    """The number that all cases have; else the parameter with these values, or minus the one with their negatives.

    A parameter that is new is added to `parameters`.
    """
    negated = tuple(_negative(value) for value in values)
    if len(set(values)) == 1:
        return values[0]
    if negated in parameters:
        return f"-{parameters[negated]}"
    return parameters.setdefault(values, f"p{len(parameters) + 1}")


def _master(laws: list[Coefficients], places: list[int], names: Sequence[str]) -> Master:
    parameters: dict[tuple[str, ...], str] = {}
    rows: list[list[str]] = []
    for component in range(len(names)):
        row: list[str] = []
        for place in range(1 + 2 * len(names)):
            values = tuple(law[component][place] for law in laws)
            row.append(_shared_coefficient(values, parameters))
        rows.append(row)
    features = ("", *names, *(f"v_{name}" for name in names))
    equations = tuple(f"a_{name} = {sum_of(row, features)}" for name, row in zip(names, rows, strict=True))
    cases = tuple((place, tuple(values[i] for values in parameters)) for i, place in enumerate(places))
    return Master(equations, tuple(parameters.values()), cases)


def _negative(value: str) -> str:
    return value[1:] if value.startswith("-") else value if value == "0" else f"-{value}"

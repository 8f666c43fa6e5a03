"""Constants snap to the simplest number they could be, and to none where chance would explain the hit."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st

from pellucid.distill.formulas.expression.description import number_bits
from pellucid.distill.formulas.expression.snapping import families, proposals, simplest_rational, snap, table

CONSTANTS = [
    "3",
    "1/2",
    "-32/5",
    "1/(4*pi)",
    "3/(20*pi)",
    "sqrt(2)",
    "1/sqrt(2*pi)",
    "8*pi/3",
    "1/(2*pi**3)",
    "4*pi**2",
]


@pytest.mark.parametrize("text", [*CONSTANTS, "sqrt(3)/2", "1/sqrt(pi)", "log(2)", "E", "981/100", "exp(-1)", "1/137"])
@pytest.mark.parametrize("precision", [1e-6, 1e-9, 1e-13])
def test_precisely_known_constants_are_found(text, precision):
    number = sympy.sympify(text)
    value = float(number) * (1 + 0.5 * precision)
    assert sympy.simplify(snap(value, precision * abs(value)) - number) == 0


@pytest.mark.parametrize("text", ["3", "1/2", "1/(4*pi)", "sqrt(2)", "2*pi", "3/2"])
def test_constants_known_to_three_per_mille_are_found(text):
    number = sympy.sympify(text)
    assert snap(float(number) * 1.001, 0.003 * float(number)) == number


def test_arbitrary_precise_numbers_are_left_alone():
    values = np.random.default_rng(0).uniform(0.1, 10, 200)
    assert sum(snap(float(value), 1e-12 * float(value)) is not None for value in values) <= 1


def test_zero_is_within_reach_of_small_numbers_only():
    assert snap(1e-4, 1e-3) == 0
    assert snap(0.01, 1e-5) != 0


@pytest.mark.parametrize(("value", "error"), [(math.nan, 1.0), (1.0, math.nan), (1.0, -1.0)])
def test_what_is_no_measurement_is_refused(value, error):
    with pytest.raises(ValueError, match="uncertainty"):
        snap(value, error)


def test_infinities_have_no_proposals():
    assert proposals(math.inf, 1.0) == []
    assert snap(1.0, math.inf) is None


def test_the_table_says_what_the_description_says():
    known = table()
    for i in np.random.default_rng(1).integers(0, len(known.logs), 100):
        index, numerator, denominator = known.parts[i].tolist()
        number = families()[index].number(numerator, denominator)
        assert math.log(float(number)) == pytest.approx(known.logs[i], abs=1e-9)
        assert number_bits(number) <= known.bits[i] + 1e-9  # another way of writing it may be shorter


@given(st.integers(1, 500), st.integers(1, 500), st.floats(1e-9, 1e-6))
def test_the_simplest_rational_is_in_the_interval_and_no_larger_than_any_other(p, q, width):
    value = p / q
    numerator, denominator = simplest_rational(value * (1 - width), value * (1 + width))
    assert denominator <= Fraction(p, q).denominator
    assert abs(numerator / denominator - value) <= 1.01 * width * value

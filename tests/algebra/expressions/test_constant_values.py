"""Values of constants: those of Python's own arithmetic, or none."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pellucid.algebra.expressions.constant_values import NoValue, checked, value_of

NUMBERS = st.floats(-50, 50)


@given(NUMBERS, NUMBERS)
def test_operations_are_those_of_doubles(a, b):
    assert value_of("+", [a, b]) == a + b
    assert value_of("Max", [a, b]) == max(a, b)
    assert value_of("sign", [a]) == (0.0 if a == 0 else math.copysign(1, a))
    if b > 1e-3:
        assert 0 <= value_of("Mod", [a, b]) <= b


@pytest.mark.parametrize(
    ("name", "values", "told"),
    [
        ("/", [1.0, 0.0], r"1 / 0, which is no finite real number"),
        ("**", [-8.0, 1 / 3], r"-8 \*\* 0.333333, which"),
        ("**", [10.0, 400.0], r"10 \*\* 400, which"),
        ("log", [0.0], r"log of 0, which"),
        ("sqrt", [-1.0], r"sqrt of -1, which"),
        ("asin", [1.001], r"asin of 1.001, which"),
        ("exp", [1000.0], r"exp of 1000, which"),
    ],
)
def test_what_is_no_finite_real_number_is_refused_by_name(name, values, told):
    with pytest.raises(NoValue, match=told):
        value_of(name, values)


@pytest.mark.parametrize(("name", "end"), [("asin", 1.0), ("acos", -1.0), ("sqrt", 0.0), ("acosh", 1.0)])
def test_a_value_beyond_the_end_by_rounding_is_the_end(name, end):
    outside = {"asin": end + 1e-15, "acos": end - 1e-15, "sqrt": -1e-15, "acosh": end - 1e-15}[name]
    assert value_of(name, [outside]) == value_of(name, [end])


@pytest.mark.parametrize("number", [math.inf, -math.inf, math.nan, 10**400])
def test_numbers_beyond_doubles_are_refused(number):
    with pytest.raises(NoValue):
        checked(number)

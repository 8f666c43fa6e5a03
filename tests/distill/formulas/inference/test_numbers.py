"""What numbers cost, and which short ones stand near an estimate."""

from __future__ import annotations

import numpy as np
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from pellucid.distill.formulas.inference.numbers import fraction_price, number_price, short_numbers, simplest_fraction

PI = sympy.pi


@settings(max_examples=60, deadline=None)
@given(st.floats(1e-3, 1e3), st.floats(1e-4, 0.1), st.booleans())
def test_short_numbers_are_near_and_cost_no_less_than_they_are_read_to_cost(value, share, exponent):
    found = short_numbers(value, share * value, exponent)
    assert [one.price for one in found] == sorted(one.price for one in found)
    for one in found:
        assert abs(float(one.number) - value) <= 3.001 * share * value
        rewritten = 3.0 if one.name == "sqrt" else 1e-9  # sqrt(3/2) is read as sqrt(6)/2
        assert number_price(one.number) <= one.price + rewritten
        assert not (exponent and one.name)


@pytest.mark.parametrize(
    ("shorter", "longer"),
    [
        (sympy.Integer(2), sympy.Rational(5, 2)),
        (sympy.Rational(1, 2), sympy.Rational(3, 7)),
        (4 * PI, PI / 4),
        (1 / (2 * PI), 2 / PI),
        (2 * PI, sympy.sqrt(2 * PI)),
        (PI / 4, 3 * PI),
        (PI, PI**2),
        (PI**2, PI**4),
        (sympy.Rational(5, 2), sympy.sqrt(2)),
    ],
)
def test_what_is_rarer_costs_more(shorter, longer):
    assert number_price(shorter) < number_price(longer)


def test_five_halves_costs_no_more_than_the_norm_of_a_normal_distribution():
    assert number_price(sympy.Rational(5, 2)) == pytest.approx(number_price(sympy.sqrt(2 * PI)), abs=0.3)


def test_one_and_zero_are_no_constants():
    assert fraction_price(1, 1) == fraction_price(0, 1) == fraction_price(-1, 1) == 0


def test_constants_that_only_one_percent_is_known_of_seldom_become_multiples_of_pi():
    draw, error = np.random.default_rng(0), 0.01
    with_pi = 0
    for size in 10 ** draw.uniform(-1, 1.5, 500):
        value = size * (1 + error * draw.normal())
        near = [
            (one.price + 0.5 * ((one.value - value) / (error * size)) ** 2, one.name)
            for one in short_numbers(value, error * size)
        ]
        price, name = min(near, default=(np.inf, ""))
        with_pi += "pi" in name and price < np.log1p(1 / error / np.sqrt(3)) + np.log(2)
    assert with_pi <= 20


@settings(max_examples=60, deadline=None)
@given(st.floats(-50, 50), st.floats(1e-6, 1.0))
def test_the_simplest_fraction_lies_between(low, width):
    p, q = simplest_fraction(low, low + width)
    assert low - 1e-9 <= p / q <= low + width + 1e-9
    assert not any(low <= round(low * k + 0.5 * width * k) / k <= low + width for k in range(1, q))

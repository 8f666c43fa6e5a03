"""Balls hold the values of functions: at every point of an interval, and with their derivatives as series."""

from __future__ import annotations

import math

import mpmath
import pytest
import sympy
from flint import arb, arb_series
from hypothesis import given, settings
from hypothesis import strategies as st

from pellucid.prove.formulas.arb_functions import (
    FUNCTIONS,
    NotBounded,
    ball,
    constant,
    integer_power,
    interval,
    series_function,
    upper,
)

X = sympy.Symbol("x", real=True)
FROM = {sympy.log: 0.1, sympy.acosh: 1.1}
NUMBERS = st.floats(-3, 3, allow_nan=False)


@pytest.mark.parametrize("function", FUNCTIONS, ids=str)
@pytest.mark.parametrize("width", [0.0, 0.3])
def test_a_ball_holds_all_values_on_an_interval(function, width):
    enclosed = series_function(function(X), X)
    for k in range(9):
        low = FROM.get(function, -0.95 if function in (sympy.asin, sympy.acos, sympy.atanh) else -1.1) + k / 5
        if function in (sympy.asin, sympy.acos, sympy.atanh) and low + width > 0.95:
            continue
        bottom, top = interval(enclosed(ball(low, low + width)))
        for share in (0, 0.3, 1):
            with mpmath.workdps(30):
                value = sympy.N(function(sympy.Float(low, 30) + sympy.Float(width, 30) * share), 30)
            assert bottom <= value <= top, (function, low, value)


@given(st.integers(-6, 6), NUMBERS, NUMBERS)
def test_whole_powers_hold_the_powers_and_even_ones_hardly_reach_below_zero(exponent, one, other):
    low, high = sorted((one, other))
    found = integer_power(ball(low, high), exponent)
    for value in (low, high, (low + high) / 2, 0.0 if low <= 0 <= high else low):
        if value or exponent >= 0:
            exact = sympy.Rational(value) ** exponent
            bottom, top = interval(found)
            assert sympy.Float(bottom, 40) <= exact <= sympy.Float(top, 40) or math.isinf(top)
    if exponent > 0 and exponent % 2 == 0:
        assert float(found.lower()) >= -1e-6 * upper(found)


@settings(max_examples=25)
@given(st.floats(0.2, 2))
def test_a_series_holds_the_derivatives(at):
    expression = sympy.sqrt(X) * sympy.exp(-X) + sympy.sin(X) / (1 + X**2)
    series = series_function(expression, X)(arb_series([arb(at), 1], prec=4))
    for order in range(4):
        exact = sympy.N(expression.diff(X, order).subs(X, sympy.Rational(at)) / math.factorial(order), 25)
        low, high = interval(series[order])
        assert low <= exact <= high
        assert high - low < 1e-9


@pytest.mark.parametrize("expression", [sympy.besselj(0, X), sympy.gamma(X), sympy.Max(X, 2 * X), sympy.I * X])
def test_what_has_no_enclosure_is_refused(expression):
    with pytest.raises(NotBounded, match="no enclosure"):
        series_function(expression, X)
    with pytest.raises(NotBounded, match="depends on"):
        series_function(expression + sympy.Symbol("y", real=True), X)


@pytest.mark.parametrize(("low", "high"), [(-1.0, 1.0), (0.0, 1.0), (-0.5, 1.0), (0.1, 1.0), (-3.0, -2.0), (2.0, 2.0)])
def test_the_square_of_a_ball_is_the_hull_of_the_squares(low, high):
    """Of one around 0 it was no number with FLINT 3: x^2 was seen nowhere on (-1, 1)."""
    bottom, top = interval(integer_power(ball(low, high), 2))
    least = 0.0 if low <= 0 <= high else min(low**2, high**2)
    assert least - 1e-7 < bottom <= least
    assert max(low**2, high**2) <= top < max(low**2, high**2) + 1e-7


@pytest.mark.parametrize("value", [arb.nan(), arb.pos_inf(), arb(0, math.inf)])
def test_the_square_of_what_is_not_finite_is_not_finite(value):
    assert not integer_power(value, 2).is_finite()


def test_numbers_are_what_they_are():
    assert constant(sympy.Float(0.1)).contains(arb(0.1))
    assert not constant(sympy.Float(0.1)).contains(arb(1) / 10)  # a float is the binary fraction that it is
    assert upper(constant(sympy.E) - constant(sympy.exp(1))) < 1e-12


def test_of_what_is_not_finite_nothing_is_known():
    assert interval(arb.nan()) == (-math.inf, math.inf)
    assert not series_function(sympy.floor(X), X)(arb(0, math.inf)).is_finite()


def test_a_step_is_known_between_its_jumps_and_has_no_series_at_them():
    steps = series_function(sympy.floor(X), X)
    assert steps(ball(2.25, 2.75)) == 2
    assert steps(arb_series([arb(2.5), 1], prec=3))[0] == 2
    assert not steps(arb_series([ball(1.5, 2.5), 1], prec=3))[0].is_finite()

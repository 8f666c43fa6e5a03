"""Simpler means fewer bits: of numbers, of formulas, and of formulas with the data they leave unexplained."""

from __future__ import annotations

import math

import numpy as np
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from pellucid.distill.formulas.expression.description import (
    data_bits,
    description_bits,
    description_length,
    formula_bits,
    integer_bits,
    number_bits,
    rational_bits,
    relative_precision,
)
from pellucid.distill.formulas.expression.settings import BITS

x, y = sympy.symbols("x y", real=True)


@pytest.mark.parametrize(
    ("simple", "complicated"),
    [
        ("1/2", "12/25"),
        ("1/(4*pi)", "7/88"),
        ("3/5", "29/48"),
        ("sqrt(2)", "1414/1000"),
        ("1/sqrt(2*pi)", "39/97"),
        ("pi", "22/7"),
        ("32/5", "45/7"),
        ("8*pi/3", "67/8"),
    ],
)
def test_constants_of_formulas_are_simpler_than_fractions_near_them(simple, complicated):
    assert number_bits(sympy.sympify(simple)) < number_bits(sympy.sympify(complicated))


def test_bits_grow_with_size_and_roughness():
    assert integer_bits(2) < integer_bits(4) < integer_bits(12)
    assert integer_bits(16) < integer_bits(17)
    assert integer_bits(-6) == integer_bits(6)
    assert rational_bits(981, 100) < 16  # a decimal fraction of three digits
    assert math.isinf(number_bits(sympy.zoo))


@pytest.mark.parametrize(
    ("shorter", "longer"),
    [
        (x * y, x * y + x),
        (sympy.sin(x), x - x**3 / 6),
        (x / y, 2 * x / y),
        (sympy.sqrt(x * y), sympy.sqrt(x) * sympy.sqrt(y)),
        (x / (4 * sympy.pi), sympy.Float(0.0795) * x),
    ],
)
def test_shorter_formulas_have_fewer_bits(shorter, longer):
    assert formula_bits(shorter) < formula_bits(longer)


def test_a_free_constant_costs_what_its_precision_does():
    coarse, fine = (formula_bits(sympy.Float(2.5) * x, precision) for precision in (1e-2, 1e-12))
    assert fine - coarse == pytest.approx(math.log2(1e10))


def test_rounding_does_not_matter_but_an_impostor_does():
    assert data_bits(1e-30, 1000, 1.0) == data_bits((1e-14) ** 2, 1000, 1.0) == 1000 * math.log2(BITS.floor)
    assert data_bits((1e-9) ** 2, 1000, 1.0) - data_bits(0.0, 1000, 1.0) > 9000
    assert data_bits(math.nan, 10, 1.0) == math.inf
    assert data_bits(0.0, 10, 0.0) < 0 < data_bits(1.0, 10, 0.0) + 1


def test_two_sigma_cost_about_three_bits_under_noise():
    rows = 1000
    rise = data_bits(0.01 * (1 + 4 / rows), rows, 1.0) - data_bits(0.01, rows, 1.0)
    assert rise == pytest.approx(4 / (2 * math.log(2)), rel=1e-2)


def test_the_whole_description_prefers_the_exact_short_formula():
    exact = description_bits(x * y, 1e-15, 1000, 1.0)
    assert exact < description_bits(x * y + x**7 / 1000, 1e-9, 1000, 1.0)
    assert exact < description_bits(sympy.Float(1.0000001) * x * y, 1e-15, 1000, 1.0)
    assert relative_precision(0.1, 100, 1.0) == pytest.approx(0.01)


@settings(max_examples=30, deadline=None)
@given(numerator=st.integers(1, 99), denominator=st.integers(1, 99), scale=st.floats(1e-3, 1e3), error=st.floats(0, 10))
def test_units_of_the_target_change_no_description(numerator, denominator, scale, error):
    expression = sympy.Rational(numerator, denominator) * x
    one = description_bits(expression, error, 50, 2.0)
    assert description_bits(expression, scale * error, 50, scale * 2.0) == pytest.approx(one, rel=1e-9)


@settings(max_examples=30, deadline=None)
@given(
    numerator=st.integers(1, 300),
    denominator=st.integers(1, 300),
    power=st.sampled_from([-2, -1, -0.5, 0, 0.5, 1, 2]),
)
def test_every_exact_number_has_a_length_and_a_minus_costs_one_bit(numerator, denominator, power):
    number = sympy.Rational(numerator, denominator) * sympy.pi ** sympy.Rational(power)
    assert 0 < number_bits(number) < 60
    assert formula_bits(-number) == formula_bits(number) + 1


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 999), rows=st.integers(2, 40))
def test_the_better_fit_of_one_formula_is_the_shorter_description(seed, rows):
    generator = np.random.default_rng(seed)
    values = generator.normal(size=rows) + 3
    near, far = values + 0.01 * generator.normal(size=rows), values + 1.0
    assert description_length(x, near, values) < description_length(x, far, values)

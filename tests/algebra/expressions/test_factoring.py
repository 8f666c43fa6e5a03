"""Factors are looked for where that ends soon, and come out equal."""

from __future__ import annotations

from time import process_time

import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st

from pellucid.algebra.expressions.factoring import dense_size, factored

x, y = sympy.symbols("x y", real=True)


@pytest.mark.parametrize(
    "expression",
    [
        sympy.exp(300 * sympy.pi * (x - 2) / (sympy.sin(16 * x) + 3)) + 1,
        x**120 + 1,
        x ** sympy.Rational(127, 50) + y,
        sympy.exp(1920 * x + y) - 3,
        (x**40 + 1) / (y**60 - 1),
    ],
)
def test_what_would_take_minutes_is_left_as_it_is(expression):
    began = process_time()
    assert factored(expression) == expression
    assert process_time() - began < 1  # seconds; factoring the first takes more than a minute


@given(
    roots=st.lists(st.integers(-4, 4), min_size=1, max_size=6),
    powers=st.lists(st.integers(1, 3), min_size=6, max_size=6),
)
def test_factors_multiply_to_the_expression(roots, powers):
    product = sympy.prod([(x - root * y + 1) ** power for root, power in zip(roots, powers, strict=False)])
    found = factored(sympy.expand(product))
    assert sympy.expand(found - product) == 0
    assert dense_size(sympy.expand(product)).degree >= sum(powers[: len(roots)])

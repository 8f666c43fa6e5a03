"""Equal formulas in other words: what is shorter, and powers in place of exponentials of logarithms."""

from __future__ import annotations

import numpy as np
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from pellucid.distill.formulas.expression.polish import evaluate_candidate
from pellucid.distill.formulas.expression.rewriting import shorter, with_powers

x, y = sympy.symbols("x y", real=True)


@pytest.mark.parametrize(
    ("long", "short"),
    [
        (sympy.exp(y * sympy.log(x)), x**y),
        (3 * sympy.exp(x / 2 - y * sympy.log(x)), 3 * x ** (-y) * sympy.exp(x / 2)),
        (sympy.exp(sympy.exp(y * sympy.log(x))), sympy.exp(x**y)),
        (sympy.exp(sympy.log(x) * sympy.log(y)), sympy.exp(sympy.log(x) * sympy.log(y))),
        (sympy.exp(-x), sympy.exp(-x)),
        (sympy.log(x), sympy.log(x)),
    ],
)
def test_the_exponential_of_a_logarithm_is_a_power(long, short):
    assert with_powers(long) == short


@settings(max_examples=30, deadline=None)
@given(st.floats(0.1, 5), st.floats(-3, 3), st.integers(-3, 3))
def test_powers_have_the_values_of_what_they_stand_for(at, exponent, factor):
    long = sympy.exp(factor * y * sympy.log(x + 1) + y**2) + sympy.log(x)
    values = [float(form.subs({x: at, y: exponent})) for form in (long, with_powers(long))]
    assert values[1] == pytest.approx(values[0], rel=1e-9)


def test_a_shorter_form_says_the_same_on_the_rows():
    X = np.linspace(1, 2, 20)[:, None]
    long = evaluate_candidate((sympy.exp(sympy.log(x) / 2)) ** 4, X, X[:, 0] ** 2, ["x"])
    assert long is not None
    assert shorter(long, X, X[:, 0] ** 2, ["x"]).expression == x**2

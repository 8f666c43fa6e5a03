"""The shortest way to write an expression, of the same value."""

from __future__ import annotations

import numpy as np
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from pellucid.distill.formulas.expression.description import formula_bits
from pellucid.distill.formulas.expression.tidy import shortest


def test_tidying_keeps_the_value():
    x, y = sympy.symbols("x y", real=True)
    e = (x**2 * y + x * y**2) / (2 * x + 2 * y) / (4 * sympy.pi)
    assert shortest(e) == x * y / (8 * sympy.pi)


@settings(max_examples=25)
@given(st.lists(st.tuples(st.integers(-3, 3), st.integers(0, 2), st.integers(0, 2)), min_size=1, max_size=3))
def test_tidied_sums_have_the_same_values_and_are_no_longer(terms):
    x, y = sympy.symbols("x y", real=True)
    e = sympy.Add(*(c * x**i * y**j for c, i, j in terms)) / (x + 2 * y)
    tidied = shortest(e)
    X = np.linspace(1, 2, 5)
    one, other = (sympy.lambdify((x, y), each, "numpy")(X, X[::-1]) for each in (e, tidied))
    assert np.allclose(one, other, rtol=1e-9, atol=1e-12)
    assert formula_bits(tidied) <= formula_bits(e) + 1e-9

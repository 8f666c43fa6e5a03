"""Relations solved for the target: exact numbers, roots, logarithms."""

import numpy as np
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from pellucid.distill.formulas.algebra.null_spaces import Relation
from pellucid.distill.formulas.algebra.solving import exact_weights, simplify_sum, take_root

X, Y = sympy.symbols("x y", real=True)
WHOLE = st.integers(-9, 9).filter(bool)


@settings(max_examples=25, deadline=None)
@given(weights=st.lists(WHOLE, min_size=2, max_size=5), scale=st.floats(0.1, 10))
def test_weights_that_are_whole_up_to_a_factor_are_found_exactly(weights, scale):
    measured = np.array(weights) * scale
    found = exact_weights(Relation(np.arange(len(weights)), measured, 1e-14 * np.abs(measured)))
    assert all(weight.is_Rational for weight in found)
    assert len({weight / whole for weight, whole in zip(found, weights, strict=True)}) == 1


@settings(max_examples=25, deadline=None)
@given(powers=st.tuples(st.integers(-2, 4), st.integers(-2, 4)), root=st.integers(2, 3), at=st.tuples(WHOLE, WHOLE))
def test_a_root_raised_again_is_what_it_was(powers, root, at):
    expression = X ** (2 * powers[0]) * (1 + Y**2) ** powers[1]
    found = take_root(expression, sympy.Rational(1, root)) ** root
    values = {X: abs(at[0]), Y: at[1]}
    assert float(found.subs(values)) == pytest.approx(float(expression.subs(values)))


def test_squares_of_sine_and_cosine_are_written_as_factors_best():
    assert simplify_sum(1 - sympy.sin(X) ** 2) == sympy.cos(X) ** 2
    assert simplify_sum(X**2 * Y + X**2) == X**2 * (Y + 1)

"""Transcendental features: columns and their expressions say the same."""

import numpy as np
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from pellucid.distill.formulas.algebra.transcendental import Argument, Kind, arguments, block, product

X = sympy.Symbol("x", real=True)


def argument(values):
    return Argument(np.array(values), X, 1.0, frozenset([0]))


@settings(max_examples=15, deadline=None)
@given(values=st.lists(st.floats(-3, 3), min_size=2, max_size=5), degree=st.integers(1, 2), data=st.data())
def test_the_values_of_an_element_are_those_of_its_expression(values, degree, data):
    kind = data.draw(st.sampled_from(Kind))
    made = block(argument(values), kind, data.draw(st.sampled_from(kind.scales)), degree)
    for element in product([made, made]).elements if made else ():
        expected = sympy.lambdify(X, element.expression, "numpy")(np.array(values))
        assert np.allclose(element.values, expected)


@pytest.mark.parametrize("kind", [Kind.TRIGONOMETRIC, Kind.EXPONENTIAL])
def test_values_out_of_reach_of_double_precision_make_no_block(kind):
    assert block(argument([1e6, 2e6]), kind, sympy.Integer(1)) is None
    assert block(argument([np.inf, 1.0]), kind, sympy.Integer(1)) is None


def test_arguments_are_simplest_first_and_know_their_features():
    groups = [Argument(np.ones(2), sympy.Symbol(f"x{i}"), float(i), frozenset([i])) for i in range(3)]
    found = arguments(groups)
    assert [one.cost for one in found] == sorted(one.cost for one in found)
    assert all({int(s.name[1:]) for s in one.expression.free_symbols} == set(one.features) for one in found)

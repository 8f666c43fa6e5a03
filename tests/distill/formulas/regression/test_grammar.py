"""The vocabulary of the bank: what is written is what is computed."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pellucid.algebra.expressions.text import parse
from pellucid.artifacts.formulas.formula import make_formula
from pellucid.distill.formulas.regression.grammar import GRAMMAR, circle, ratios, signed_circle

SHAPES = [*GRAMMAR.algebraic, *GRAMMAR.growth, *GRAMMAR.logarithms, *GRAMMAR.waves]


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.text)
@settings(max_examples=8, deadline=None)
@given(u=st.floats(0.05, 0.2))
def test_the_text_of_a_shape_is_its_function(shape, u):
    for constant in shape.constants:
        formula = make_formula(parse(shape.text.format(f"({constant.text}u)"), ("u",)), ("u",))
        with np.errstate(all="ignore"):
            expected = float(shape.function(np.array([constant.value * u]))[0])
            found = float(formula(np.array([[u]]))[0])
        assert found == pytest.approx(expected, rel=1e-9, nan_ok=True)


def test_negative_constants_cost_half_a_bit_more():
    costs = {constant.value: constant.bits for constant in (*ratios(signed=True), *signed_circle())}
    for constant in (*ratios(), *circle(5)):
        assert costs[-constant.value] == costs[constant.value] + 0.5

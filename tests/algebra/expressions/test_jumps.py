"""Functions that jump: read and written, and the same value wherever they are computed."""

import math
from typing import Any

import numpy as np
import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st

from pellucid.algebra.expressions.jumps import latex_of
from pellucid.algebra.expressions.text import parse, to_text
from pellucid.artifacts.formulas.formula import Formula
from pellucid.artifacts.formulas.mathml import mathml
from pellucid.distill.formulas.expression.tape import compile_expression
from pellucid.prove.formulas.arb_functions import interval, series_function

TEXTS = (
    "2 + 3*floor(x/5)",
    "4*Mod(x, 2.5) + 1",
    "z*step(x - 2.5)",
    "floor(0.37*x + 2.2) - ceiling(z)",
    "3*step(Mod(x, 4) - 1.5)",
    "100*1.04**floor(x)",
    "4*sign(x - 1.5) + z",
    "step(x - 2)**2*x",
)


@pytest.mark.parametrize("text", TEXTS)
def test_read_and_written_and_computed_alike(text):
    torch = pytest.importorskip("torch")
    formula = Formula(text, ("x", "z"))
    expression = formula.sympy()
    assert parse(to_text(expression), ("x", "z")) == expression
    X = np.array([[-3.2, 1.5], [0.0, 2.0], [2.0, 0.5], [2.5, -1.0], [7.7, 3.0]])
    namespace: dict[str, Any] = {"__name__": "formula"}
    exec(formula.to_python(), namespace)
    for values in (
        compile_expression(expression, ("x", "z"))(X),
        formula.torch()(*map(torch.tensor, X.T)).numpy(),
        [namespace["y"](*row) for row in X],
    ):
        np.testing.assert_allclose(values, formula(X), rtol=1e-12)


@given(st.floats(-50, 50), st.floats(0.1, 9))
def test_values_are_those_of_the_definitions(x, p):
    period = sympy.Rational(repr(p))
    cases = {"step(x - 1)": float(x >= 1), "floor(x)": math.floor(x), "sign(x)": float((x > 0) - (x < 0))}
    for text, value in cases.items():
        assert Formula(text, ("x",))(np.array([[x]]))[0] == value
    turned = float(Formula(f"Mod(x, {period})", ("x",))(np.array([[x]]))[0])
    assert -1e-9 <= turned <= p + 1e-9
    assert abs(math.remainder(x - turned, p)) < 1e-9


def test_typeset():
    x = sympy.Symbol("x", real=True)
    assert latex_of(parse("step(x - 2)", "x")) == r"\operatorname{step}{\left(x - 2 \right)}"
    assert latex_of(sympy.Mod(x, 3)) == r"x \;\operatorname{mod}\; 3"
    for text, mark in (("floor(x/5)", "⌊"), ("Mod(x, 3)", "mod"), ("step(x - 2)", "<mi>step</mi>")):
        assert mark in mathml(Formula(text, ("x",)))


@given(st.floats(-6, 6), st.floats(0, 3))
def test_enclosures_hold_on_both_sides_of_a_jump(low, width):
    from flint import arb

    high = low + width
    ball = arb(low).union(arb(high))
    for text in ("floor(x/2)", "step(x - 1)", "sign(x)", "Mod(x, 3)", "ceiling(x) + x"):
        least, most = interval(series_function(parse(text, "x"), sympy.Symbol("x", real=True))(ball))
        values = Formula(text, ("x",))(np.linspace(low, high, 23)[:, None])
        assert least <= values.min()
        assert values.max() <= most


@pytest.mark.parametrize("text", ["Mod(x)", "step(x, 1)", "floor()", "Mod(3, 0)"])
def test_wrong_arguments_are_refused_in_one_line(text):
    with pytest.raises(ValueError, match=r"^[^\n]+$"):
        parse(text, "x")

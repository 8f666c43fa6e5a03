"""Compiled expressions against sympy itself, values and derivatives."""

from __future__ import annotations

import numpy as np
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from pellucid.distill.formulas.expression.tape import CannotCompile, compile_expression

x, z, c, d = sympy.symbols("x z c d", real=True)
LEAVES = st.sampled_from([x, z, c, d, sympy.Integer(2), sympy.Rational(1, 3), sympy.pi])
UNARY = (sympy.sin, sympy.exp, sympy.tanh, sympy.atan, lambda e: e**2, lambda e: 1 / (1 + e**2), lambda e: -e)


def grown(inner):
    pairs = st.tuples(inner, inner)
    return st.one_of(
        pairs.map(lambda pair: pair[0] + pair[1]),
        pairs.map(lambda pair: pair[0] * pair[1]),
        st.tuples(st.sampled_from(UNARY), inner).map(lambda pair: pair[0](pair[1])),
    )


@settings(max_examples=40, deadline=None)
@given(expression=st.recursive(LEAVES, grown, max_leaves=6), seed=st.integers(0, 99))
def test_values_and_derivatives_are_those_of_sympy(expression, seed):
    X = np.random.default_rng(seed).uniform(-1, 1, (3, 2))
    constants = np.array([0.7, -0.4])
    value, J = compile_expression(expression, ["x", "z"], [c, d]).bind(X).jacobian(constants)
    for row in range(3):
        at = {x: X[row, 0], z: X[row, 1], c: constants[0], d: constants[1]}
        expected = float(expression.subs(at).evalf())
        if abs(expected) > 1e6:  # exponentials of exponentials lose digits in both
            continue
        assert value[row] == pytest.approx(expected, rel=1e-9, abs=1e-12)
        for place, symbol in enumerate((c, d)):
            slope = float(sympy.diff(expression, symbol).subs(at).evalf())
            assert J[row, place] == pytest.approx(slope, rel=1e-7, abs=1e-9)


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        (sympy.Symbol("w", real=True), "'w', which is none of the columns"),
        (sympy.gamma(x), "use arithmetic"),
        (x + sympy.I, "not real"),
        (x + sympy.zoo, "not"),
        (x + sympy.oo, "not finite"),
    ],
)
def test_what_numpy_cannot_compute_is_refused(expression, message):
    with pytest.raises(CannotCompile, match=message):
        compile_expression(expression, ["x"])

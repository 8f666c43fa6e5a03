"""Floating numbers as free constants."""

from __future__ import annotations

import numpy as np
import pytest
import sympy

from pellucid.distill.formulas.expression.parametrised import parametrise


def test_ratios_leave_no_constant_undetermined():
    x, y, z = sympy.symbols("x y z", real=True)
    form = parametrise((2.5 * x + 5.0 * y) / (4.0 * z), ratios=True)
    assert sorted(form.values.tolist()) == [0.625, 2.0]


@pytest.mark.parametrize("text", ["2.5*x + 1.5", "exp(-0.3*x)*x**1.7", "2*x + 3", "1/(x + 0.5)**2"])
def test_with_its_values_it_is_the_expression_again(text):
    x = sympy.Symbol("x", real=True)
    expression = sympy.sympify(text, {"x": x})
    form = parametrise(expression)
    assert len(form.values) == len(expression.atoms(sympy.Float))
    again = form.expression(form.values.tolist())
    X = np.linspace(1, 3, 7)
    assert np.allclose(*(sympy.lambdify(x, e, "numpy")(X) for e in (again, expression)), rtol=1e-14)

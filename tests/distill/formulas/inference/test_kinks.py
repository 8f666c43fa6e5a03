"""Kinks written otherwise have the same values everywhere."""

import numpy as np
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from pellucid.distill.formulas.inference.kinks import kink_forms

x, z = sympy.symbols("x z", real=True)
NUMBERS = st.integers(-4, 4)


@settings(max_examples=60, deadline=None)
@given(NUMBERS, NUMBERS, NUMBERS, st.sampled_from([-2, -1, 1, 3]), st.sampled_from(["root", "abs", "max", "min"]))
def test_the_same_values(a, b, c, factor, kind):
    inner = a * x + b * z + c
    root = sympy.sqrt(sympy.expand(inner**2))
    kink = {"root": root, "abs": sympy.Abs(inner), "max": sympy.Max(inner, z), "min": sympy.Min(inner, x)}[kind]
    expression = z - 2 * x + factor * kink
    points = np.random.default_rng(0).uniform(-5, 5, (2, 40))
    wanted = sympy.lambdify((x, z), expression, "numpy")(*points)
    for form in kink_forms(expression):
        assert np.allclose(sympy.lambdify((x, z), form, "numpy")(*points), wanted, atol=1e-7)

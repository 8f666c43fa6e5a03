"""Kinks written otherwise have the same values everywhere."""

import numpy as np
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from pellucid.distill.formulas.inference.kinks import kink_forms, without_idle_kinks

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


@settings(max_examples=60, deadline=None)
@given(NUMBERS, NUMBERS, st.floats(-9, 9), st.sampled_from([sympy.Min, sympy.Max]))
def test_what_decides_nothing_on_the_rows_goes_and_they_keep_their_values(a, b, limit, extreme):
    X = np.random.default_rng(1).uniform(-2, 2, (30, 2))
    expression = z + extreme(a * x + b, sympy.Float(limit), z - 1) - 3 * sympy.Abs(x + b)
    plain = without_idle_kinks(expression, X, ["x", "z"])
    before, after = (np.broadcast_to(sympy.lambdify((x, z), e, "numpy")(*X.T), 30) for e in (expression, plain))
    assert np.allclose(before, after, atol=1e-12)
    for kink in plain.atoms(sympy.Min, sympy.Max):  # each arm that is left decides some row
        arms = np.stack([np.broadcast_to(sympy.lambdify((x, z), arm, "numpy")(*X.T), 30) for arm in kink.args])
        best = arms.min(0) if isinstance(kink, sympy.Min) else arms.max(0)
        for k in range(len(arms)):
            others = np.delete(arms, k, axis=0)
            assert not np.array_equal(others.min(0) if isinstance(kink, sympy.Min) else others.max(0), best)


def test_a_kink_at_one_row_stays():
    X = np.array([[0.0], [1.0], [2.0]])
    assert without_idle_kinks(sympy.Min(x, 1.5), X, ["x"]) == sympy.Min(x, 1.5)
    assert without_idle_kinks(sympy.Min(x, 2.5), X, ["x"]) == x

"""From scaled columns back to the table's own: the same values, whatever the units."""

import numpy as np
import sympy
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from pellucid.distill.formulas.parametric.batch import derivatives
from pellucid.distill.formulas.parametric.catalogue import catalogue
from pellucid.distill.formulas.parametric.natural import expression_of, scaling_of

FORMS = [form for level in catalogue(2)[:4] for form in level]


@settings(max_examples=120, deadline=None)
@given(st.sampled_from(FORMS), st.integers(0, 10_000), st.floats(-12, 12), st.booleans())
def test_the_expression_has_the_values_of_the_form(form, seed, decade, years):
    draw = np.random.default_rng(seed)
    second = 2000 + draw.uniform(0, 30, 25) if years else draw.uniform(1, 9, 25)
    X = np.column_stack([10**decade * draw.uniform(1, 20, 25), second])
    y = draw.normal(size=25) * 10 ** (-decade / 2)
    scaling = scaling_of(X, y)
    theta = draw.uniform(0.4, 1.5, 8) * draw.choice([-1, 1], 8)
    found = derivatives(form, theta, scaling.apply(X))
    assume(found is not None and np.abs(found[0]).max() < 1e6)
    try:
        expression = expression_of(form, theta, (0.3, 1.7), scaling, ["p", "q"])
    except OverflowError:
        return
    assume(all(1e-200 < abs(float(number)) < 1e200 for number in expression.atoms(sympy.Float)))
    values = sympy.lambdify(sympy.symbols("p q", real=True), expression, "numpy")(*X.T)
    wanted = scaling.size * (0.3 + 1.7 * found[0])
    assert np.allclose(np.real(values), wanted, rtol=1e-5, atol=1e-6 * np.abs(wanted).max())

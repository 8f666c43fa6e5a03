"""Forms in numpy are those of the compiled loops."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from pellucid.distill.formulas.parametric.batch import derivatives
from pellucid.distill.formulas.parametric.catalogue import catalogue
from pellucid.distill.formulas.parametric.form import program
from pellucid.distill.formulas.parametric.numpy_forms import evaluate

FORMS = [form for columns in (1, 2) for level in catalogue(columns)[:4] for form in level]


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(FORMS), st.integers(0, 10_000))
def test_compiled_and_numpy_agree(form, seed):
    draw = np.random.default_rng(seed)
    X = np.ascontiguousarray(draw.uniform(-1.5, 2.5, (2, 23)))
    theta = draw.uniform(-2, 2, 8)
    compiled, plain = derivatives(form, theta, X), evaluate(program(form), theta, X)
    if compiled is None or plain is None or not (np.abs(plain) < 1e80).all():
        assert compiled is None or plain is None or np.abs(compiled).max() >= 1e70 or not np.isfinite(plain).all()
        return
    assert np.allclose(compiled, plain, rtol=1e-8, atol=1e-9)

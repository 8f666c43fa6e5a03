"""Which terms explain a rate, with signs that coefficients must have."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import lsq_linear

from pellucid.discover.trajectories.weak_form import criterion_of, supports, within_signs


@settings(max_examples=40)
@given(st.integers(0, 10_000))
def test_no_choice_of_terms_breaks_a_sign(seed):
    generator = np.random.default_rng(seed)
    columns = generator.standard_normal((60, 6)) + generator.standard_normal((60, 1))
    target = columns @ (generator.standard_normal(6) * (generator.random(6) < 0.5)) + generator.standard_normal(60) / 9
    signs = generator.integers(-1, 2, 6).astype(np.float64)
    kept = within_signs(columns, target, list(range(6)), signs)
    values = np.linalg.lstsq(columns[:, kept], target, rcond=None)[0]
    assert (values * signs[kept] >= -1e-9).all()
    bounds = np.where(signs > 0, 0.0, -np.inf), np.where(signs < 0, 0.0, np.inf)
    best = 2 * lsq_linear(columns, target, bounds, method="bvls").cost
    assert ((target - columns[:, kept] @ values) ** 2).sum() == pytest.approx(best, rel=1e-6)
    [chosen] = supports(columns, target[:, None], signs[None])
    values = np.linalg.lstsq(columns[:, chosen], target, rcond=None)[0]
    assert (values * signs[chosen] >= -1e-9).all()
    [free] = supports(columns, target[:, None])
    assert criterion_of(columns, target, free) <= criterion_of(columns, target, chosen) + 1e-9

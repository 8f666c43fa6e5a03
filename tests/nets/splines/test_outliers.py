"""Rows that contradict all others, and rows that do not."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from pellucid.nets.splines.least_squares import Fitted, fit_with_extension
from pellucid.nets.splines.outliers import RobustFit, isolated, suspects


def smooth(X, y) -> Fitted:
    return fit_with_extension([1, 1], X, y, grid_sizes=(5, 10), restarts=1, steps=10)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000), st.floats(-30, 30), st.floats(-30, 30))
def test_suspicion_does_not_depend_on_the_unit(seed, power, shift):
    y = np.random.default_rng(seed).standard_cauchy(100)
    among = np.ones(100, dtype=bool)
    scale = 2.0 ** round(power)
    assert (suspects(y * scale, among) == suspects(y, among)).all()
    assert (suspects(-y, among) == suspects(y, among)).all()


def test_a_peak_is_not_isolated_and_a_spike_is():
    x = np.linspace(-1, 1, 200)[:, None]
    y = np.sin(3 * x[:, 0])
    y[[50, 51, 52, 53]] += 100  # four neighbours that agree
    y[150] += 100
    every = np.ones(200, dtype=bool)
    assert isolated(x, y, every, np.abs(y) > 50).nonzero()[0].tolist() == [150]


def test_outliers_are_left_out_and_the_rest_is_fitted_as_without_them():
    x = np.linspace(-1, 1, 200)[:, None]
    y = np.sin(3 * x[:, 0])
    spoilt = y.copy()
    spoilt[[20, 90, 160]] = [-999.0, 1e8, 30.0]
    fitted, kept = RobustFit(smooth)(x, spoilt, np.ones(200, dtype=bool))
    assert (~kept).nonzero()[0].tolist() == [20, 90, 160]
    assert fitted.rmse < 1.1 * smooth(x[kept], y[kept]).rmse


def test_a_steep_law_and_noise_lose_no_row():
    generator = np.random.default_rng(0)
    x = generator.uniform(-1, 1, (200, 1))
    for y in (np.exp(5 * x[:, 0]), x[:, 0] + generator.normal(size=200), x[:, 0] + generator.standard_t(3, 200)):
        assert RobustFit(smooth)(x, y, np.ones(200, dtype=bool))[1].all()

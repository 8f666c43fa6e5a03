"""Forms fitted in batches: compiled and in numpy the same; what was put in comes out."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pellucid.distill.formulas.parametric import batch
from pellucid.distill.formulas.parametric.batch import Data, derivatives, fit_batch
from pellucid.distill.formulas.parametric.catalogue import catalogue
from pellucid.distill.formulas.parametric.form import count_constants

FORMS = [form for columns in (1, 2) for level in catalogue(columns)[:4] for form in level]


@settings(max_examples=60, deadline=None)
@given(st.sampled_from([form for form in FORMS if count_constants(form, 2)]), st.integers(0, 10_000))
def test_derivatives_are_those_of_the_values(form, seed):
    draw = np.random.default_rng(seed)
    X, theta, step = draw.uniform(0.4, 2, (2, 20)), draw.uniform(0.4, 1.5, 8), 1e-6
    here = derivatives(form, theta, X)
    for k in range(count_constants(form, 2)):
        shifted = [derivatives(form, theta + sign * step * np.eye(8)[k], X) for sign in (1, -1)]
        if here is None or any(one is None for one in shifted) or np.abs(here).max() > 1e4:
            return
        slope = (shifted[0][0] - shifted[1][0]) / (2 * step)
        kinked = any(name in repr(form) for name in ("lower", "upper", "min", "max", "abs"))
        close = np.isclose(here[1 + k], slope, rtol=1e-3, atol=1e-3)
        assert close.mean() > (0.8 if kinked else 0.99)


@pytest.mark.parametrize("kernel", ["compiled", "numpy"])
@pytest.mark.parametrize("nu", [0.0, 3.0])
def test_constants_come_back(columns, kernel, nu, monkeypatch):
    if kernel == "numpy":
        monkeypatch.setattr(batch, "_kernel", lambda: None)
    form = ("times", ("exp", 0), ("power", 1))
    y = 2.0 + 3.0 * np.exp(-0.8 * columns[0]) * columns[1] ** 1.3
    data = Data(columns, y, np.ones(len(y)), nu)
    fits = fit_batch([form, 0], [np.tile([-1.0, 1.0, 0, 0, 0, 0, 0, 0], (1, 1)), np.zeros((1, 8))], data, steps=60)
    assert np.allclose(fits.theta[0, :2], [-0.8, 1.3], atol=1e-4)
    assert np.allclose(fits.linear[0], [2.0, 3.0], atol=1e-3)
    assert fits.objective[1] > fits.objective[0]


def test_a_form_without_a_value_on_some_row_is_never_best(columns):
    data = Data(columns - 1.0, columns[0], np.ones(30))
    fits = fit_batch([("log", 0), ("lower", ("log", 0))], [np.zeros((1, 8))] * 2, data)
    assert np.isinf(fits.objective).all()


def test_held_constants_stay(columns):
    data = Data(columns, np.exp(columns[0]), np.ones(30))
    held = np.array([[0, 1, 1, 1, 1, 1, 1, 1]])
    fits = fit_batch([("exp", 0)], [np.full((1, 8), 0.5)], data, steps=40, is_free=held)
    assert fits.theta[0, 0] == 0.5


@pytest.mark.parametrize("plain", [False, True])
def test_a_steep_exponential_is_fitted_however_small_its_values_are(monkeypatch, plain):
    """exp(-32 / z) is 1e-14 at z = 1: what counts as constant is relative to its own size."""
    if plain:
        monkeypatch.setattr(batch, "_kernel", lambda: None)
    z = np.linspace(0.9, 1.1, 40)
    y = 3e13 * z * np.exp(-32 / z)
    form = ("times", 0, ("exp", ("inverse", 0)))
    fits = fit_batch([form], [np.array([[-30.0] + [0.0] * 7])], Data(z[None], y, np.ones(40)), steps=20)
    assert fits.theta[0, 0] == pytest.approx(-32, abs=1e-3)
    assert fits.linear[0, 1] == pytest.approx(3e13, rel=1e-2)

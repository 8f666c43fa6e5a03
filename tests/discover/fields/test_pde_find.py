"""Field equations from exact and noisy samples: terms, numbers, calibrated uncertainties, and what is not claimed."""

from __future__ import annotations

import numpy as np
import pytest
import sympy

from pellucid.core import Measured
from pellucid.discover import PDEFind
from pellucid.discover.fields.differential_polynomials import library, name
from pellucid.discover.fields.fitted_equation import Problem, fit_equation
from pellucid.discover.fields.held_out import cut
from pellucid.subjects import FieldGrid


def warmth(a=0.3, c=0.8, noise=0.0, seed=0, times=64, points=72):
    """u_t = a u_xx - c u_x, four waves."""
    t, x = np.linspace(0, 2, times), np.linspace(0, 9, points)
    waves = ((0.4, 1.0), (0.9, 0.7), (1.4, 0.8), (2.1, 0.5))
    u = sum(h * np.exp(-a * k * k * t[:, None]) * np.cos(k * (x - c * t[:, None]) + 3 * k) for k, h in waves)
    return FieldGrid(t, x, [u + noise * u.std() * np.random.default_rng(seed).standard_normal(u.shape)])


def two_solitons(t, x):
    """u_t = -6 u u_x - u_xxx, by Hirota's determinant."""
    k = (0.9, 1.4)
    e = [np.exp(a * (x - a * a * t[:, None]) + b) for a, b in zip(k, (-1.0, 6.0), strict=True)]
    a = ((k[0] - k[1]) / (k[0] + k[1])) ** 2
    tau = 1 + e[0] + e[1] + a * e[0] * e[1]
    d1 = k[0] * e[0] + k[1] * e[1] + a * (k[0] + k[1]) * e[0] * e[1]
    d2 = k[0] ** 2 * e[0] + k[1] ** 2 * e[1] + a * (k[0] + k[1]) ** 2 * e[0] * e[1]
    return 2 * (d2 / tau - (d1 / tau) ** 2)


@pytest.mark.parametrize("noise", [0.0, 0.01])
def test_terms_and_exact_numbers(noise):
    finding = PDEFind().explain(warmth(noise=noise))
    found = finding.artifact.with_values()[0].as_coefficients_dict()
    assert {str(term): float(c) for term, c in found.items()} == pytest.approx({"u_x": -0.8, "u_xx": 0.3}, rel=0.02)
    if not noise:
        assert finding.artifact.rhs == ("-4*u_x/5 + 3*u_xx/10",)
    assert finding.artifact.misfit < 1.2
    misfit = finding.claim("misfit")
    assert isinstance(misfit, Measured)
    assert misfit.value < 1.5
    assert misfit.baseline > 20
    assert finding.measured("noise") == pytest.approx(noise, rel=0.1, abs=1e-6)


def test_numbers_that_are_no_fractions_keep_their_uncertainty():
    found = PDEFind().explain(warmth(a=0.31217, c=0.7919, noise=0.02)).artifact
    assert {str(s) for s in sympy.sympify(found.rhs[0]).free_symbols} == {"k1", "k2", "u_x", "u_xx"}
    values = dict(zip(("c", "a"), zip(found.values, found.uncertainties, strict=True), strict=True))
    for letter, truth in (("c", 0.7919), ("a", 0.31217)):
        value, doubt = values[letter]
        assert abs(value - truth) < 4 * doubt
        assert doubt < 0.02 * truth


def test_intervals_hold_as_often_as_they_say():
    """Two standard deviations hold 95 %: of 24, at most 5 may fail (probability of more: 0.1 %)."""
    terms = tuple(library(1, 1, 3, 2, 4))
    errors = []
    for seed in range(12):
        parts = cut(warmth(noise=0.02, seed=seed, times=56, points=60), 0.2)
        fitted = fit_equation(Problem(parts.seen, 0, terms), 1e-3)
        assert [name(terms[place], ("u",)) for place in fitted.places] == ["u_x", "u_xx"]
        errors += (np.abs(fitted.values - [-0.8, 0.3]) / np.sqrt(np.diag(fitted.covariance))).tolist()
    assert sum(error > 2 for error in errors) <= 5
    assert 0.3 < np.mean(np.square(errors)) < 2  # nor are they too wide


def test_derivatives_of_third_order_in_noise():
    t, x = np.linspace(0, 3, 60), np.linspace(-8, 14, 120)
    u = two_solitons(t, x)
    u = u + 0.01 * u.std() * np.random.default_rng(1).standard_normal(u.shape)
    assert PDEFind().explain(FieldGrid(t, x, [u])).artifact.rhs == ("-6*u*u_x - u_xxx",)


def test_one_travelling_wave_does_not_tell_its_equation():
    t, x = np.linspace(0, 3, 60), np.linspace(-6, 12, 120)
    u = 0.5 / np.cosh(0.5 * (x - t[:, None])) ** 2
    found = PDEFind().explain(FieldGrid(t, x, [u])).artifact
    assert found.rhs == ("-u_x",)  # the shortest of many that all hold


def test_a_complex_field_is_two_real_ones():
    t, x = np.linspace(0, 2, 64), np.linspace(0, 9, 90)
    psi = sum(h * np.exp(1j * (k * x - k * k * t[:, None] / 2 + k)) for k, h in ((0.7, 1.0), (-1.3, 0.6), (1.9, 0.5)))
    found = PDEFind().explain(FieldGrid(t, x, [psi], ("psi",))).artifact
    assert found.fields == ("psi_re", "psi_im")
    assert found.rhs == ("-psi_im_xx/2", "psi_re_xx/2")


def test_a_plane():
    t, x = np.linspace(0, 1, 30), np.linspace(0, 6, 44)
    generator = np.random.default_rng(0)
    u = np.zeros((30, 44, 44))
    for _ in range(9):
        a, b, h, p = generator.normal(size=4)
        decay = np.exp(-(0.2 * a * a + 0.5 * b * b) * t[:, None, None])
        u += h * decay * np.cos(a * x[:, None] + b * x + 3 * p)
    assert PDEFind().explain(FieldGrid(t, x, [u], y=x)).artifact.rhs == ("u_xx/5 + u_yy/2",)


def test_a_grid_that_is_too_small_is_refused():
    t, x = np.linspace(0, 1, 22), np.linspace(0, 1, 24)
    with pytest.raises(ValueError, match="give at least"):
        PDEFind().explain(FieldGrid(t, x, [np.sin(x - t[:, None])]))

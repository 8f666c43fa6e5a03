"""Coefficients fitted to segments of orbits, and equations that run away."""

from __future__ import annotations

import numpy as np
import pytest
import sympy

from pellucid.discover.trajectories.models import Model, free_model
from pellucid.discover.trajectories.multiple_shooting import fit, simulate
from pellucid.discover.trajectories.segments import Segments
from pellucid.discover.trajectories.term_library import polynomial_library


def test_shooting_finds_coefficients_and_their_uncertainty():
    library = polynomial_library(("x",), 1)  # 1, x
    model = free_model(library, [[0, 1]])
    generator, t = np.random.default_rng(0), np.tile(np.linspace(0, 1, 9), (60, 1))
    segments = Segments.of(t, np.zeros((60, 9, 1)), generator.uniform(-1, 1, (60, 1)), 2)
    truth = np.array([0.5, -2.0])
    noisy = simulate(model, truth, segments) + 0.01 * generator.standard_normal((60, 9, 1))
    fitted = fit(model, np.array([0.0, -1.0]), Segments.of(t, noisy, noisy[:, 0], 2), np.ones(1))
    assert fitted is not None
    doubt = np.sqrt(np.diag(fitted.covariance))
    assert (np.abs(fitted.values - truth) < 4 * doubt).all()
    assert fitted.noise == pytest.approx(0.01, rel=0.1)
    assert fit(Model(library, np.array([[0.0, 1e6]]), np.zeros((0, 1, 2))), np.zeros(0), segments, np.ones(1)) is None


def test_equations_that_run_away_in_one_segment_are_given_up_without_a_fault():
    library = polynomial_library(("x", "y"), 2)
    model = free_model(library, [[library.terms.index(sympy.Symbol("x", real=True) ** 2)], [1]])
    t = np.tile(np.linspace(0, 1, 9), (3, 1))
    start = np.array([[0.1, 0.0], [0.2, 0.0], [1e9, 0.0]])
    x = np.zeros((3, 9, 2))
    assert fit(model, np.array([1.0, 1.0]), Segments.of(t, x, start, 1), np.ones(2)) is None
    still = Segments.of(t, x, np.zeros((3, 2)), 1)  # nothing depends on the parameters
    fitted = fit(model, np.array([0.0, 0.0]), still, np.ones(2))
    assert fitted is not None
    assert np.isfinite(fitted.covariance).all()

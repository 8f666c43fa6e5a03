"""Waves of unknown frequency: what is not known of it is part of every coefficient's uncertainty."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import sympy

from pellucid.discover.trajectories.candidates import Candidate
from pellucid.discover.trajectories.exact_numbers import snapped
from pellucid.discover.trajectories.explicit_time import corrected, fitted_again
from pellucid.discover.trajectories.models import free_model
from pellucid.discover.trajectories.multiple_shooting import fit
from pellucid.discover.trajectories.segments import cut_segments
from pellucid.discover.trajectories.smoothing import smooth
from pellucid.discover.trajectories.term_library import Library
from pellucid.subjects.equations.trajectories import Trajectories


@pytest.fixture(scope="module")
def wave() -> tuple[Candidate, np.ndarray]:
    """x' = y' = k1*cos(w t) + k2*sin(w t) with a frequency that is a little off."""
    generator, t = np.random.default_rng(3), np.linspace(0.0, 6.0, 80)
    orbits = [x + np.sin(1.4 * t + 0.5)[:, None] + 0.02 * generator.standard_normal((80, 2)) for x in (0.0, 1.0)]
    data = Trajectories(t, orbits, ("x", "y"))
    before, time = sympy.Float(1.402, 17), sympy.Symbol("t", real=True)
    library = Library(("x", "y", "t"), (sympy.cos(before * time), sympy.sin(before * time)), "waves", 2)
    segments = cut_segments(smooth(data), generator)
    model = free_model(library, [[0, 1], [0, 1]])
    fitted = fit(model, np.array([1.2, -0.6, 1.2, -0.6]), segments, data.scale)
    assert fitted is not None
    return Candidate("waves", 2, model, fitted, 0.0, ((float(before), np.inf),)), data.scale


def test_uncertainties_are_those_with_the_frequency_free(wave):
    found, scale = wave
    there = corrected(found, scale)
    ((speed, doubt),) = there.speeds
    assert abs(speed - 1.4) < 4 * doubt < 0.05
    assert (np.diag(there.fitted.covariance) >= np.diag(found.fitted.covariance) * 0.99).all()
    assert (np.diag(there.fitted.covariance) > 1.5 * np.diag(found.fitted.covariance)).any()
    again = fitted_again(there, there.model, there.fitted.values, scale)
    assert again is not None
    assert np.allclose(again.fitted.covariance, there.fitted.covariance, rtol=1e-3)
    assert np.allclose(again.speeds, there.speeds, rtol=1e-3)


def test_a_frequency_that_is_exact_stays(wave):
    found, scale = wave
    exact = replace(found, speeds=((found.speeds[0][0], 0.0),))
    assert corrected(exact, scale) is exact
    again = fitted_again(exact, exact.model, exact.fitted.values, scale)
    assert again is not None
    assert again.speeds == exact.speeds


def test_the_frequency_is_fitted_beside_coefficients_that_are_tied(wave):
    found, scale = wave
    tied = snapped(corrected(found, scale), (), scale)
    assert len(tied.fitted.values) == 2
    fixed = tied.again(tied.model, tied.fitted.values, scale)
    assert fixed is not None
    assert (np.diag(tied.fitted.covariance) > 1.5 * np.diag(fixed.fitted.covariance)).any()

"""Smooth curves through samples: the level of the noise, and pieces that hold every sample once."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pellucid.discover.trajectories.smoothing import smooth
from pellucid.subjects.equations.trajectories import Trajectories


def waves(count, noise, seed, orbits=4):
    generator = np.random.default_rng(seed)
    t = np.sort(generator.uniform(0, 10, count))
    clean = [np.stack([np.sin(t + phase), 3 * np.cos(0.7 * t + phase)], 1) for phase in generator.uniform(0, 6, orbits)]
    return Trajectories(t, [x + np.array([noise, 2 * noise]) * generator.standard_normal(x.shape) for x in clean])


@settings(max_examples=10)
@given(st.floats(1e-3, 0.2), st.integers(0, 999))
def test_noise_is_told_from_what_moves(noise, seed):
    found = smooth(waves(120, noise, seed))
    np.testing.assert_allclose(found.noise, [noise, 2 * noise], rtol=0.2)
    assert (found.left < found.noise).all()


@pytest.mark.parametrize("count", [30, 1500])
def test_every_sample_lies_in_one_piece(count):
    subject = waves(count, 0.01, 0, orbits=2)
    found = smooth(subject)
    assert {piece.trajectory for piece in found.pieces} == {0, 1}
    for place in (0, 1):
        own = [piece for piece in found.pieces if piece.trajectory == place]
        np.testing.assert_array_equal(np.concatenate([piece.t for piece in own]), subject.t[place])
        np.testing.assert_array_equal(np.concatenate([piece.x for piece in own]), subject.x[place])


def test_exact_samples_of_a_polynomial_have_no_noise():
    t = np.linspace(0, 1, 40)
    found = smooth(Trajectories(t, [np.stack([t**2 - level, 1 + level * t], 1) for level in (1.0, 2.0)]))
    assert (found.noise < 1e-6).all()
    [first, _] = found.pieces
    np.testing.assert_allclose(first.curve.derivative()(t)[:, 0], 2 * t, atol=1e-4)

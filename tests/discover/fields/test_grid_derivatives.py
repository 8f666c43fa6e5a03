"""The level of the noise of a field."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pellucid.discover.fields.grid_derivatives import noise_level

T, X = np.linspace(0, 2, 50), np.linspace(0, 5, 64)


def wave(t, x):
    return np.sin(1.2 * x - t) + 0.4 * np.cos(2 * x + 0.5 * t) + 0.3


@given(st.floats(1e-3, 0.3), st.floats(0.1, 100), st.integers(0, 99))
@settings(max_examples=25, deadline=None)
def test_noise_is_estimated_whatever_its_size(share, scale, seed):
    clean = scale * wave(T[:, None], X)
    level = share * clean.std()
    drawn = clean + level * np.random.default_rng(seed).standard_normal(clean.shape)
    assert noise_level(drawn) == pytest.approx(level, rel=0.12)

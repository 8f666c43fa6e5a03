"""Firings: what was given comes out again, whatever the sizes, and what does not fit is refused."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pellucid.artifacts import FeatureFiring


@given(seed=st.integers(0, 10**6), places=st.integers(0, 20), size=st.sampled_from([8, 2**16, 2**16 + 1, 2**20]))
def test_codes_come_out_as_they_went_in(seed, places, size):
    numbers = np.random.default_rng(seed)
    values = np.maximum(numbers.normal(size=(places, 3)), 0) * 10.0 ** numbers.integers(-30, 30)
    indices = numbers.integers(0, size, (places, 3))
    found = FeatureFiring.of_codes(np.arange(places), np.arange(places), values, indices, size)
    again = FeatureFiring.from_dict(found.to_dict(), found.files())
    assert again == found
    for feature in np.unique(indices):
        place, strength = again.of(int(feature))
        here = (indices == feature) & (values > 0)
        assert place.tolist() == np.nonzero(here)[0].tolist()
        assert strength.tolist() == values[here].astype(np.float32).tolist()


def test_what_does_not_fit_is_refused():
    one = np.zeros(1, int)
    with pytest.raises(ValueError, match="counts add up to"):
        FeatureFiring(one, one, one, one, np.ones(1), 4)
    with pytest.raises(ValueError, match="beyond size=4"):
        FeatureFiring(one, one, one + 1, one + 4, np.ones(1), 4)
    with pytest.raises(ValueError, match="not of the same places"):
        FeatureFiring(one, np.zeros(2), one, one, np.ones(1), 4)

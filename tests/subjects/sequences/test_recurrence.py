"""Recurrences refuse a step that is none."""

from __future__ import annotations

import numpy as np
import pytest

from pellucid.subjects import Alphabet, Recurrence

BITS = Alphabet((0,), (1,))
GENERATOR = np.random.default_rng(0)


@pytest.mark.parametrize(
    ("step", "message"),
    [
        (lambda s, x: (s, GENERATOR.integers(0, 2, (len(x), 1))), "make it deterministic"),
        (lambda s, x: (s, np.full((len(x), 1), np.nan)), "gives NaN or infinity"),
        (lambda s, x: (s[:, :1], x), r"state of shape \(1, 1\)"),
        (lambda s, x: (s, x[:, 0]), r"outputs of shape \(1,\)"),
    ],
)
def test_steps_that_are_none(step, message):
    with pytest.raises(ValueError, match=message):
        Recurrence(step, np.zeros(2), BITS)

"""Helices: a line and circles of their periods, and what does not fit is refused."""

import numpy as np
import pytest

from pellucid.artifacts.features.helix import Helix


def helix(**changes):
    parts = {"centre": np.array([1.0, 0.0, 0.0]), "coefficients": np.diag([2.0, 1.0, 1.0]), "means": np.zeros((2, 3)),
             "seen": np.arange(2.0), "spectrum": np.zeros((2, 1)), "periods": (10.0,), "scale": 100.0}  # fmt: skip
    return Helix(**{**parts, **changes})


def test_a_period_further_only_the_line_has_moved():
    points = helix()([3, 13])
    assert np.allclose(points[1] - points[0], [2 * 10 / 100, 0, 0])
    assert np.allclose(np.hypot(points[:, 1], points[:, 2]), 1)
    assert helix().describe() == "helix of periods 10 over 2 numbers; 0% of their spread"


def test_coefficients_of_other_periods_are_refused():
    with pytest.raises(ValueError, match="for 2 periods and width 3"):
        helix(periods=(10.0, 2.0))

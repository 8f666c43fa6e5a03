"""Directions are compared, make steps, and are neither 0 nor infinite."""

import numpy as np
import pytest

from pellucid.artifacts.features.direction import Direction


def test_directions_are_compared():
    one, other = Direction(np.array([1.0, 2.0]), 0.5, "cities", gap=3.0), Direction(np.array([2.0, -1.0]), 0.0, "other")
    assert one.cosine(other) == pytest.approx(0)
    assert one.step.tolist() == pytest.approx((3 * one.unit).tolist())
    assert (one.score([[0.5, 0.0], [0.0, 1.0]]) > 0).tolist() == [False, True]


@pytest.mark.parametrize("vector", [np.zeros(3), np.array([1.0, np.nan]), np.ones((2, 2))])
def test_what_is_no_direction_is_refused(vector):
    with pytest.raises(ValueError, match="is 0 or not finite"):
        Direction(vector, 0.0, "x")

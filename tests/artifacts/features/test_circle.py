"""Circles: angles are read back from the points they make, and names out of order lie on none."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pellucid.artifacts.features.circle import Circle

NAMES = tuple("abcde")


def circle(order=range(5), tilt=0.0):
    """In the first two of four dimensions, radius 2, the names in some order."""
    centre, plane = np.array([1.0, -1.0, 3.0, 0.0]), np.zeros((2, 4))
    plane[:, :2] = 2 * np.array([[np.cos(tilt), np.sin(tilt)], [-np.sin(tilt), np.cos(tilt)]])
    angles = 2 * np.pi * np.array(list(order)) / 5
    means = centre + np.stack([np.cos(angles), np.sin(angles)], 1) @ plane
    readout = plane / 4
    return Circle(centre, plane, means, readout, -readout @ centre, NAMES)


@given(angle=st.floats(0, 6.28), tilt=st.floats(-3, 3))
def test_angles_are_read_out_of_points(angle, tilt):
    found = circle(tilt=tilt)
    told = found.angles_of(found.centre + found.points([angle]))[0]
    assert np.isclose(np.cos(told - angle), 1, atol=1e-9)
    assert np.allclose(found.shadow(found.centre + found.points([angle])), [[np.cos(angle), np.sin(angle)]])


def test_only_in_their_order_do_the_other_names_say_where_one_is():
    ordered, mixed = (np.hypot(*circle(order).unseen().T) for order in (range(5), (0, 2, 1, 4, 3)))
    assert np.allclose(ordered, 1)
    assert np.abs(mixed - 1).max() > 0.3


def test_shapes_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match="give \\(2, width\\)"):
        Circle(np.zeros(2), np.ones((2, 3)), np.ones((2, 3)), np.ones((2, 3)), np.ones(2), ("a", "b"))

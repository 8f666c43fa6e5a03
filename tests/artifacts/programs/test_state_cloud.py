"""Clouds of hidden states: the plane of most variance, rare states kept, and NaN refused."""

import numpy as np
import pytest

from pellucid.artifacts import StateCloud


def test_it_describes_itself():
    cloud = StateCloud(np.zeros((5, 2)), np.array([0, 1, 1, 2, 0]), 0.9, "carry")
    assert cloud.describe() == "5 hidden states, carry takes 3 values; the plane keeps 90.0 % of the variance"


def test_rare_states_are_kept_and_the_plane_is_found():
    generator = np.random.default_rng(0)
    hidden = generator.normal(size=(10_000, 3)) * [1, 5, 0.01]
    labels = np.zeros(10_000, dtype=int)
    labels[:7] = 1
    cloud = StateCloud.from_states(hidden, labels, limit=100, generator=generator)
    assert len(cloud.points) == 100
    assert (cloud.states == 1).sum() == 7
    assert cloud.explained > 0.999
    assert cloud.points[:, 0].std() > 4 * cloud.points[:, 1].std() / 2


def test_a_cloud_of_one_dimension_or_one_place_is_flat():
    line = StateCloud.from_states(np.array([[0.0], [2.0]]), np.array([0, 1]))
    assert line.points.tolist() == [[-1.0, 0.0], [1.0, 0.0]]
    place = StateCloud.from_states(np.ones((4, 3)), np.zeros(4))
    assert not place.points.any()
    assert place.explained == 1.0


def test_what_does_not_fit_is_refused():
    with pytest.raises(ValueError, match="do not fit"):
        StateCloud(np.zeros((3, 3)), np.zeros(3))
    with pytest.raises(ValueError, match="NaN"):
        StateCloud(np.full((1, 2), np.nan), np.zeros(1))
    with pytest.raises(ValueError, match="NaN"):
        StateCloud.from_states(np.full((1, 2), np.inf), np.zeros(1))

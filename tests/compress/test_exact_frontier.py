"""Exact ties: of clusterings with the same entropy only the one that says more stays."""

import numpy as np

from pellucid.algebra.partitions.entropy_terms import entropy_and_information
from pellucid.compress.exact_frontier import exact_frontier
from pellucid.subjects import Joint


def test_equal_entropies_leave_one():
    joint = Joint(((3, 1), (1, 3), (2, 2), (4, 0)))
    found = exact_frontier(joint)
    points = entropy_and_information(joint.probabilities, found)
    assert (np.diff(points, axis=0) > 1e-9).all()
    every = np.array([[0, a, b, c] for a in range(4) for b in range(4) for c in range(4)])
    values = entropy_and_information(joint.probabilities, every)
    top = values[(values[:, 0] > 0.8) & (values[:, 0] < 0.82), 1].max()
    assert np.isclose(points[:, 1], top).any()


def test_entropies_that_only_exact_arithmetic_tells_apart():
    """The lighter of two nearly equal rows is split off: it has less entropy, and says more."""
    big = 10**14
    found = exact_frontier(Joint(((big, 0), (big + 1, 0), (0, big)), sampled=False))
    assert found.tolist() == [[0, 0, 0], [0, 0, 1]]

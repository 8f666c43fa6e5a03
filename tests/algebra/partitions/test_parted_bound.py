"""What the parts of a table bound, against going through every clustering of all of it."""

from itertools import product

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pellucid.algebra.partitions.entropy_terms import entropy_and_information
from pellucid.algebra.partitions.parted_bound import heavy_parts, parted_bound

EVERY = np.array([[0, *rest] for rest in product(range(6), repeat=5)])
"""Every clustering of six rows, some of them under several names."""


def table(seed, rows, columns):
    p = np.random.default_rng(seed).dirichlet(np.full(rows * columns, 0.6)).reshape(rows, columns) + 1e-9
    return p / p.sum()


@given(st.integers(0, 10**6), st.integers(2, 4))
def test_parted_bound_is_above_every_clustering(seed, size):
    p = table(seed, 6, 3)
    steps = parted_bound(p, heavy_parts(p, size))
    points = entropy_and_information(p, EVERY[np.random.default_rng(seed).integers(0, len(EVERY), 80)])
    place = np.searchsorted(steps[:, 0], points[:, 0], side="right") - 1
    assert (place >= 0).all()
    assert (steps[place, 1] >= points[:, 1]).all()


def test_joined_steps_are_still_above():
    p = table(1, 8, 3)
    fine, coarse = (parted_bound(p, heavy_parts(p, 4), most) for most in (400, 5))
    assert len(coarse) <= 5 < len(fine)
    place = np.searchsorted(coarse[:, 0], fine[:, 0] + 1e-12, side="right") - 1
    assert (coarse[place, 1] >= fine[:, 1] - 1e-12).all()

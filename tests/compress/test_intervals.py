"""The best intervals against every way to cut, and cells that lose no row."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pellucid.compress.intervals import best_intervals, equal_bins, information, interval_counts, score_cells


@given(st.integers(0, 10**6), st.integers(2, 9), st.integers(2, 3))
def test_no_cut_is_better(seed, cells, labels):
    counts = np.random.default_rng(seed).integers(0, 9, (cells, labels)) + np.eye(1, labels, dtype=int)
    for many, starts in enumerate(best_intervals(counts, 4), 1):
        found = information(interval_counts(counts, starts))
        ways = combinations(range(1, cells), many - 1)
        every = max(information(interval_counts(counts, np.array([0, *cuts]))) for cuts in ways)
        assert found == pytest.approx(every, abs=1e-12)


@given(st.lists(st.sampled_from([-1e308, -1.0, 0.0, 1e-300, 1.0, 2.0, 1e308]), min_size=2), st.integers(2, 5))
def test_cells_hold_every_row_once_on_its_side_of_the_cuts(values, most):
    score, labels = np.array(values), np.arange(len(values)) % 2
    counts, cuts = score_cells(score, labels, most)
    place = np.searchsorted(cuts, score, side="right")
    assert len(counts) == len(cuts) + 1 <= most + 1
    assert np.bincount(place, minlength=len(counts)).tolist() == counts.sum(1).tolist()
    assert np.isfinite(cuts).all()


def test_equal_bins_are_about_equal():
    counts = np.ones((100, 2), int)
    starts = equal_bins(counts, 4)
    assert interval_counts(counts, starts).sum(1).tolist() == [50, 50, 50, 50]

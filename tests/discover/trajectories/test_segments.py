"""Segments of equal length, how equations are marched through them, and runs that are sampled unevenly."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pellucid.discover.trajectories.segments import NoEquations, Segments, best_length, evenly_sampled
from pellucid.discover.trajectories.sindy import SINDy
from pellucid.subjects.equations.trajectories import Trajectories


def test_stiff_samples_that_begin_too_late_are_refused_with_what_helps():
    t = np.concatenate([[0.0], np.logspace(-1, 6, 60)])
    with pytest.raises(NoEquations, match="more samples at early times"):
        SINDy().explain(Trajectories(t, np.stack([np.exp(-50 * t), np.exp(-t)], 1)))


@given(st.lists(st.integers(4, 90), min_size=1, max_size=8), st.integers(4, 60))
def test_no_other_length_near_the_wanted_one_leaves_fewer_samples_over(lengths, wanted):
    found = best_length(lengths, wanted)
    assert found <= max(lengths)

    def used(size):
        return sum(n // size * size for n in lengths)

    near = range(min(max(2, wanted * 2 // 3), max(lengths)), min(wanted * 3 // 2, max(lengths)) + 1)
    if found in near:
        assert used(found) == max(map(used, near))
    else:
        assert found == min(lengths)  # most orbits are short


def test_marching_is_of_fourth_order_and_knows_what_is_given():
    t = np.tile(np.linspace(0, 2, 6), (3, 1))
    start = np.array([[1.0], [0.5], [-2.0]])
    exact = start[:, None] * np.exp(-t)[:, :, None] + (np.sin(t) - np.cos(t) + np.exp(-t))[:, :, None] / 2
    errors = []
    for steps in (2, 4):
        segments = Segments.of(t, exact, start, steps)
        found = segments.march(lambda x, given: np.sin(given[:, :1]) - x, start)  # x' = sin(t) - x
        errors.append(np.abs(found - exact).max())
    assert errors[0] < 1e-4
    assert errors[0] / errors[1] == pytest.approx(2**Segments.order, rel=0.2)


def test_a_run_that_is_sampled_evenly_stays_as_it_is_and_an_uneven_one_is_cut():
    t = np.linspace(0, 3, 40)
    even = Trajectories(t, np.stack([np.sin(t), np.cos(t)], 1), ("x", "v"))
    assert evenly_sampled(even) is even
    late = np.concatenate([[0.0], np.geomspace(1e-4, 20, 120)])
    uneven = Trajectories(late, np.stack([np.exp(-40 * late), np.exp(-late)], 1), ("a", "b"))
    cut = evenly_sampled(uneven)
    assert len(cut) > 2
    known = {tuple(row) for row in np.column_stack([late, uneven.x[0]])}
    assert {tuple(row) for t, x in zip(cut.t, cut.x, strict=True) for row in np.column_stack([t, x])} <= known
    assert all(np.diff(t).max() < 1e3 * np.diff(t).min() for t in cut.t)

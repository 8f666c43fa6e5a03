"""Trajectories: what is taken, and what is told where something is wrong."""

from __future__ import annotations

import numpy as np
import pytest

from pellucid.subjects.equations.trajectories import ALONE, Trajectories

T = np.linspace(0.0, 3.0, 20)
CIRCLE = np.stack([np.cos(T), -np.sin(T)], 1)


def test_one_several_shared_and_irregular_times():
    one = Trajectories(T, CIRCLE)
    assert (len(one), one.names, one.notes) == (1, ("x0", "x1"), (ALONE,))
    several = Trajectories(T, np.stack([CIRCLE, 2 * CIRCLE]), ("x", "v"))
    assert (len(several), several.samples, several.notes) == (2, 40, ())
    uneven = Trajectories([T, T[:11] ** 2], [CIRCLE, CIRCLE[:11]])
    assert [len(t) for t in uneven.t] == [20, 11]
    assert several.fingerprint() != one.fingerprint() == Trajectories(T, CIRCLE).fingerprint()


def test_parts_are_disjoint_and_a_single_one_is_cut_in_time():
    several = Trajectories(T, [CIRCLE * r for r in (1, 2, 3, 4)])
    seen, held = several.split(0.25, np.random.default_rng(0))
    assert (len(seen), len(held)) == (3, 1)
    early, late = Trajectories(T, CIRCLE).split(0.4, np.random.default_rng(0))
    assert early.t[0][-1] < late.t[0][0]


def spoilt(place, value):
    x = CIRCLE.copy()
    x[place] = value
    return x


@pytest.mark.parametrize(
    ("t", "x", "names", "message"),
    [
        (T, [], (), "holds no trajectory"),
        (T, spoilt(3, np.nan), (), "NaN or infinity in 1 samples, first 3"),
        (T[::-1], CIRCLE, (), "does not increase"),
        (np.zeros(20), CIRCLE, (), "does not increase"),
        (T[:3], CIRCLE[:3], (), "3 samples; give at least 4"),
        (T[:5], CIRCLE[:5], (), "5 samples in all; give at least 8"),
        (T, np.stack([np.cos(T), np.ones(20)], 1), ("x", "c"), "'c' is constant"),
        (T[:9], CIRCLE, (), r"\(9,\)"),
        (T, CIRCLE, ("x",), "x has 2 variables"),
        (T, CIRCLE, ("x", "x"), "not all different"),
        (T, CIRCLE, ("x", "x y"), "cannot stand in an equation"),
        (T, CIRCLE.astype(complex), (), "complex"),
        (T, CIRCLE.astype(str), (), "give real numbers"),
        ([T, T], [CIRCLE, CIRCLE[:, :1]], (), "1 variables of trajectory 1"),
        ([T, T], [CIRCLE], (), "give times for each"),
    ],
)
def test_what_is_no_trajectory_is_told(t, x, names, message):
    with pytest.raises(ValueError, match=message):
        Trajectories(t, x, names)


@pytest.mark.parametrize(
    ("inputs", "given", "said"),
    [
        (("a",), np.zeros((9, 2)), r"u has shape \(9, 2\) for inputs=\['a'\]"),
        (("a",), np.zeros(9), r"u has shape \(9,\)"),
        ((), np.zeros((9, 1)), r"for inputs=\[\]"),
        (("a",), np.full((9, 1), np.nan), "u holds NaN or infinity"),
        (("v",), np.zeros((9, 1)), "not all different"),
        (("a",), np.zeros((8, 1)), "u does not fit x"),
    ],
)
def test_inputs_apart_are_checked_as_variables_are(inputs, given, said):
    t = np.linspace(0.0, 1.0, 9)
    with pytest.raises(ValueError, match=said):
        Trajectories(t, np.stack([np.sin(t), t], 1), ("x", "v"), inputs=inputs, u=[given])

"""Trajectories, and their files: what is taken, and what is told where something is wrong."""

from __future__ import annotations

import numpy as np
import pytest

from pellucid.subjects.equations.trajectories import ALONE, Trajectories
from pellucid.subjects.equations.trajectory_files import read_trajectories

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
        (T[:5], CIRCLE[:5], (), "5 samples; give at least 8"),
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


def table(tmp_path, text, name="orbits.csv"):
    (tmp_path / name).write_text(text)
    return tmp_path / name


def rows(label="", columns=(0, 1)):
    return "".join(f"{label}{t},{','.join(str(x[j]) for j in columns)}\n" for t, x in zip(T, CIRCLE, strict=True))


def test_tables_with_and_without_a_column_that_tells_them_apart(tmp_path):
    labelled = read_trajectories(table(tmp_path, f"run,t,x,v\n{rows('first,')}{rows('second,')}"))
    assert (len(labelled), labelled.names) == (2, ("x", "v"))
    np.testing.assert_array_equal(labelled.x[1], CIRCLE)
    again = read_trajectories(table(tmp_path, f"t,x,v\n{rows()}{rows()}"))
    assert len(again) == 2
    spaced = read_trajectories(table(tmp_path, f"time x v\n{rows().replace(',', ' ')}", "orbit.txt"))
    assert spaced.notes == (ALONE,)
    noted = read_trajectories(table(tmp_path, "t,x,v,m\n" + rows().replace("\n", ",2.0\n")))
    assert "left out 'm', which is constant (2)" in noted.notes


def test_archives_with_their_shapes(tmp_path):
    x = np.stack([CIRCLE, 2 * CIRCLE])
    np.savez(tmp_path / "a.npz", t=T, x=x, names=["q", "p"], lengths=[20, 12])
    found = read_trajectories(tmp_path / "a.npz")
    assert ([len(t) for t in found.t], found.names) == ([20, 12], ("q", "p"))
    np.savez(tmp_path / "b.npz", t=T, q=CIRCLE[:, 0], p=CIRCLE[:, 1])
    assert read_trajectories(tmp_path / "b.npz").names == ("q", "p")
    np.savez(tmp_path / "c.npz", t=T, q=CIRCLE[:5, 0])
    with pytest.raises(ValueError, match=r"np\.savez"):
        read_trajectories(tmp_path / "c.npz")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "empty"),
        ("t,x\n", "no rows"),
        (f"s,x,v\n{rows()}", "name it t"),
        (rows(), "no header"),
        (f"t,x,v\n{rows()}1.0,2.0\n", "line 22: 2 cells"),
        (f"t,x,v\n{rows()}4.0,?,2.0\n", r"column 'x', line 22: the value is missing \('\?'\)"),
        (f"t,x,v\n{rows()}4.0,nan,2.0\n5.0,,2.0\n", "column 'x', lines 22 and 23: 2 values are missing"),
        (f"t,x,v\n{rows()}4.0,fast,2.0\n", "column 'x', line 22: 'fast' is no number"),
        (f"t,x,x\n{rows()}", "'x' 2 times"),
        (f"t,x,v\n{rows()}1.0,2.0,3.0\n", "sort the samples by time"),
    ],
)
def test_what_is_wrong_with_a_file_is_told_with_its_name(tmp_path, text, message):
    with pytest.raises(ValueError, match=f"(?s)^orbits.csv: .*{message}"):
        read_trajectories(table(tmp_path, text))
    with pytest.raises(ValueError, match="suffix"):
        read_trajectories(tmp_path / "orbits.xls")

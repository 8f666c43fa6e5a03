"""Tables of trajectories: rows in any order, rows that stand twice, dates, and what is no trajectory at all."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pellucid.subjects.equations.trajectory_files import read_trajectories

T = np.linspace(0.0, 3.0, 12)
ROWS = [(run, t, np.cos(t) * run, -np.sin(t) * run) for run in (1, 2) for t in T]


def table(folder, rows, header="run,t,x,v"):
    path = folder / "orbits.csv"
    path.write_text("\n".join([header, *(",".join(map(str, row)) for row in rows)]) + "\n")
    return path


@settings(max_examples=30, deadline=None)
@given(st.permutations(range(len(ROWS))))
def test_rows_may_come_in_any_order(tmp_path_factory, order):
    folder = tmp_path_factory.mktemp("t")
    shuffled = read_trajectories(table(folder, [ROWS[i] for i in order]))
    states = sorted((x.tolist() for x in shuffled.x), key=lambda x: x[0][0])
    assert states == [x.tolist() for x in read_trajectories(table(folder, ROWS)).x]
    assert all((np.diff(t) > 0).all() for t in shuffled.t)


def test_rows_that_stand_twice_are_left_out_and_told(tmp_path):
    found = read_trajectories(table(tmp_path, [*ROWS, ROWS[3]]))
    assert [len(t) for t in found.t] == [12, 12]
    assert "left out line 26, equal to the row of the same t" in found.notes
    with pytest.raises(ValueError, match=r"lines 5 and 26: two different rows at t = 0.8"):
        read_trajectories(table(tmp_path, [*ROWS, (*ROWS[3][:2], 7.0, 7.0)]))


def test_dates_are_times(tmp_path):
    rows = [(run, f"2024-01-{1 + i:02d}T12:00", x, v) for i, (run, _, x, v) in enumerate(ROWS[:12])]
    found = read_trajectories(table(tmp_path, rows))
    assert found.t[0].tolist() == list(range(12))
    assert found.notes[0] == "column 't' holds dates, read as days since 2024-01-01 12:00:00"


def test_times_that_go_back_without_a_label_and_fields_on_a_grid_are_refused(tmp_path):
    with pytest.raises(ValueError, match=r"line 2: t goes back; sort the samples by time"):
        read_trajectories(table(tmp_path, [ROWS[5][1:], *(row[1:] for row in ROWS[:5])], "t,x,v"))
    grid = [(t, x, np.exp(-t) * np.sin(x)) for t in T for x in (0.1, 0.2, 0.4)]
    with pytest.raises(ValueError, match="every t comes with the same 3 values of 'x': a field on a grid"):
        read_trajectories(table(tmp_path, grid, "t,x,u"))

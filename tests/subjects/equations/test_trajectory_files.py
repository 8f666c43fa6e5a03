"""Tables of trajectories: rows in any order, rows that stand twice, dates, and what is no trajectory at all."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pellucid.subjects.equations.trajectories import ALONE
from pellucid.subjects.equations.trajectory_files import TableReading, read_trajectories

T = np.linspace(0.0, 3.0, 12)
TIMES = np.linspace(0.0, 3.0, 20)
CIRCLE = np.stack([np.cos(TIMES), -np.sin(TIMES)], 1)
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
    with pytest.raises(ValueError, match=r"line 2: t goes back; .*--sort"):
        read_trajectories(table(tmp_path, [ROWS[5][1:], *(row[1:] for row in ROWS[:5])], "t,x,v"))
    rows = [row[1:] for row in (*ROWS[6:12], *ROWS[:6])]
    sorted_ = read_trajectories(table(tmp_path, rows, "t,x,v"), TableReading(sort=True))
    assert sorted_.t[0].tolist() == [row[1] for row in ROWS[:12]]
    grid = [(t, x, np.exp(-t) * np.sin(x)) for t in T for x in (0.1, 0.2, 0.4)]
    with pytest.raises(ValueError, match="every t comes with the same 3 values of 'x': a field on a grid"):
        read_trajectories(table(tmp_path, grid, "t,x,u"))


def written(tmp_path, text, name="orbits.csv"):
    (tmp_path / name).write_text(text)
    return tmp_path / name


def columns_of(label="", columns=(0, 1)):
    return "".join(f"{label}{t},{','.join(str(x[j]) for j in columns)}\n" for t, x in zip(TIMES, CIRCLE, strict=True))


def test_tables_with_and_without_a_column_that_tells_them_apart(tmp_path):
    labelled = read_trajectories(written(tmp_path, f"run,t,x,v\n{columns_of('first,')}{columns_of('second,')}"))
    assert (len(labelled), labelled.names) == (2, ("x", "v"))
    np.testing.assert_array_equal(labelled.x[1], CIRCLE)
    again = read_trajectories(written(tmp_path, f"t,x,v\n{columns_of()}{columns_of()}"))
    assert len(again) == 2
    spaced = read_trajectories(written(tmp_path, f"time x v\n{columns_of().replace(',', ' ')}", "orbit.txt"))
    assert spaced.notes == (ALONE,)
    noted = read_trajectories(written(tmp_path, "t,x,v,m\n" + columns_of().replace("\n", ",2.0\n")))
    assert "left out 'm', which is constant (2)" in noted.notes


def test_archives_with_their_shapes(tmp_path):
    x = np.stack([CIRCLE, 2 * CIRCLE])
    np.savez(tmp_path / "a.npz", t=TIMES, x=x, names=["q", "p"], lengths=[20, 12])
    found = read_trajectories(tmp_path / "a.npz")
    assert ([len(t) for t in found.t], found.names) == ([20, 12], ("q", "p"))
    np.savez(tmp_path / "b.npz", t=TIMES, q=CIRCLE[:, 0], p=CIRCLE[:, 1])
    assert read_trajectories(tmp_path / "b.npz").names == ("q", "p")
    np.savez(tmp_path / "c.npz", t=TIMES, q=CIRCLE[:5, 0])
    with pytest.raises(ValueError, match=r"np\.savez"):
        read_trajectories(tmp_path / "c.npz")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "empty"),
        ("t,x\n", "no rows"),
        (f"s,x,v\n{columns_of()}", "name it t"),
        (columns_of(), "no header"),
        (f"t,x,v\n{columns_of()}1.0,2.0\n", "line 22: 2 cells"),
        ("t,x,v\n" + columns_of().replace("0.0,1.0,", "0.0,?,") + 19 * "4.0,?,2.0\n", "in 20 of 39 rows; .*--missing"),
        (f"t,x,v\n{columns_of()}4.0,fast,2.0\n", "column 'x', line 22: 'fast' is no number"),
        (f"t,x,x\n{columns_of()}", "'x' 2 times"),
        (f"t,x,v\n{columns_of()}1.0,2.0,3.0\n", "t goes back; .*--sort"),
    ],
)
def test_what_is_wrong_with_a_file_is_told_with_its_name(tmp_path, text, message):
    with pytest.raises(ValueError, match=f"(?s)^orbits.csv: .*{message}"):
        read_trajectories(written(tmp_path, text))
    with pytest.raises(ValueError, match="suffix"):
        read_trajectories(tmp_path / "orbits.xls")

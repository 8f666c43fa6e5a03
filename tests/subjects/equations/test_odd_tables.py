"""Tables in the ways that people's files are: read as what they say, or refused with what helps."""

from __future__ import annotations

import numpy as np
import pytest

from pellucid.subjects.equations.trajectory_files import TableReading, read_trajectories
from pellucid.subjects.tables.preparing import Missing

from .odd_tables import RUNS, TIMES, tables

REFUSED = {
    "day_or_month.csv": "write times as numbers or ISO dates",
    "units_in_second_line.csv": "correct or remove the row",
}
TOLD = {
    "replicates.csv": "column 'replicate' tells trajectories apart",
    "row_numbers.csv": "left out #, which numbers the rows",
    "index_by_name.csv": "left out index, which numbers the rows",
    "milliseconds_in_parentheses.csv": "read as seconds",
    "shuffled_and_twice.csv": "left out lines 92, 93, 94 and 95",
    "words_and_constants.csv": "left out operator",
}


@pytest.mark.parametrize("name", sorted(tables()))
def test_a_table_says_the_same_however_it_is_written(tmp_path, name):
    path = tmp_path / name
    path.write_text(tables()[name], encoding="utf-8", newline="")
    if name in REFUSED:
        with pytest.raises(ValueError, match=REFUSED[name]):
            read_trajectories(path)
        return
    found = read_trajectories(path)
    assert [text[0].lower() for text in found.names] == ["x", "v"]
    assert len(found) == len(RUNS)
    pairs = sorted(zip(found.t, found.x, strict=True), key=lambda pair: pair[1][0, 0])  # runs come in any order
    for (t, x), run in zip(pairs, sorted(RUNS, key=lambda run: run[0, 0]), strict=True):
        kept = np.round(np.interp(t, (t[0], t[-1]), (TIMES[0], TIMES[-1])) * 10).astype(int)
        np.testing.assert_allclose((t - t[0]) * TIMES[-1] / (t[-1] - t[0]), TIMES[kept], atol=1e-6)
        np.testing.assert_allclose(x, run[kept], atol=2e-6)
        assert len(kept) >= len(TIMES) - 1
    assert TOLD.get(name, "") in " ".join(found.notes)


@pytest.mark.parametrize("code", [-9999, -999, 99999])
def test_a_number_that_stands_for_a_missing_value_is_refused_with_what_helps(tmp_path, code):
    path = tmp_path / "codes.csv"
    rows = [f"{t:.1f},{code if k % 9 == 7 else np.sin(t):g},{np.cos(t):.6f}" for k, t in enumerate(TIMES)]
    path.write_text("\n".join(["t,x,v", *rows]) + "\n")
    with pytest.raises(ValueError, match=f"say --missing={code:g}"):
        read_trajectories(path)
    gone = sum(k % 9 == 7 for k in range(len(TIMES)))
    assert gone > 1
    left = read_trajectories(path, TableReading(missing=Missing.parse(str(code))))
    assert len(left.t[0]) == len(TIMES) - gone
    assert len(read_trajectories(path, TableReading(missing=Missing())).t[0]) == len(TIMES)


def test_a_start_that_all_runs_share_is_no_code(tmp_path):
    rows = [f"{run},{t},{100 * 0.2 ** (t * (1 + run / 9)):.6f}" for run in range(6) for t in range(20)]
    (tmp_path / "decay.csv").write_text("\n".join(["run,t,N", *rows]) + "\n")
    assert len(read_trajectories(tmp_path / "decay.csv")) == 6


def test_numbers_of_rows_are_a_variable_where_they_are_asked_for(tmp_path):
    path = tmp_path / "index.csv"
    path.write_text(tables()["index_by_name.csv"])
    assert read_trajectories(path, TableReading(variables=("index", "x"))).names == ("index", "x")


def test_a_count_that_changes_within_runs_tells_none_apart(tmp_path):
    rows = [f"{t:.1f},{1 + (k + run) // 5},{np.sin(t + run):.6f}" for run in range(2) for k, t in enumerate(TIMES)]
    (tmp_path / "count.csv").write_text("\n".join(["t,n,x", *rows]) + "\n")
    assert read_trajectories(tmp_path / "count.csv").names == ("n", "x")


def test_the_names_that_numpy_writes_are_read(tmp_path):
    path = tmp_path / "saved.txt"
    np.savetxt(path, np.column_stack([TIMES, RUNS[0]]), header="t x v")
    found = read_trajectories(path)
    assert found.names == ("x", "v")
    assert "the columns are named by a comment: t, x, v" in found.notes
    np.testing.assert_array_equal(found.x[0], RUNS[0])

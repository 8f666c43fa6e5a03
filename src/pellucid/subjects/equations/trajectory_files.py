"""Trajectories from files: .csv, .tsv, .txt, .jsonl, .npz and .parquet.

A table has a column of times (numbers, or ISO dates), one for each variable, and, where there are several trajectories,
one that tells them apart (numbers or words):

    trajectory,t,x,v
    0,0.0,1.0,0.0
    0,0.1,0.995,-0.0998

.npz: the same columns as arrays (rows,); or `t` (samples,) or (trajectories, samples) and `x` (trajectories, samples,
variables), with `names` (variables,) if wanted, and `lengths` (trajectories,) where they end at different times.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..tables.columns import Column, Table, listed
from ..tables.identifiers import identifiers
from ..tables.other_tables import arrays_to_table, read_arrays
from ..tables.table import SUFFIXES, TextFormat, naming_file, read_table
from .trajectories import Trajectories

__all__ = ["SUFFIXES", "read_trajectories", "trajectories_of"]


@dataclass(frozen=True)
class TrajectoryColumns:
    """Which columns are the times and tell trajectories apart, where the caller does not say."""

    times: tuple[str, ...] = ("t", "time", "times")
    labels: tuple[str, ...] = ("trajectory", "trajectory_id", "traj", "id", "orbit", "run", "series")
    notes: int = 8
    """So many constant columns are noted, not more."""


USUAL = TrajectoryColumns()


def read_trajectories(
    path: Path | str, *, time: str | None = None, trajectory: str | None = None, variables: Sequence[str] = ()
) -> Trajectories:
    """The trajectories in `path`: columns `time` and `trajectory` (by default those with a usual name), and variables.

    By default every other column of numbers is a variable. Constant columns are left out, rows that stand twice too,
    rows are sorted by time, and all of that is noted. Raises ValueError in one line that names file, column, line and
    remedy; OSError where the file cannot be read.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder) / "fall.csv"
    ...     rows = "".join(f"{t},{5 * t * t}\\n" for t in range(9))
    ...     _ = file.write_text("t,height\\n" + rows)
    ...     print(read_trajectories(file).describe())
    1 trajectory, 9 samples of height
    """
    labels = (*USUAL.labels, (trajectory or "").lower())
    form = TextFormat(is_text=lambda name: name.lower() in labels)
    with naming_file(path):
        if Path(path).suffix.lower() == ".npz" and Path(path).stat().st_size:
            how = "write it with np.savez(path, t=..., x=..., names=...), or one array a column"
            arrays = read_arrays(Path(path), how)
            if "t" in arrays and "x" in arrays and arrays["x"].ndim in (2, 3):
                return _from_arrays(
                    arrays["t"], arrays["x"], arrays.get("lengths"), [str(name) for name in arrays.get("names", ())]
                )
            return trajectories_of(arrays_to_table(arrays, how), time, trajectory, tuple(variables))
        return trajectories_of(read_table(path, form), time, trajectory, tuple(variables))


def trajectories_of(
    table: Table, time: str | None = None, trajectory: str | None = None, variables: tuple[str, ...] = ()
) -> Trajectories:
    """The rows of a table as trajectories, each in the order of its times. Raises ValueError.

    >>> t = np.linspace(0.0, 1.0, 9)
    >>> trajectories_of(Table({"t": Column("t", t), "q": Column("q", t**2)})).names
    ('q',)
    """
    if not table.rows:
        raise ValueError("the file holds no rows; give a header with t and the variables, and rows")
    clock, label = _clock(table, time), _usual(table, trajectory, USUAL.labels, "trajectory")
    chosen, notes = _variables(table, variables, {clock.name, label.name if label else clock.name})
    kept = _varying(table, clock, chosen, notes)
    names = [column.name for column in kept]
    called = identifiers(names)
    notes += _renamed(names, called)
    times = np.asarray(clock.values, dtype=np.float64)
    states = np.stack([np.asarray(column.values, dtype=np.float64) for column in kept], 1)
    parts, more = _in_order(table, clock.name, times, states, _parts(times, label))
    if label is None:
        _refuse_grid(clock.name, names, times, states, parts)
        _refuse_back(table, clock.name, parts)
    _refuse_ties(table, clock.name, times, parts)
    notes = [*table.notes, *([clock.note] if clock.note else []), *notes, *more]
    return Trajectories([times[p] for p in parts], [states[p] for p in parts], tuple(called), tuple(notes))


def _renamed(names: Sequence[str], called: Sequence[str]) -> list[str]:
    return [f"column {old!r} is called {new!r}" for old, new in zip(names, called, strict=True) if old != new]


def _clock(table: Table, time: str | None) -> Column:
    """The column of times. Raises ValueError where none is named, or where it holds words."""
    if not table.has_header:
        raise ValueError("the file has no header; name the columns in its first line, the times t")
    clock = _usual(table, time, USUAL.times, "time")
    if clock is None:
        raise ValueError(f"no column is called t or time among {listed(list(table.columns))}; name it t")
    if not clock.is_number:
        raise ValueError(f"column {clock.name!r} holds what is no number; write times as numbers or ISO dates")
    return clock


def _usual(table: Table, wanted: str | None, usual: Sequence[str], role: str) -> Column | None:
    if wanted is not None:
        return table.find(wanted, role)
    return next((column for name, column in table.columns.items() if name.lower() in usual), None)


def _variables(table: Table, variables: tuple[str, ...], taken: set[str]) -> tuple[list[Column], list[str]]:
    """The columns of numbers that are asked for, or all that are not taken; and what is to be said of the others."""
    if variables:
        return _named_variables(table, variables), []
    columns = [column for name, column in table.columns.items() if name not in taken]
    words = [column.name for column in columns if not column.is_number]
    notes = [f"left out {listed(words, USUAL.notes)}, which hold what are no numbers"] if words else []
    return [column for column in columns if column.is_number], notes


def _named_variables(table: Table, variables: tuple[str, ...]) -> list[Column]:
    """The columns that are asked for. Raises ValueError where one is not there, or holds words."""
    unknown = [name for name in variables if name not in table.columns]
    if unknown:
        raise ValueError(f"variables {unknown} are no columns; choose among {listed(list(table.columns))}")
    for name in variables:
        if not table.columns[name].is_number:
            raise ValueError(f"column {name!r} holds what is no number; choose other variables, or correct it")
    return [table.columns[name] for name in variables]


def _varying(table: Table, clock: Column, chosen: Sequence[Column], notes: list[str]) -> list[Column]:
    """The columns that vary; adds to `notes` what is to be said. Raises ValueError for cells that are no numbers."""
    still = [column for column in chosen if (column.values == column.values[0]).all()]
    kept = [column for column in chosen if column not in still]
    notes += [f"left out {c.name!r}, which is constant ({c.values[0]:g})" for c in still[: USUAL.notes]]
    notes += [column.note for column in kept if column.note]
    _refuse_faults(table, (clock, *kept))
    if not kept:
        raise ValueError(f"no column of numbers varies beside {clock.name!r}; give the variables")
    return kept


def _refuse_faults(table: Table, columns: Sequence[Column]) -> None:
    """Raises ValueError for the first cell that is no number."""
    for column in columns:
        if fault := table.fault(column):
            raise ValueError(f"{fault}; correct or remove the row{'s' if len(column.odd) > 1 else ''}")


def _parts(times: NDArray[np.float64], label: Column | None) -> list[NDArray[np.int64]]:
    """The rows of each trajectory: by its label, or a new one wherever the time starts again from its first value."""
    if label is not None:
        _, first, place = np.unique(label.values.astype(str), return_index=True, return_inverse=True)
        return [np.flatnonzero(place == i) for i in np.argsort(first)]
    starts = np.flatnonzero((np.diff(times) < 0) & (times[1:] == times[0])) + 1
    return list(np.split(np.arange(len(times)), starts))


def _in_order(
    table: Table, clock: str, times: NDArray[np.float64], states: NDArray[np.float64], parts: list[NDArray[np.int64]]
) -> tuple[list[NDArray[np.int64]], list[str]]:
    """Each trajectory sorted by time and without rows that stand twice, and what is to be said about that."""
    ordered, moved, twice = [], 0, []
    for rows in parts:
        order = rows[np.argsort(times[rows], kind="stable")]
        moved += int((order != rows).any())
        same = np.zeros(len(order), dtype=bool)
        same[1:] = (np.diff(times[order]) == 0) & (np.diff(states[order], axis=0) == 0).all(1)
        twice += order[same].tolist()
        ordered.append(order[~same])
    notes = [f"sorted the rows of {moved} of {len(parts)} trajectories by {clock}"] if moved else []
    if twice:
        notes.append(f"left out {table.where(sorted(twice))}, equal to the row of the same {clock}")
    return ordered, notes


def _refuse_ties(table: Table, clock: str, times: NDArray[np.float64], parts: Sequence[NDArray[np.int64]]) -> None:
    """Raises ValueError where two rows of a trajectory stand at one time."""
    for rows in parts:
        tied = np.flatnonzero(np.diff(times[rows]) == 0)
        if len(tied):
            pair = rows[tied[0] : tied[0] + 2].tolist()
            raise ValueError(
                f"{table.where(pair)}: two different rows at {clock} = {times[pair[0]]:g}; keep one, or tell several "
                "trajectories apart by a column `trajectory`"
            )


def _refuse_back(table: Table, clock: str, parts: Sequence[NDArray[np.int64]]) -> None:
    """Raises ValueError where unlabelled rows went back in time before they were sorted."""
    for rows in parts:
        back = np.flatnonzero(np.diff(rows) < 0)
        if len(back):
            raise ValueError(
                f"{table.where([int(rows[back[0] + 1])])}: {clock} goes back; sort the samples by time, or add a "
                "column `trajectory` that tells several trajectories apart"
            )


def _refuse_grid(
    clock: str,
    names: Sequence[str],
    times: NDArray[np.float64],
    states: NDArray[np.float64],
    parts: Sequence[NDArray[np.int64]],
) -> None:
    """Raises ValueError for a field u(t, x) on a grid: every time comes with the same places."""
    moments, counts = np.unique(times, return_counts=True)
    if len(parts) > 1 or counts[0] < 2 or len(moments) < 2 or len(set(counts.tolist())) > 1:
        return
    for name, values in zip(names, states.T, strict=True):
        places = values[np.lexsort((values, times))].reshape(len(moments), -1)
        if (places == places[0]).all() and (np.diff(places[0]) > 0).all():
            raise ValueError(
                f"every {clock} comes with the same {counts[0]} values of {name!r}: a field on a grid, not "
                'trajectories of a few variables; write its equation instead, as in "u_t = u_xx"'
            )


def _from_arrays(t: NDArray[Any], x: NDArray[Any], lengths: NDArray[Any] | None, names: Sequence[str]) -> Trajectories:
    """x (samples, variables), or (trajectories, samples, variables) of which `lengths` samples count."""
    if x.ndim == 2:
        return Trajectories(t, x, tuple(names))
    fits = t.ndim <= 2 and t.shape[-1:] == x.shape[1:2] and (lengths is None or np.shape(lengths) == (len(x),))
    if not fits:
        raise ValueError(f"t has shape {t.shape} and x {x.shape}; give t (samples,) or (trajectories, samples)")
    ends = np.full(len(x), x.shape[1]) if lengths is None else lengths.astype(int)
    cut = [(a[:n], b[:n]) for a, b, n in zip(np.broadcast_to(t, x.shape[:2]), x, ends, strict=True)]
    return Trajectories([a for a, _ in cut], [b for _, b in cut], tuple(names))

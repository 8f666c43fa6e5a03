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
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..tables.columns import Column, Table, listed
from ..tables.identifiers import column_names, identifiers, renamed
from ..tables.other_tables import arrays_to_table, read_arrays
from ..tables.preparing import Missing, suspected_code, without_missing
from ..tables.table import SUFFIXES, TextFormat, naming_file, read_table
from .time_columns import in_seconds, time_column, usual_column
from .timed_rows import TimedRows
from .trajectories import Trajectories

__all__ = ["SUFFIXES", "TableReading", "read_trajectories", "trajectories_of"]


@dataclass(frozen=True)
class TrajectoryColumns:
    """Which columns tell trajectories apart or number rows, where the caller does not say, and what is missing."""

    labels: tuple[str, ...] = ("trajectory", "trajectory_id", "traj", "id", "orbit", "run", "series")
    counters: tuple[str, ...] = ("index", "row", "row_id", "rowid", "row_number", "nr", "no", "id", "#", "n")
    """What a column that numbers the rows is called where these are not in its order any more."""
    notes: int = 8
    """So many constant columns are noted, not more."""
    codes: tuple[float, ...] = (-99.0, -999.0, -9999.0, 999.0, 9999.0, 99999.0, -99999.0)
    """Numbers that stand for a missing value where they lie far outside all others."""
    few: float = 0.25
    """Rows with a missing value are left out where they are at most this share of all."""


USUAL = TrajectoryColumns()


@dataclass(frozen=True)
class TableReading:
    """How a table is to be read, where it does not say so itself."""

    time: str | None = None
    """The column of times."""
    trajectory: str | None = None
    """The column that tells trajectories apart."""
    variables: tuple[str, ...] = ()
    """By default every other column of numbers."""
    inputs: tuple[str, ...] = ()
    """Columns that drive the system, and are not to be explained."""
    missing: Missing | None = None
    """What becomes of rows with missing values: by default they are left out where they are few."""
    sort: bool = False
    """Whether unlabelled rows that go back in time are one trajectory out of order."""

    @classmethod
    def of_words(
        cls,
        variables: str | None = None,
        inputs: str | None = None,
        time: str | None = None,
        trajectory: str | None = None,
        missing: str | None = None,
        sort: bool = False,
    ) -> TableReading:
        """From the words of a command line, lists with commas. Raises ValueError.

        >>> TableReading.of_words("x, y", time="t").variables
        ('x', 'y')
        """
        columns, driving = (
            tuple(part.strip() for part in (text or "").split(",") if part.strip()) for text in (variables, inputs)
        )
        return cls(time, trajectory, columns, driving, None if missing is None else Missing.parse(missing), sort)


PLAIN = TableReading()


def read_trajectories(path: Path | str, reading: TableReading = PLAIN) -> Trajectories:
    """The trajectories in `path`. What was left out, sorted or assumed is noted.

    Constant columns are left out, rows that stand twice too, and rows are sorted by time. Raises ValueError in one line
    that names file, column, line and remedy; OSError where the file cannot be read.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder) / "fall.csv"
    ...     rows = "".join(f"{t},{5 * t * t}\\n" for t in range(9))
    ...     _ = file.write_text("t,height\\n" + rows)
    ...     print(read_trajectories(file).describe())
    1 trajectory, 9 samples of height
    """
    labels = (*USUAL.labels, (reading.trajectory or "").lower())
    form = TextFormat(is_text=lambda name: name.lower() in labels)
    with naming_file(path):
        if Path(path).suffix.lower() == ".npz" and Path(path).stat().st_size:
            how = "write it with np.savez(path, t=..., x=..., names=...), or one array a column"
            arrays = read_arrays(Path(path), how)
            if "t" in arrays and "x" in arrays and arrays["x"].ndim in (2, 3):
                names = [str(name) for name in arrays.get("names", ())]
                return _from_arrays(arrays["t"], arrays["x"], arrays.get("lengths"), names, reading.inputs)
            return trajectories_of(arrays_to_table(arrays, how), reading)
        return trajectories_of(read_table(path, form), reading)


def trajectories_of(table: Table, reading: TableReading = PLAIN) -> Trajectories:
    """The rows of a table as trajectories, each in the order of its times. Raises ValueError.

    >>> t = np.linspace(0.0, 1.0, 9)
    >>> trajectories_of(Table({"t": Column("t", t), "q": Column("q", t**2)})).names
    ('q',)
    """
    if not table.rows:
        raise ValueError("the file holds no rows; give a header with t and the variables, and rows")
    clock = time_column(table, reading.time)
    table, counted = _without_counters(table, clock, reading)
    label, told_apart = _label(table, clock, reading)
    chosen, notes = _variables(table, reading, {clock.name, label.name if label else clock.name})
    table = _present(table, (clock, *chosen), reading)
    clock, chosen = table.columns[clock.name], [table.columns[column.name] for column in chosen]
    label = None if label is None else table.columns[label.name]
    times, told = in_seconds(clock)
    rows = TimedRows.of(table, clock.name, times, _varying(table, clock, chosen, notes))
    called = column_names(rows.names)
    notes += renamed(rows.names, called)
    parts, more = rows.in_order(_parts(times, label, reading.sort))
    if label is None:
        rows.refuse_grid(parts)
        rows.refuse_back(parts, reading.sort)
    rows.refuse_ties(parts)
    long, short = _long_enough(parts, label)
    notes = [*table.notes, *([clock.note] if clock.note else []), *counted, *told_apart, *told, *notes, *more, *short]
    inputs = tuple(identifiers([name])[0] for name in reading.inputs)
    return Trajectories([times[p] for p in long], [rows.states[p] for p in long], tuple(called), tuple(notes), inputs)


def _present(table: Table, columns: Sequence[Column], reading: TableReading) -> Table:
    """Without the rows in which a value is missing. Raises ValueError where that is a large part of them."""
    missing = Missing(drop=True) if reading.missing is None else reading.missing
    if reading.missing is None:
        _refuse_codes(table, columns)
    kept = without_missing(table, columns, missing)
    if reading.missing is None and table.rows - kept.rows > USUAL.few * table.rows:
        raise ValueError(
            f"a value is missing in {table.rows - kept.rows} of {table.rows} rows; leave such columns out with "
            "--variables, or such rows with --missing drop"
        )
    return kept


def _refuse_codes(table: Table, columns: Sequence[Column]) -> None:
    """Raises ValueError where a number such as -9999 seems to stand for a missing value: no curve goes through it."""
    for column in columns:
        values = np.asarray(column.values, dtype=np.float64)
        found = suspected_code(values[np.isfinite(values)])
        if found is not None and found[0] in USUAL.codes:
            raise ValueError(
                f"column {column.name!r} is {found[0]:g} in {found[1]} of {table.rows} rows, far outside all others; "
                f"if that stands for a missing value say --missing={found[0]:g}, else --missing refuse"
            )


def _long_enough(parts: Sequence[NDArray[np.int64]], label: Column | None) -> tuple[list[NDArray[np.int64]], list[str]]:
    """The trajectories with enough samples, and a note on the others; all, where none has."""
    long = [rows for rows in parts if len(rows) >= Trajectories.fewest]
    if not long or len(long) == len(parts):
        return list(parts), []
    rest = len(parts) - len(long)
    which = [] if label is None else [str(label.values[rows[0]]) for rows in parts if len(rows) < Trajectories.fewest]
    named = f" ({listed(which, USUAL.notes)})" if which else ""
    return long, [f"left out {rest} of {len(parts)} trajectories, of fewer than {Trajectories.fewest} samples{named}"]


def _without_counters(table: Table, clock: Column, reading: TableReading) -> tuple[Table, list[str]]:
    """Without columns that number the rows of the file, and what is to be said of them; but for those that are asked
    for."""
    asked = {clock.name, reading.trajectory, *reading.variables, *reading.inputs}
    counters = [name for name, column in table.columns.items() if name not in asked and _counts_rows(column)]
    if not counters or len(counters) + 1 >= len(table.columns):
        return table, []
    kept = {name: column for name, column in table.columns.items() if name not in counters}
    return replace(table, columns=kept), [f"left out {listed(counters, USUAL.notes)}, which numbers the rows"]


def _counts_rows(column: Column) -> bool:
    """Whether the values are whole numbers, each the one before and 1, or in another order under a usual name."""
    if not column.is_number or len(column.values) < Trajectories.fewest:
        return False
    values = np.asarray(column.values, dtype=np.float64)
    if not np.isfinite(values).all() or (values != np.round(values)).any():
        return False
    ordered = values if column.name.lower() not in USUAL.counters else np.sort(values)
    return bool((np.diff(ordered) == 1).all())


def _label(table: Table, clock: Column, reading: TableReading) -> tuple[Column | None, list[str]]:
    """The column that tells trajectories apart: by its name, or because it changes only where the time starts again
    and then tells all of them apart."""
    named = usual_column(table, reading.trajectory, USUAL.labels, "trajectory")
    if named is not None or not clock.is_number or reading.sort:
        return named, []
    times = np.asarray(clock.values, dtype=np.float64)
    starts = np.flatnonzero(np.diff(times) < 0) + 1
    if not len(starts):
        return None, []
    asked = {clock.name, *reading.variables, *reading.inputs}
    for column in table.columns.values():
        if column.name not in asked and _tells_apart(column, starts):
            return column, [f"column {column.name!r} tells trajectories apart"]
    return None, []


def _tells_apart(column: Column, starts: NDArray[np.int64]) -> bool:
    """Whether the column, of words or whole numbers, changes at none but `starts`, and never back to what it was."""
    if column.is_number and not (np.asarray(column.values, dtype=np.float64) % 1 == 0).all():
        return False
    words = column.values.astype(str)
    changes = np.flatnonzero(words[1:] != words[:-1]) + 1
    first = words[[0, *starts]].tolist()
    return bool(np.isin(changes, starts).all()) and len(set(first)) == len(first)


def _variables(table: Table, reading: TableReading, taken: set[str]) -> tuple[list[Column], list[str]]:
    """The columns of numbers that are asked for, or all that are not taken; and what is to be said of the others."""
    if reading.inputs:
        _named_variables(table, reading.inputs)
    if reading.variables:
        return _named_variables(table, tuple(dict.fromkeys((*reading.variables, *reading.inputs)))), []
    columns = [column for name, column in table.columns.items() if name not in taken]
    words = [column.name for column in columns if not column.is_number]
    notes = [f"left out {listed(words, USUAL.notes)}, which hold what are no numbers"] if words else []
    return [column for column in columns if column.is_number], notes


def _named_variables(table: Table, variables: tuple[str, ...]) -> list[Column]:
    """The columns that are asked for. Raises ValueError where one is not there, or holds words."""
    unknown = [name for name in variables if name not in table.columns]
    if unknown:
        raise ValueError(f"variable {unknown[0]!r} is no column; choose among {listed(list(table.columns))}")
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
            rows = f"row{'s' if len(column.odd) > 1 else ''}"
            raise ValueError(f"{fault}; correct or remove the {rows}, or leave missing ones out with --missing drop")


def _parts(times: NDArray[np.float64], label: Column | None, sort: bool) -> list[NDArray[np.int64]]:
    """The rows of each trajectory: by its label, or a new one wherever the time starts again from its first value; all
    of one that has to be sorted."""
    if label is not None:
        _, first, place = np.unique(label.values.astype(str), return_index=True, return_inverse=True)
        return [np.flatnonzero(place == i) for i in np.argsort(first)]
    if sort:
        return [np.arange(len(times))]
    starts = np.flatnonzero((np.diff(times) < 0) & (times[1:] == times[0])) + 1
    return list(np.split(np.arange(len(times)), starts))


def _from_arrays(
    t: NDArray[Any], x: NDArray[Any], lengths: NDArray[Any] | None, names: Sequence[str], inputs: tuple[str, ...]
) -> Trajectories:
    """x (samples, variables), or (trajectories, samples, variables) of which `lengths` samples count."""
    if x.ndim == 2:
        return Trajectories(t, x, tuple(names), inputs=inputs)
    fits = t.ndim <= 2 and t.shape[-1:] == x.shape[1:2] and (lengths is None or np.shape(lengths) == (len(x),))
    if not fits:
        raise ValueError(f"t has shape {t.shape} and x {x.shape}; give t (samples,) or (trajectories, samples)")
    ends = np.full(len(x), x.shape[1]) if lengths is None else lengths.astype(int)
    cut = [(a[:n], b[:n]) for a, b, n in zip(np.broadcast_to(t, x.shape[:2]), x, ends, strict=True)]
    return Trajectories([a for a, _ in cut], [b for _, b in cut], tuple(names), inputs=inputs)

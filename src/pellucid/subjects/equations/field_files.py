"""Fields from files: a long table, or arrays.

.csv, .tsv, .txt, .jsonl, .parquet: a column of times (t or time), one of places (x; and y in a plane), and one for each
field, a row for each time and place in any order:

    t,x,u
    0.0,0.0,0.5
    0.0,0.1,0.61

.npz and .mat: arrays t (times,), x (points,), y (points,) if there is one, and fields of the same sizes, times first or
last.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import permutations
from math import prod
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..tables.columns import Column, Table, listed
from ..tables.identifiers import identifiers, renamed
from ..tables.other_tables import read_arrays
from ..tables.table import SUFFIXES as TABLES
from ..tables.table import TextFormat, naming_file, read_table
from .field_grid import FieldGrid

__all__ = ["SUFFIXES", "find_field", "read_field"]

SUFFIXES = (*TABLES, ".mat")


@dataclass(frozen=True)
class FieldColumns:
    """Which columns and arrays are times and places, where their names say so."""

    times: tuple[str, ...] = ("t", "time", "times", "tt")
    places: tuple[str, ...] = ("x", "position", "place", "pos", "xx", "space", "z", "s", "lon")
    second: tuple[str, ...] = ("y", "yy", "lat")
    labels: tuple[str, ...] = ("trajectory", "trajectory_id", "traj", "id", "orbit", "run", "series")
    """A table with one of these holds trajectories."""
    filled: float = 0.9
    """A table with this share of all times and places is a grid with holes, not something else."""

    @property
    def axes(self) -> dict[str, tuple[str, ...]]:
        """The usual names of each axis."""
        return {"t": self.times, "x": self.places, "y": self.second}

    def names_axis(self, name: str) -> bool:
        """Whether it is a usual name of an axis."""
        return any(name.lower() in names for names in self.axes.values())


USUAL = FieldColumns()


def read_field(path: Path | str) -> FieldGrid:
    """The field in `path`. Raises ValueError in one line that names file, column and remedy; OSError.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder) / "heat.csv"
    ...     rows = [f"{t},{x},{x * x + 2 * t}" for t in range(20) for x in range(24)]
    ...     _ = file.write_text("\\n".join(["time,x,u", *rows]))
    ...     print(read_field(file).describe())
    u at 20 times and 24 places
    """
    found = find_field(path)
    if found is None:
        raise ValueError(
            f"{Path(path).name}: no field on a grid; give columns t, x and u with a row for each time and place, or "
            "arrays t, x and u (times, points)"
        )
    return found


def find_field(path: Path | str) -> FieldGrid | None:
    """The field in `path`, None where it holds something else. Raises ValueError for a grid that cannot be read."""
    path = Path(path)
    suffix = path.suffix.lower()
    with naming_file(path):
        if suffix == ".mat":
            return _field_of_arrays(_matlab(path))
        if suffix == ".npz" and path.stat().st_size:
            return _field_of_arrays(read_arrays(path, "write it with np.savez(path, t=..., x=..., u=...)"))
        table = read_table(path, TextFormat(is_text=lambda name: name.lower() in USUAL.labels))
        return _field_of_table(table)


def _matlab(path: Path) -> dict[str, NDArray[Any]]:
    from scipy.io import loadmat

    try:
        return {n: np.squeeze(v) for n, v in loadmat(path).items() if isinstance(v, np.ndarray) and v.size > 1}
    except (NotImplementedError, ValueError, TypeError) as error:
        raise ValueError(f"it cannot be read as a MATLAB file ({error}); write it as .npz") from None


def _field_of_arrays(arrays: Mapping[str, NDArray[Any]]) -> FieldGrid | None:
    """Arrays t, x and fields over both."""
    axes = _axes_of(arrays)
    numbers = {n: a for n, a in arrays.items() if a.ndim >= 2 and a.dtype.kind in "iufbc" and not USUAL.names_axis(n)}
    if not numbers or not {"t", "x"} <= set(axes):
        return None
    sizes = tuple(map(len, axes.values()))
    fields = _on_grid(numbers, sizes)
    if not fields:
        shapes = ", ".join(f"{n} {a.shape}" for n, a in numbers.items())
        raise ValueError(f"{shapes} fit no grid of {', '.join(axes)} {sizes}; give fields of that shape")
    names, notes = _names(list(fields))
    if len(set(sizes)) < len(sizes):
        notes += [f"axes are taken in the order {', '.join(axes)}, as some have the same size"]
    return FieldGrid(axes["t"], axes["x"], np.array(list(fields.values())), names, axes.get("y"), tuple(notes))


def _axes_of(arrays: Mapping[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
    """Those of t, x and y that are there, each a line of numbers."""
    found = {axis: _array(arrays, names) for axis, names in USUAL.axes.items()}
    return {axis: array.ravel() for axis, array in found.items() if array is not None}


def _on_grid(arrays: Mapping[str, NDArray[Any]], sizes: tuple[int, ...]) -> dict[str, NDArray[Any]]:
    """The arrays that fit a grid of these sizes, with its axes in this order."""
    placed = {name: _times_first(array, sizes) for name, array in arrays.items()}
    return {name: array for name, array in placed.items() if array is not None}


def _array(arrays: Mapping[str, NDArray[Any]], usual: tuple[str, ...]) -> NDArray[Any] | None:
    """The first array with a usual name that is a line of numbers."""
    return next(
        (a for n, a in arrays.items() if n.lower() in usual and a.size == max(a.shape, default=0) and a.size > 1), None
    )


def _times_first(array: NDArray[Any], sizes: tuple[int, ...]) -> NDArray[Any] | None:
    """The array with its axes in the order of the sizes; None where it has others."""
    orders = [order for order in permutations(range(array.ndim)) if tuple(array.shape[i] for i in order) == sizes]
    return array.transpose(min(orders)) if orders else None


def _names(given: list[str]) -> tuple[tuple[str, ...], list[str]]:
    """Names that can stand in equations, without what would be read as a derivative; and a note on each new one."""
    names = [re.sub(r"_(t|[xy]+|\d+x)$", r"\1", name) for name in identifiers(given)]
    return tuple(names), renamed(given, names)


def _field_of_table(table: Table) -> FieldGrid | None:
    """A column for the times, one or two for places, and at least one field, all on one grid."""
    columns = {name.lower(): column for name, column in table.columns.items()}
    clock, first, second = (_column(columns, usual) for usual in USUAL.axes.values())
    if not table.has_header or set(columns) & set(USUAL.labels):
        return None
    for axes in ((clock, first, second), (clock, first)):
        found = [axis for axis in axes if axis is not None]
        if len(found) == len(axes) and _is_grid(table, found):
            return _gridded(table, found)
    return None


def _column(columns: Mapping[str, Column], usual: tuple[str, ...]) -> Column | None:
    return next((columns[name] for name in usual if name in columns), None)


def _is_grid(table: Table, axes: list[Column]) -> bool:
    """Whether (nearly) every combination of the axes' values, numbers all, has a row, more often than not just one."""
    if not all(axis.is_number for axis in axes):
        return False
    sizes = [len(np.unique(axis.values)) for axis in axes]
    rows = np.stack([axis.values for axis in axes], 1)
    distinct = len(np.unique(rows, axis=0))
    return min(sizes) >= 2 and distinct >= max(USUAL.filled * prod(sizes), 2 * max(sizes))


def _gridded(table: Table, axes: list[Column]) -> FieldGrid:
    """The columns that are no axes, as arrays over these. Raises ValueError for places without a row, or with two."""
    fields = [c for c in table.columns.values() if c not in axes and c.is_number]
    given = [axis.name for axis in axes]
    if not fields:
        raise ValueError(f"no column of numbers stands beside {listed(given)}; add the field, u")
    _refuse_faults(table, (*axes, *fields))
    found = [np.unique(axis.values, return_inverse=True) for axis in axes]
    levels = dict(zip("txy", (values for values, _ in found), strict=False))
    shape = tuple(map(len, levels.values()))
    place = np.ravel_multi_index([where for _, where in found], shape)
    counts = np.bincount(place, minlength=prod(shape))
    _refuse_holes(axes, list(levels.values()), counts.reshape(shape))
    stacked = _stacked(table, fields, place, counts.size).reshape(len(fields), *shape)
    names, notes = _names([c.name for c in fields])
    notes = [*table.notes, *renamed(given, list(levels)), *notes]
    return FieldGrid(levels["t"], levels["x"], stacked, names, levels.get("y"), tuple(notes))


def _refuse_faults(table: Table, columns: Sequence[Column]) -> None:
    """Raises ValueError for the first cell that is no number."""
    for column in columns:
        if fault := table.fault(column):
            raise ValueError(f"{fault}; fill it, or cut the grid to where all is known")


def _refuse_holes(axes: list[Column], levels: list[NDArray[np.float64]], counts: NDArray[np.int64]) -> None:
    """Raises ValueError where a place of the grid has no row. counts, of the grid's shape: the rows of each place."""
    holes = np.argwhere(counts == 0)
    if len(holes):
        first = ", ".join(f"{a.name} = {each[i]:g}" for a, each, i in zip(axes, levels, holes[0], strict=True))
        raise ValueError(f"{len(holes)} of {counts.size} places of the grid have no row, first {first}; fill or cut it")


def _stacked(table: Table, fields: list[Column], place: NDArray[np.int64], places: int) -> NDArray[np.float64]:
    """(fields, places), from rows at `place` (rows,). Raises ValueError where two rows of one place differ."""
    stacked = np.empty((len(fields), places))
    for column, found in zip(fields, stacked, strict=True):
        found[place] = column.values
        other = np.flatnonzero(found[place] != column.values)
        if len(other):
            rows = np.flatnonzero(place == place[other[0]])[:2].tolist()
            raise ValueError(f"{table.where(rows)}: two values of {column.name!r} at one time and place; keep one")
    return stacked

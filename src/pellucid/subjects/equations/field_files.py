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
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import permutations
from math import prod
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..tables.columns import Column, Table, listed
from ..tables.identifiers import identifiers
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
    axes = {
        role: array.ravel()
        for role, usual in (("t", USUAL.times), ("x", USUAL.places), ("y", USUAL.second))
        if (array := _array(arrays, usual)) is not None
    }
    if "t" not in axes or "x" not in axes:
        return None
    taken = {*USUAL.times, *USUAL.places, *USUAL.second}
    numbers = {n: a for n, a in arrays.items() if n.lower() not in taken and a.ndim >= 2 and a.dtype.kind in "iufbc"}
    sizes = tuple(map(len, axes.values()))
    fields = {n: placed for n, a in numbers.items() if (placed := _times_first(a, sizes)) is not None}
    if not fields:
        if numbers:
            shapes = ", ".join(f"{n} {a.shape}" for n, a in numbers.items())
            raise ValueError(f"{shapes} fit no grid of {', '.join(axes)} {sizes}; give fields of that shape")
        return None
    same = len(set(sizes)) < len(sizes)
    notes = (f"axes are taken in the order {', '.join(axes)}, as some have the same size",) if same else ()
    stacked = np.array(list(fields.values()))
    return FieldGrid(axes["t"], axes["x"], stacked, _names(list(fields)), axes.get("y"), notes)


def _array(arrays: Mapping[str, NDArray[Any]], usual: tuple[str, ...]) -> NDArray[Any] | None:
    """The first array with a usual name that is a line of numbers."""
    return next(
        (a for n, a in arrays.items() if n.lower() in usual and a.size == max(a.shape, default=0) and a.size > 1), None
    )


def _times_first(array: NDArray[Any], sizes: tuple[int, ...]) -> NDArray[Any] | None:
    """The array with its axes in the order of the sizes; None where it has others."""
    orders = [order for order in permutations(range(array.ndim)) if tuple(array.shape[i] for i in order) == sizes]
    return array.transpose(min(orders)) if orders else None


def _names(given: list[str]) -> tuple[str, ...]:
    """Names that can stand in equations: without what would be read as a derivative."""
    return tuple(re.sub(r"_(t|[xy]+|\d+x)$", r"\1", name) for name in identifiers(given))


def _field_of_table(table: Table) -> FieldGrid | None:
    """A column for the times, one or two for places, and at least one field, all on one grid."""
    columns = {name.lower(): column for name, column in table.columns.items()}
    clock = _column(columns, USUAL.times)
    first, second = _column(columns, USUAL.places), _column(columns, USUAL.second)
    if clock is None or first is None or not table.has_header or any(name in USUAL.labels for name in columns):
        return None
    for axes in ((clock, first, second), (clock, first)):
        found = [axis for axis in axes if axis is not None]
        if len(found) == len(axes) and all(axis.is_number for axis in found) and _is_grid(table, found):
            return _gridded(table, found)
    return None


def _column(columns: Mapping[str, Column], usual: tuple[str, ...]) -> Column | None:
    return next((columns[name] for name in usual if name in columns), None)


def _is_grid(table: Table, axes: list[Column]) -> bool:
    """Whether (nearly) every combination of the axes' values has a row, more often than not just one."""
    sizes = [len(np.unique(axis.values)) for axis in axes]
    rows = np.stack([axis.values for axis in axes], 1)
    distinct = len(np.unique(rows, axis=0))
    return min(sizes) >= 2 and distinct >= max(USUAL.filled * prod(sizes), 2 * max(sizes))


def _gridded(table: Table, axes: list[Column]) -> FieldGrid:
    """The columns that are no axes, as arrays over these. Raises ValueError for places without a row, or with two."""
    values = [np.unique(axis.values, return_inverse=True) for axis in axes]
    shape = tuple(len(levels) for levels, _ in values)
    place = np.ravel_multi_index([where for _, where in values], shape)
    fields = [c for c in table.columns.values() if c not in axes and c.is_number]
    if not fields:
        raise ValueError(f"no column of numbers stands beside {listed([a.name for a in axes])}; add the field, u")
    for column in (*axes, *fields):
        if fault := table.fault(column):
            raise ValueError(f"{fault}; fill it, or cut the grid to where all is known")
    counts = np.bincount(place, minlength=int(np.prod(shape)))
    if (counts == 0).any():
        where = np.unravel_index(int(np.argmin(counts)), shape)
        missing = ", ".join(f"{a.name} = {levels[i]:g}" for a, (levels, _), i in zip(axes, values, where, strict=True))
        count = int((counts == 0).sum())
        raise ValueError(f"{count} of {len(counts)} places of the grid have no row, first {missing}; fill or cut it")
    stacked = np.empty((len(fields), len(counts)))
    for i, column in enumerate(fields):
        stacked[i, place] = column.values
    if (counts > 1).any():
        _refuse_two(table, fields, stacked, place)
    levels = [each for each, _ in values]
    notes = [
        *table.notes,
        *(f"column {c.name!r} is called {n!r}" for c, n in zip(axes, "txy", strict=False) if c.name != n),
    ]
    names = _names([c.name for c in fields])
    stacked = stacked.reshape(len(fields), *shape)
    return FieldGrid(levels[0], levels[1], stacked, names, levels[2] if len(levels) > 2 else None, tuple(notes))


def _refuse_two(table: Table, fields: list[Column], stacked: NDArray[np.float64], place: NDArray[np.int64]) -> None:
    """Raises ValueError where two rows of one place differ."""
    for i, column in enumerate(fields):
        other = np.flatnonzero(stacked[i, place] != column.values)
        if len(other):
            rows = np.flatnonzero(place == place[other[0]])[:2].tolist()
            raise ValueError(f"{table.where(rows)}: two values of {column.name!r} at one time and place; keep one")

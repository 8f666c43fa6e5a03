"""Trajectories from files: .csv, .tsv, .txt (any usual delimiter) and .npz.

A table has a column of times, one for each variable, and, where there are several trajectories, one that tells them
apart (numbers or words):

    trajectory,t,x,v
    0,0.0,1.0,0.0
    0,0.1,0.995,-0.0998

.npz: the same columns as arrays (rows,); or `t` (samples,) or (trajectories, samples) and `x` (trajectories, samples,
variables), with `names` (variables,) if wanted, and `lengths` (trajectories,) where they end at different times.
"""

from __future__ import annotations

import csv
import zipfile
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..tables.sample_files import identifiers
from .trajectories import Trajectories

SUFFIXES = (".csv", ".tsv", ".txt", ".npz")
TIMES = ("t", "time", "times")
IDS = ("trajectory", "trajectory_id", "traj", "id", "orbit", "run", "series")
_LISTED = 8

__all__ = ["SUFFIXES", "read_trajectories"]


def read_trajectories(
    path: Path | str, *, time: str | None = None, trajectory: str | None = None, variables: Sequence[str] = ()
) -> Trajectories:
    """The trajectories in `path`: columns `time` and `trajectory` (by default those with a usual name), and variables.

    By default every other column of numbers is a variable. Constant columns are left out, and noted. Raises ValueError
    in one line that names file, column and remedy; OSError where the file cannot be read.
    """
    path = Path(path)
    if path.suffix.lower() not in SUFFIXES:
        raise ValueError(f"{path.name}: suffix {path.suffix!r} is unknown; give one of {', '.join(SUFFIXES)}")
    if path.stat().st_size == 0:
        raise ValueError(f"{path.name}: the file is empty; give a header with t and the variables, and rows")
    try:
        if path.suffix.lower() == ".npz":
            table = _npz(path)
            if isinstance(table, Trajectories):
                return table
        else:
            table = _text(path)
        return _trajectories(table, time, trajectory, tuple(variables))
    except ValueError as error:
        raise ValueError(f"{path.name}: {error}") from None


def _trajectories(
    table: dict[str, NDArray[Any]], time: str | None, trajectory: str | None, variables: tuple[str, ...]
) -> Trajectories:
    """The rows of a table, sorted into trajectories."""
    clock = _column(table, time, TIMES, "time")
    if clock is None:
        raise ValueError(f"no column is called t or time among {_listed(list(table))}; name it t")
    label = _column(table, trajectory, IDS, "trajectory")
    chosen = list(variables) or [name for name in table if name not in (clock, label)]
    unknown = [name for name in chosen if name not in table]
    if unknown:
        raise ValueError(f"variables {unknown} are no columns; choose among {_listed(list(table))}")
    notes: list[str] = []
    words = [name for name in chosen if table[name].dtype.kind not in "iufb"]
    if words and variables:
        raise ValueError(f"column {words[0]!r} holds what is no number; choose other variables, or correct it")
    if words:
        notes.append(f"left out {_listed(words)}, which hold what are no numbers")
    if table[clock].dtype.kind not in "iufb":
        raise ValueError(f"column {clock!r} holds what is no number; write times as numbers")
    still = [name for name in chosen if name not in words and (table[name] == table[name][0]).all()]
    notes += [f"left out {name!r}, which is constant ({table[name][0]:g})" for name in still[:_LISTED]]
    kept = [name for name in chosen if name not in words and name not in still]
    if not kept:
        raise ValueError(f"no column of numbers varies beside {clock!r}; give the variables")
    called = identifiers(kept)
    notes += [f"column {old!r} is called {new!r}" for old, new in zip(kept, called, strict=True) if old != new]
    rows = np.stack([np.asarray(table[name], dtype=np.float64) for name in kept], 1)
    times = np.asarray(table[clock], dtype=np.float64)
    parts = _parts(times, table[label] if label else None)
    return Trajectories([times[p] for p in parts], [rows[p] for p in parts], tuple(called), tuple(notes))


def _parts(times: NDArray[np.float64], labels: NDArray[Any] | None) -> list[NDArray[np.int64]]:
    """The rows of each trajectory: by its label, or a new one wherever the time starts again from its first value."""
    if labels is not None:
        _, first, place = np.unique(labels, return_index=True, return_inverse=True)
        return [np.flatnonzero(place == i) for i in np.argsort(first)]
    starts = np.flatnonzero((np.diff(times) < 0) & (times[1:] == times[0])) + 1
    return list(np.split(np.arange(len(times)), starts))


def _column(table: dict[str, NDArray[Any]], wanted: str | None, usual: Sequence[str], role: str) -> str | None:
    if wanted is not None:
        if wanted not in table:
            raise ValueError(f"{role} {wanted!r} is no column; choose among {_listed(list(table))}")
        return wanted
    return next((name for name in table if name.lower() in usual), None)


def _text(path: Path) -> dict[str, NDArray[Any]]:
    """The columns of a text table; one with words stays text."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise ValueError("the file is no UTF-8 text; save it as UTF-8 text") from None
    lines = [(i, line) for i, line in enumerate(text.splitlines(), 1) if line.strip() and line[0] != "#"]
    if len(lines) < 2:
        raise ValueError("the file holds no rows; give a header with t and the variables, and rows")
    mark = next((d for d in "\t;|," if d in lines[0][1]), None)
    rows = (
        [line.split() for _, line in lines] if mark is None else list(csv.reader((s for _, s in lines), delimiter=mark))
    )
    header = [cell.strip() for cell in rows[0]]
    if all(_is_number(cell) for cell in header):
        raise ValueError("the file has no header; name the columns in its first line, the times t")
    twice = next((name for name in header if not name or header.count(name) > 1), None)
    if twice is not None:
        raise ValueError(f"the header names a column {twice!r} {header.count(twice)} times; give each its own name")
    for (line, _), cells in zip(lines, rows, strict=True):
        if len(cells) != len(header):
            raise ValueError(f"line {line}: {len(cells)} cells, the header has {len(header)}; give each row the same")
    columns: dict[str, NDArray[Any]] = {}
    for name, cells in zip(header, zip(*rows[1:], strict=True), strict=True):
        columns[name] = _numbers(name, cells, [i for i, _ in lines[1:]])
    return columns


def _numbers(name: str, cells: Sequence[str], lines: Sequence[int]) -> NDArray[Any]:
    """A column of numbers, or of words where most cells are; a few that are none are an error."""
    try:
        return np.array([float(cell) for cell in cells])
    except ValueError:
        bad = [i for i, cell in enumerate(cells) if not _is_number(cell)]
        if 2 * len(bad) > len(cells) or name.lower() in IDS:
            return np.array([cell.strip() for cell in cells])
        raise ValueError(
            f"column {name!r}, line {lines[bad[0]]}: {cells[bad[0]].strip()!r} is no number; correct or remove the row"
        ) from None


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def _npz(path: Path) -> dict[str, NDArray[Any]] | Trajectories:
    how = "write it with np.savez(path, t=..., x=..., names=...), or one array a column"
    try:
        archive = np.load(path, allow_pickle=False)
        if not isinstance(archive, np.lib.npyio.NpzFile):
            raise ValueError("the file holds a single array")
        with archive:
            arrays = {name: archive[name] for name in archive.files}
    except (ValueError, zipfile.BadZipFile, zlib.error, EOFError, KeyError, RuntimeError) as error:
        reason = "Python objects" if "Object arrays" in str(error) else "no arrays that can be read"
        raise ValueError(f"the file holds {reason}; {how}") from None
    if "t" in arrays and "x" in arrays and arrays["x"].ndim in (2, 3):
        names = tuple(str(name) for name in arrays["names"]) if "names" in arrays else ()
        return _cut(arrays["t"], arrays["x"], arrays.get("lengths"), names)
    shapes = {name: array.shape for name, array in arrays.items()}
    if not arrays or any(len(shape) != 1 for shape in shapes.values()) or len(set(shapes.values())) > 1:
        raise ValueError(f"arrays have shapes {shapes}; {how}")
    return arrays


def _cut(t: NDArray[Any], x: NDArray[Any], lengths: NDArray[Any] | None, names: tuple[str, ...]) -> Trajectories:
    if x.ndim == 2:
        return Trajectories(t, x, names)
    times = np.broadcast_to(t, x.shape[:2]) if t.ndim <= 2 and t.shape[-1:] == x.shape[1:2] else None
    if times is None or (lengths is not None and np.shape(lengths) != (len(x),)):
        raise ValueError(f"t has shape {t.shape} and x {x.shape}; give t (samples,) or (trajectories, samples)")
    ends = np.full(len(x), x.shape[1]) if lengths is None else lengths.astype(int)
    return Trajectories([a[:n] for a, n in zip(times, ends)], [a[:n] for a, n in zip(x, ends)], names)  # noqa: B905


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names[:_LISTED]) + (", ..." if len(names) > _LISTED else "")

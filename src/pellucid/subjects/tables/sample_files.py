"""Tables of numbers from files: .csv and .tsv (any usual delimiter), .jsonl, .npz and .parquet.

.csv, .tsv, .txt: a header and rows, separated by commas, semicolons, tabs, bars or spaces; decimal commas where commas
separate nothing. Without a header the columns are x0, x1, ... and the last one is y.

    m,v,energy
    2.0,3.0,9.0

.jsonl: one object a line, {"m": 2.0, "v": 3.0, "energy": 9.0}.

.npz: either `X` (rows, features) and `y` (rows,), with `names` (features,) if wanted, or one array (rows,) a column.

.parquet: where pyarrow is installed.

Rows are read in blocks, so that a million of them take the memory of their numbers and little more.
"""

from __future__ import annotations

import csv
import json
import keyword
import re
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, count, islice
from pathlib import Path
from typing import Any, TextIO

import numpy as np
from numpy.typing import NDArray

from .samples import Samples
from .screening import screen
from .units import read_units

__all__ = ["SUFFIXES", "identifiers", "read_samples"]

_BLOCK = 20_000
_DELIMITERS = "\t;|,"  # the comma last: it may be a decimal one
_MISSING = ("", "na", "n/a", "nan", "null", "none", "?", "-")


@dataclass(frozen=True)
class _Table:
    """Columns (rows,) by name. `faults` says of a column where it holds what is no number; `words` hold none at all."""

    columns: dict[str, NDArray[np.float64]]
    faults: Mapping[str, str]
    words: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def read_samples(
    path: Path | str,
    *,
    target: str = "y",
    features: Sequence[str] = (),
    units: Path | str | None = None,
) -> Samples:
    """The table in `path`: column `target`, explained by `features` (by default every other column of numbers).

    `units` is a TOML file with a table [units]. What was left out is told in the `notes` of the samples. Raises
    ValueError, in one line that names file, column, row and remedy; OSError where the file cannot be read.
    """
    path = Path(path)
    reader = _READERS.get(path.suffix.lower())
    if reader is None:
        raise ValueError(f"{path.name}: suffix {path.suffix!r} is unknown; give one of {', '.join(SUFFIXES)}")
    if path.stat().st_size == 0:
        raise ValueError(f"{path.name}: the file is empty; give a header and rows of numbers")
    try:
        samples = _samples(reader(path), target, tuple(features))
    except ValueError as error:
        raise ValueError(f"{path.name}: {error}") from None
    if units is None:
        return samples
    return replace(samples, units=read_units(units, samples.names, samples.target))


def _samples(table: _Table, target: str, features: tuple[str, ...]) -> Samples:
    """The columns that are asked for, without those that can say nothing, under names that a formula can use."""
    names = dict(zip(table.columns, identifiers(table.columns), strict=True))
    goal = _column(table, names, target, "target")
    chosen = [_column(table, names, name, "feature") for name in features] or [n for n in names if n != goal]
    if goal in chosen:
        raise ValueError(f"the target {target!r} is among the features; leave it out")
    if len(set(chosen)) < len(chosen):
        raise ValueError(f"features {', '.join(features)} name a column twice; name each once")
    if not chosen:
        raise ValueError(f"there is no column of numbers beside the target {target!r}; add a feature")
    y = table.columns[goal]
    for name in (goal, *chosen):
        if name in table.faults:
            remedy = "correct or remove such rows" + ("" if features or name == goal else ", or choose other features")
            raise ValueError(f"column {name!r}, {table.faults[name]}; {remedy}")
        if name != goal and np.array_equal(table.columns[name], y) and (y != y[0]).any():
            raise ValueError(f"column {name!r} is the target {target!r} itself; remove it, or choose other features")
    columns = [table.columns[name] for name in chosen]
    kept, notes = screen(columns, y, chosen, **({"most": None} if features else {}))
    used = [chosen[j] for j in kept]
    notes = [*table.notes, *notes, *(f"column {n!r} is called {names[n]}" for n in (*used, goal) if names[n] != n)]
    if table.words and not features:
        notes.append(f"left out {', '.join(map(repr, table.words))}, which hold no numbers")
    X = np.stack([columns[j] for j in kept], 1)
    return Samples(X, y, tuple(names[name] for name in used), names[goal], notes=tuple(notes))


def _column(table: _Table, names: Mapping[str, str], wanted: str, role: str) -> str:
    """The column called `wanted`, in the file or in formulas."""
    if wanted in names:
        return wanted
    if wanted in table.words:
        raise ValueError(f"{role} {wanted!r} holds words, not numbers; encode it, or choose another column")
    for name, identifier in names.items():
        if identifier == wanted:
            return name
    listed = ", ".join(list(names)[:20]) + (", ..." if len(names) > 20 else "")
    raise ValueError(f"{role} {wanted!r} is no column; choose among {listed}")


def identifiers(names: Iterable[str]) -> list[str]:
    """Names that can stand in a formula, all different."""
    found: list[str] = []
    for name in names:
        text = re.sub(r"\W+", "_", name).strip("_") or "x"
        text = f"x_{text}" if text[0].isdigit() else f"{text}_" if keyword.iskeyword(text) else text
        found.append(next(t for t in chain([text], (f"{text}_{i}" for i in count(2))) if t not in found))
    return found


# ---------------------------------------------------------------------------------------------------------- text


def _read_text(path: Path) -> _Table:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        try:
            return _read_lines(stream, path.suffix.lower())
        except UnicodeDecodeError:
            raise ValueError("the file is no UTF-8 text; save it as UTF-8 text") from None
        except csv.Error as error:
            raise ValueError(f"{error}; write the file as plain CSV again") from None


def _read_lines(stream: TextIO, suffix: str) -> _Table:
    skipped, start = next(((i, line) for i, line in enumerate(stream) if line.strip() and line[0] != "#"), (0, ""))
    if not start:
        raise ValueError("the file holds no rows; give a header and rows of numbers")
    delimiter = "\t" if suffix == ".tsv" else next((d for d in _DELIMITERS if d in start), "")
    rows = _rows(chain([start], stream), delimiter, skipped)
    line, header = next(rows)
    comma = delimiter in ("\t", ";")
    notes: tuple[str, ...] = ()
    if all(_number(cell, comma) is not None for cell in header):
        rows = chain([(line, header)], rows)
        header = [*(f"x{i}" for i in range(len(header) - 1)), "y"]
        notes = ("the file has no header; its columns are called x0, x1, ... and the last one y",)
    twice = next((name for name in header if not name or header.count(name) > 1), None)
    if twice is not None:
        raise ValueError(f"the header names a column {twice!r} {header.count(twice)} times; give each its own name")
    columns = _Columns(header, comma)
    while block := list(islice(rows, _BLOCK)):
        columns.add(block)
    table = columns.table()
    if columns.decimal_commas:
        notes = (*notes, "commas within numbers are read as decimal points")
    return replace(table, notes=notes)


def _rows(lines: Iterable[str], delimiter: str, skipped: int) -> Iterator[tuple[int, list[str]]]:
    """(line, cells) of every row that holds something and is no comment."""
    if not delimiter:
        for number, line in enumerate(lines, skipped + 1):
            if line.strip() and line[0] != "#":
                yield number, line.split()
        return
    reader = csv.reader(lines, delimiter=delimiter, skipinitialspace=True)
    for cells in reader:
        if any(cells) and not cells[0].startswith("#"):
            yield reader.line_num + skipped, [cell.strip() for cell in cells]


class _Columns:
    """Numbers from rows of text, block by block; what is none is remembered by its place."""

    def __init__(self, header: Sequence[str], comma: bool) -> None:
        self.header, self.comma, self.decimal_commas = list(header), comma, False
        self.parts: list[list[NDArray[np.float64]]] = [[] for _ in header]
        self.faults: dict[int, str] = {}
        self.words: set[int] | None = None

    def add(self, block: Sequence[tuple[int, list[str]]]) -> None:
        for line, cells in block:
            if len(cells) != len(self.header):
                remedy = "give each row the same"
                raise ValueError(f"line {line}: {len(cells)} cells, the header has {len(self.header)}; {remedy}")
        if self.words is None:
            self.words = {j for j in range(len(self.header)) if self._is_words([cells[j] for _, cells in block[:200]])}
        for j, parts in enumerate(self.parts):
            if j not in self.words:
                parts.append(self._numbers(j, block))

    def _is_words(self, cells: Sequence[str]) -> bool:
        """Whether most of the cells that hold something hold no number."""
        full = [cell for cell in cells if cell.lower() not in _MISSING]
        return 2 * sum(_number(cell, self.comma) is not None for cell in full) <= len(full)

    def _numbers(self, j: int, block: Sequence[tuple[int, list[str]]]) -> NDArray[np.float64]:
        try:  # nearly always
            values = np.array([float(cells[j]) for _, cells in block])
        except ValueError:
            read = [_number(cells[j], self.comma) for _, cells in block]
            self.decimal_commas |= any("," in cells[j] for _, cells in block)
            values = np.array([np.nan if value is None else value for value in read])
        bad = np.flatnonzero(~np.isfinite(values))
        if len(bad) and j not in self.faults:
            line, cells = block[bad[0]]
            self.faults[j] = f"line {line}: {_fault(cells[j])}"
        return values

    def table(self) -> _Table:
        words = self.words if self.words is not None else set()
        columns = {}
        for j, name in enumerate(self.header):
            if j not in words:
                columns[name] = np.concatenate(self.parts[j]) if self.parts[j] else np.empty(0)
                self.parts[j].clear()
        if not columns or not len(next(iter(columns.values()))):
            raise ValueError("the file holds no rows of numbers; add them below the header")
        faults = {self.header[j]: fault for j, fault in self.faults.items()}
        return _Table(columns, faults, tuple(name for j, name in enumerate(self.header) if j in words))


def _number(cell: str, comma: bool = False) -> float | None:
    try:
        return float(cell.replace(",", ".") if comma and cell.count(",") == 1 and "." not in cell else cell)
    except ValueError:
        return None


def _fault(cell: str) -> str:
    """What is wrong with a cell that should be a number."""
    if cell.lower() in _MISSING:
        return f"the value is missing ({cell!r})"
    if _number(cell) is not None:
        return f"{cell!r} is infinite"
    try:
        complex(cell.replace(" ", "").replace("i", "j"))
    except ValueError:
        return f"{cell!r} is no number"
    return f"{cell!r} is complex"


# ------------------------------------------------------------------------------------------- jsonl, npz, parquet


def _read_jsonl(path: Path) -> _Table:
    names: list[str] = []
    columns: _Columns | None = None
    with path.open(encoding="utf-8-sig") as stream:
        lines = ((number, line) for number, line in enumerate(stream, 1) if line.strip())
        while block := list(islice(lines, _BLOCK)):
            rows = []
            for number, line in block:
                try:
                    record = json.loads(line)
                except ValueError as error:
                    raise ValueError(f"line {number}: not JSON ({error}); give one object a line") from None
                names = names or (list(record) if isinstance(record, dict) else [])
                if not isinstance(record, dict) or set(record) != set(names):
                    found = f"keys {sorted(record)}" if isinstance(record, dict) else f"a {type(record).__name__}"
                    raise ValueError(f"line {number}: found {found}; give an object with the keys {names}")
                rows.append((number, ["" if record[name] is None else str(record[name]) for name in names]))
            columns = columns or _Columns(names, comma=False)
            columns.add(rows)
    if columns is None:
        raise ValueError("the file holds no rows; give one object a line")
    return columns.table()


def _read_npz(path: Path) -> _Table:
    how = "write it with np.savez(path, X=..., y=...), or one array a column"
    try:
        archive = np.load(path, allow_pickle=False)
        if not isinstance(archive, np.lib.npyio.NpzFile):
            raise ValueError("the file holds a single array")
        with archive:
            arrays = {name: archive[name] for name in archive.files}
    except (ValueError, zipfile.BadZipFile, zlib.error, EOFError, KeyError, RuntimeError) as error:
        reason = "Python objects" if "Object arrays" in str(error) else "no arrays that can be read"
        raise ValueError(f"the file holds {reason}; {how}") from None
    if "X" in arrays and arrays["X"].ndim == 2:
        X, names = arrays.pop("X"), arrays.pop("names", None)
        names = [f"x{i}" for i in range(X.shape[1])] if names is None else [str(name) for name in names]
        if len(names) != X.shape[1]:
            raise ValueError(f"names are {len(names)}, but X has {X.shape[1]} columns; name each of them")
        arrays = {**dict(zip(names, X.T, strict=True)), **arrays}
    arrays = {name: a[:, 0] if a.ndim == 2 and a.shape[1] == 1 else a for name, a in arrays.items()}
    rows = {name: array.shape for name, array in arrays.items()}
    if (
        any(len(shape) != 1 for shape in rows.values())
        or len(set(rows.values())) > 1
        or not next(iter(rows.values()))[0]
    ):
        raise ValueError(f"arrays have shapes {rows}; give one number a row in each, and as many rows; {how}")
    return _checked(arrays)


def _read_parquet(path: Path) -> _Table:
    try:
        from pyarrow import ArrowInvalid, parquet  # type: ignore[import-not-found]
    except ImportError:
        raise ValueError(".parquet needs the package pyarrow; install it, or save the table as .csv") from None
    try:
        table = parquet.read_table(path)
    except ArrowInvalid as error:
        raise ValueError(f"the file is no parquet table ({error}); write it again") from None
    return _checked({name: table[name].to_numpy() for name in table.column_names})


def _checked(arrays: Mapping[str, NDArray[Any]]) -> _Table:
    """Arrays as columns; those of other things than real numbers are told apart."""
    columns, faults, words = {}, {}, []
    for name, array in arrays.items():
        if array.dtype.kind == "c":
            columns[name], faults[name] = np.full(len(array), np.nan), "row 0: the values are complex"
        elif array.dtype.kind not in "iufb":
            words.append(name)
        else:
            columns[name] = np.asarray(array, dtype=np.float64)
            bad = np.flatnonzero(~np.isfinite(columns[name]))
            if len(bad):
                faults[name] = f"row {bad[0]}: the value is {columns[name][bad[0]]:g}"
    if not columns:
        raise ValueError(f"columns {', '.join(words)} hold no numbers; give numbers")
    return _Table(columns, faults, tuple(words))


_READERS: Mapping[str, Callable[[Path], _Table]] = {
    ".csv": _read_text,
    ".tsv": _read_text,
    ".txt": _read_text,
    ".jsonl": _read_jsonl,
    ".npz": _read_npz,
    ".parquet": _read_parquet,
}
SUFFIXES = tuple(_READERS)

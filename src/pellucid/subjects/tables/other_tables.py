"""Tables that are no text files of rows: JSON lines, NumPy archives, Parquet."""

from __future__ import annotations

import json
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .cells import cells_to_numbers, kind_of_cells
from .columns import Column, Table, dates_as_numbers
from .text_table import TextFormat


def json_records(path: Path) -> Iterator[tuple[int, Any]]:
    """(line, value) of every line that holds something. Raises ValueError where one is not JSON.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder) / "rows.jsonl"
    ...     _ = file.write_text('{"x": 1}\\n\\n{"x": 2}\\n')
    ...     print(list(json_records(file)))
    [(1, {'x': 1}), (3, {'x': 2})]
    """
    try:
        with path.open(encoding="utf-8-sig") as stream:
            for line, text in enumerate(stream, 1):
                if text.strip():
                    try:
                        yield line, json.loads(text)
                    except (ValueError, RecursionError) as error:
                        raise ValueError(f"line {line}: not JSON ({error}); give one object a line") from None
    except UnicodeDecodeError as error:
        raise ValueError(f"byte {error.start} is no UTF-8 text; save the file as UTF-8 text") from None


def read_jsonl_table(path: Path, form: TextFormat) -> Table:
    """One object a line, all with the same keys."""
    names: list[str] = []
    lines: list[int] = []
    cells: list[list[str]] = []
    for line, record in json_records(path):
        names = names if lines else list(record if isinstance(record, dict) else [])
        lines.append(line)
        cells.append(_cells_of_object(line, record, names))
    if not names:
        raise ValueError("the file holds no rows; give one object a line")
    columns = {
        name: _column(name, list(column), form) for name, column in zip(names, zip(*cells, strict=True), strict=True)
    }
    return Table(columns, (), "line", lambda rows: [lines[row] for row in rows])


def _cells_of_object(line: int, record: Any, names: list[str]) -> list[str]:
    """The values of an object in the order of `names`. Raises ValueError where its keys are others."""
    if not isinstance(record, dict) or set(record) != set(names):
        found = f"keys {sorted(record)}" if isinstance(record, dict) else f"a {type(record).__name__}"
        raise ValueError(f"line {line}: found {found}; give an object with the keys {names}")
    return ["" if record[name] is None else str(record[name]) for name in names]


def _column(name: str, cells: list[str], form: TextFormat) -> Column:
    if form.is_text(name) or kind_of_cells(cells[: form.block], ".") == "word":
        return Column(name, np.array(cells, dtype=object))
    values = cells_to_numbers(cells, ".")
    return Column(name, values, {int(i): cells[i] for i in np.flatnonzero(~np.isfinite(values))})


def read_arrays(path: Path, how: str) -> dict[str, NDArray[Any]]:
    """The arrays of an .npz archive, by name; `how` says how to write one. Raises ValueError."""
    try:
        archive = np.load(path, allow_pickle=False)
        if not isinstance(archive, np.lib.npyio.NpzFile):
            raise TypeError
        with archive:
            return {name: archive[name] for name in archive.files}
    except TypeError:
        raise ValueError(f"the file holds a single array; {how}") from None
    except (ValueError, zipfile.BadZipFile, zlib.error, EOFError, KeyError, RuntimeError) as error:
        fault = "holds Python objects" if "Object arrays" in str(error) else "is damaged, or no .npz archive"
        raise ValueError(f"the file {fault}; {how}") from None


def read_npz_table(path: Path, form: TextFormat) -> Table:
    """`X` (rows, features) and the other arrays, or one array (rows,) a column."""
    how = "write it with np.savez(path, X=..., y=...), or one array a column"
    arrays = read_arrays(path, how)
    if "X" in arrays and arrays["X"].ndim == 2:
        X, names = arrays.pop("X"), arrays.pop("names", None)
        names = [f"x{i}" for i in range(X.shape[1])] if names is None else [str(name) for name in names]
        if len(names) != X.shape[1]:
            raise ValueError(f"names are {len(names)}, but X has {X.shape[1]} columns; name each of them")
        arrays = {**dict(zip(names, X.T, strict=True)), **arrays}
    return arrays_to_table(arrays, how)


def read_parquet_table(path: Path, form: TextFormat) -> Table:
    """The columns of a Parquet file; needs pyarrow."""
    try:
        from pyarrow import ArrowInvalid, parquet  # type: ignore[import-not-found]
    except ImportError:
        raise ValueError(".parquet needs the package pyarrow; install it, or save the table as .csv") from None
    try:
        table = parquet.read_table(path)
    except ArrowInvalid as error:
        raise ValueError(f"the file is no parquet table ({str(error).splitlines()[0]}); write it again") from None
    return arrays_to_table({name: table[name].to_numpy() for name in table.column_names}, "write the table again")


def arrays_to_table(arrays: Mapping[str, NDArray[Any]], how: str) -> Table:
    """Arrays (rows,) or (rows, 1) as columns. Raises ValueError for other shapes, or where there are no rows.

    >>> list(arrays_to_table({"a": np.ones(3), "b": np.zeros((3, 1))}, "write it again").columns)
    ['a', 'b']
    """
    arrays = {name: a[:, 0] if a.ndim == 2 and a.shape[1] == 1 else a for name, a in arrays.items()}
    shapes = {name: array.shape for name, array in arrays.items()}
    if not shapes or set(map(len, shapes.values())) != {1} or len(set(shapes.values())) > 1 or (0,) in shapes.values():
        raise ValueError(f"arrays have shapes {shapes}; give one number a row in each, and as many rows; {how}")
    return Table({name: _from_array(name, array) for name, array in arrays.items()})


def _from_array(name: str, array: NDArray[Any]) -> Column:
    if array.dtype.kind == "c":
        return Column(name, np.full(len(array), np.nan), {0: str(array[0])})
    if array.dtype.kind == "M":
        values = array.astype("datetime64[us]").astype(np.int64).astype(np.float64)
        missing = np.isnat(array)
        values[missing] = np.nan
        return dates_as_numbers(Column(name, values, {int(i): "NaT" for i in np.flatnonzero(missing)}))
    if array.dtype.kind not in "iufb":
        return Column(name, np.array(["" if cell is None else str(cell) for cell in array.tolist()], dtype=object))
    values = np.asarray(array, dtype=np.float64)
    return Column(name, values, {int(i): f"{values[i]:g}" for i in np.flatnonzero(~np.isfinite(values))})

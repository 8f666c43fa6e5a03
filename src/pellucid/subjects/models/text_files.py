"""Text files: a folder of texts, JSON lines, tables, a saved Hugging Face data set, as a list of texts."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from ..tables.table import WORDS, naming_file, read_table

KINDS = (".txt", ".md", ".json", ".jsonl", ".csv", ".tsv", ".parquet", ".arrow")


def read_texts(path: Path | str, column: str = "text") -> list[str]:
    """The texts of a file or folder, in the order of its files' names; empty ones are left out.

    A folder is searched for .txt and .md (a text each), .json (a list of texts, or of rows with `column`), .jsonl,
    .csv, .parquet (a text each row, in `column`), and may be what `datasets.save_to_disk` wrote. Raises ValueError for
    what is missing, unreadable, or without any text.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     _ = (Path(folder) / "a.txt").write_text("One text.")
    ...     print(read_texts(folder))
    ['One text.']
    """
    path = Path(path)
    if path.is_dir():
        texts = _folder(path, column)
    elif path.is_file():
        texts = _file(path, column)
    else:
        raise ValueError(f"text {str(path)!r} is neither file nor folder; check the path")
    found = [text for text in texts if text.strip()]
    if not found:
        raise ValueError(f"text {str(path)!r} is an empty corpus; give {', '.join(KINDS)} files with text in them")
    return found


def _folder(path: Path, column: str) -> Iterator[str]:
    if (path / "state.json").is_file() or (path / "dataset_dict.json").is_file():
        yield from _data_set(path, column)
        return
    for file in sorted(path.rglob("*")):
        if file.is_file() and file.suffix.lower() in KINDS and not file.name.startswith("."):
            yield from _file(file, column)


def _file(path: Path, column: str) -> Iterable[str]:
    suffix = path.suffix.lower()
    if suffix == ".jsonl":
        return _lines(path, column)
    if suffix == ".json":
        return _entries(path, column)
    if suffix in (".csv", ".tsv"):
        return _table(path, column)
    if suffix in (".parquet", ".arrow"):
        return _columns(path, column)
    return [_decoded(path)]


def _decoded(path: Path) -> str:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValueError(f"{path} is no UTF-8 text (byte {error.start}); convert it to UTF-8") from None
    if "\0" in text:
        raise ValueError(f"{path} is no text but binary (it holds a zero byte); give {', '.join(KINDS)} files")
    return text


def _lines(path: Path, column: str) -> Iterator[str]:
    for number, line in enumerate(_decoded(path).split("\n"), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except json.JSONDecodeError as error:
            raise ValueError(f"{path}, line {number} is not JSON ({error.msg}); correct it") from None
        yield row if isinstance(row, str) else _cell(row, column, f"{path}, line {number}")


def _entries(path: Path, column: str) -> Iterator[str]:
    """The texts of a JSON file: never its marks and names."""
    try:
        found = json.loads(_decoded(path))
    except json.JSONDecodeError as error:
        raise ValueError(f"{path} is not JSON (line {error.lineno}: {error.msg}); correct it") from None
    if isinstance(found, dict) and isinstance(found.get(column), list):
        found = found[column]
    rows = found if isinstance(found, list) else [found]
    for number, row in enumerate(rows, 1):
        yield row if isinstance(row, str) else _cell(row, column, f"{path}, entry {number}")


def _table(path: Path, column: str) -> list[str]:
    with naming_file(path):
        table = read_table(path, WORDS)
        if column not in table.columns:
            raise ValueError(f"no text in column {column!r} (there is {list(table.columns)[:8]}); name the right one")
        return table.columns[column].texts()


def _cell(row: Any, column: str, place: str) -> str:
    if not isinstance(row, dict) or not isinstance(row.get(column), str):
        names = sorted(map(str, row))[:8] if isinstance(row, dict) else type(row).__name__
        raise ValueError(f"{place} has no text in column {column!r} (there is {names}); name the column that holds it")
    return row[column]


def _columns(path: Path, column: str) -> list[str]:
    if find_spec("pyarrow") is None:
        raise ValueError(f"{path.name} needs pyarrow, which is not installed; run: pip install pyarrow")
    import pyarrow  # pyright: ignore[reportMissingImports]
    import pyarrow.parquet  # pyright: ignore[reportMissingImports]

    try:
        if path.suffix.lower() == ".parquet":
            table = pyarrow.parquet.read_table(path)
        else:
            with pyarrow.memory_map(str(path)) as source:
                table = pyarrow.ipc.open_stream(source).read_all()
    except pyarrow.ArrowInvalid as error:
        raise ValueError(f"{path} cannot be read ({str(error).splitlines()[0]}); write it again") from None
    if column not in table.column_names:
        raise ValueError(f"{path} has no column {column!r} (there is {table.column_names[:8]}); name the right one")
    return [str(text) for text in table.column(column).to_pylist() if text is not None]


def _data_set(path: Path, column: str) -> Iterator[str]:
    """A data set of Hugging Face, or several under names; its shards are Arrow files, named in `state.json`."""
    if (path / "dataset_dict.json").is_file():
        for name in json.loads((path / "dataset_dict.json").read_text())["splits"]:
            yield from _data_set(path / name, column)
        return
    for entry in json.loads((path / "state.json").read_text())["_data_files"]:
        yield from _columns(path / entry["filename"], column)

"""Text files: a folder of texts, JSON lines, tables, a saved Hugging Face data set, as texts one after another.

JSON lines, Parquet and Arrow are read piece by piece, so that they may be larger than memory.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from ..tables.table import WORDS, naming_file, read_table
from .conversation import Conversation

KINDS = (".txt", ".md", ".json", ".jsonl", ".csv", ".tsv", ".parquet", ".arrow")


@dataclass(frozen=True)
class TextFiles:
    """The texts of a file or folder, in the order of its files' names; empty ones are left out. Can be read again.

    A folder is searched for .txt and .md (a text each), .json (a list of texts, or of rows with `column`), .jsonl,
    .csv, .parquet (a text each row, in `column`), and may be what `datasets.save_to_disk` wrote. A cell of `column`
    that holds a list of messages is a `Conversation`. Raises ValueError for what is missing and, while it is read,
    for what is unreadable.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     _ = (Path(folder) / "a.txt").write_text("One text.")
    ...     print(list(TextFiles(Path(folder))))
    ['One text.']
    """

    path: Path
    column: str = "text"

    def __post_init__(self) -> None:
        if not self.path.exists():
            raise ValueError(f"text {str(self.path)!r} is neither file nor folder; check the path")

    def __iter__(self) -> Iterator[str | Conversation]:
        read = _folder if self.path.is_dir() else _file
        for text in read(self.path, self.column):
            if isinstance(text, Conversation) or text.strip():
                yield text

    def refuse_empty(self) -> TextFiles:
        """Itself. Raises ValueError where there is no text at all."""
        if next(iter(self), None) is None:
            text = f"text {str(self.path)!r} is an empty corpus; give {', '.join(KINDS)} files with text in them"
            raise ValueError(text)
        return self


def read_texts(path: Path | str, column: str = "text") -> list[str]:
    """All texts of a file or folder at once (see `TextFiles`). Raises ValueError, also for conversations."""
    texts = list(TextFiles(Path(path), column).refuse_empty())
    found = [text for text in texts if isinstance(text, str)]
    if len(found) < len(texts):
        raise ValueError(f"text {str(path)!r} holds conversations; only text can be read here")
    return found


def text_of(row: Any, column: str, place: str) -> str | Conversation:
    """The text of a row, which is one itself or has it in `column`. Raises ValueError, naming the row's `place`."""
    if isinstance(row, str):
        return row
    if not isinstance(row, Mapping):
        raise ValueError(f"{place} is a {type(row).__name__}; give text, or rows with a column {column!r}")
    cell = row.get(column)
    talk = Conversation.of(cell)
    if talk is not None:
        return talk
    if isinstance(cell, str):
        return cell
    names = sorted(map(str, row))[:8]
    raise ValueError(f"{place} has no text in column {column!r} (there is {names}); name the column that holds it")


def _folder(path: Path, column: str) -> Iterator[str | Conversation]:
    if (path / "state.json").is_file() or (path / "dataset_dict.json").is_file():
        yield from _data_set(path, column)
        return
    for file in sorted(path.rglob("*")):
        if file.is_file() and file.suffix.lower() in KINDS and not file.name.startswith("."):
            yield from _file(file, column)


def _file(path: Path, column: str) -> Iterable[str | Conversation]:
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
    return _words(path.read_bytes(), path, 0)


def _words(raw: bytes, path: Path, start: int) -> str:
    """Bytes of a file from place `start` on as text. Raises ValueError for what is none."""
    try:
        text = raw.decode("utf-8-sig" if start == 0 else "utf-8")
    except UnicodeDecodeError as error:
        raise ValueError(f"{path} is no UTF-8 text (byte {start + error.start}); convert it to UTF-8") from None
    if "\0" in text:
        raise ValueError(f"{path} is no text but binary (it holds a zero byte); give {', '.join(KINDS)} files")
    return text


def _lines(path: Path, column: str) -> Iterator[str | Conversation]:
    start = 0
    with path.open("rb") as file:
        for number, raw in enumerate(file, 1):
            line = _words(raw, path, start)
            start += len(raw)
            if not line.strip():
                continue
            try:
                row = json.loads(line)
            except json.JSONDecodeError as error:
                raise ValueError(f"{path}, line {number} is not JSON ({error.msg}); correct it") from None
            yield text_of(row, column, f"{path}, line {number}")


def _entries(path: Path, column: str) -> Iterator[str | Conversation]:
    """The texts of a JSON file: never its marks and names."""
    try:
        found = json.loads(_decoded(path))
    except json.JSONDecodeError as error:
        raise ValueError(f"{path} is not JSON (line {error.lineno}: {error.msg}); correct it") from None
    if isinstance(found, dict) and isinstance(found.get(column), list) and Conversation.of(found[column]) is None:
        found = found[column]
    rows = found if isinstance(found, list) else [found]
    for number, row in enumerate(rows, 1):
        yield text_of(row, column, f"{path}, entry {number}")


def _table(path: Path, column: str) -> list[str]:
    with naming_file(path):
        table = read_table(path, WORDS)
        if column not in table.columns:
            raise ValueError(f"no text in column {column!r} (there is {list(table.columns)[:8]}); name the right one")
        return table.columns[column].texts()


def _columns(path: Path, column: str) -> Iterator[str | Conversation]:
    if find_spec("pyarrow") is None:
        raise ValueError(f"{path.name} needs pyarrow, which is not installed; run: pip install pyarrow")
    import pyarrow  # pyright: ignore[reportMissingImports]

    read = _parquet if path.suffix.lower() == ".parquet" else _arrow
    number = 0
    try:
        for cells in read(path, column):
            for cell in cells:
                number += 1
                if cell is not None:
                    whole = cell if isinstance(cell, str | list) else str(cell)
                    yield text_of({column: whole}, column, f"{path}, row {number}")
    except pyarrow.ArrowInvalid as error:
        raise ValueError(f"{path} cannot be read ({str(error).splitlines()[0]}); write it again") from None


def _parquet(path: Path, column: str) -> Iterator[list[Any]]:
    import pyarrow.parquet  # pyright: ignore[reportMissingImports]

    with pyarrow.parquet.ParquetFile(path) as file:
        _refuse_column(path, column, file.schema_arrow.names)
        for batch in file.iter_batches(columns=[column]):
            yield batch.column(0).to_pylist()


def _arrow(path: Path, column: str) -> Iterator[list[Any]]:
    import pyarrow  # pyright: ignore[reportMissingImports]

    with pyarrow.memory_map(str(path)) as source:
        stream = pyarrow.ipc.open_stream(source)
        _refuse_column(path, column, stream.schema.names)
        for batch in stream:
            yield batch.column(stream.schema.get_field_index(column)).to_pylist()


def _refuse_column(path: Path, column: str, names: list[str]) -> None:
    if column not in names:
        raise ValueError(f"{path} has no column {column!r} (there is {names[:8]}); name the right one")


def _data_set(path: Path, column: str) -> Iterator[str | Conversation]:
    """A data set of Hugging Face, or several under names; its shards are Arrow files, named in `state.json`."""
    if (path / "dataset_dict.json").is_file():
        for name in json.loads((path / "dataset_dict.json").read_text())["splits"]:
            yield from _data_set(path / name, column)
        return
    for entry in json.loads((path / "state.json").read_text())["_data_files"]:
        yield from _columns(path / entry["filename"], column)

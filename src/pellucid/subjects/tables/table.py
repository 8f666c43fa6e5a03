"""The one reader of tables: .csv, .tsv and .txt in any usual dialect, .jsonl, .npz and .parquet.

.csv, .tsv, .txt: rows of cells that commas, semicolons, tabs, bars or blanks separate, with or without a header,
quotes, a byte-order mark, comments (lines that start with #), decimal commas, separated thousands, ISO dates, and a
first column without a name that counts the rows. Without a header the columns are x0, x1, ... and the last one is y.

    m,v,energy
    2.0,3.0,9.0

.jsonl: one object a line, {"m": 2.0, "v": 3.0, "energy": 9.0}.

.npz: either `X` (rows, features) and `y` (rows,), with `names` (features,) if wanted, or one array (rows,) a column.

.parquet: where pyarrow is installed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from .columns import Column, Table
from .other_tables import read_jsonl_table, read_npz_table, read_parquet_table
from .text_table import NUMBERS, WORDS, TextFormat, read_text_table

__all__ = ["NUMBERS", "SUFFIXES", "WORDS", "Column", "Table", "TextFormat", "naming_file", "read_table"]

_READERS: Mapping[str, Callable[[Path, TextFormat], Table]] = {
    ".csv": read_text_table,
    ".tsv": read_text_table,
    ".txt": read_text_table,
    ".jsonl": read_jsonl_table,
    ".npz": read_npz_table,
    ".parquet": read_parquet_table,
}
SUFFIXES = tuple(_READERS)


def read_table(path: Path | str, form: TextFormat = NUMBERS, suffixes: tuple[str, ...] = SUFFIXES) -> Table:
    """The table in `path`, as columns by name; `form` says what a text file may look like.

    What was assumed is told in the `notes` of the table. Raises ValueError, in one line that says what is wrong, where,
    and what to do; OSError where the file cannot be read. `naming_file` puts the file's name before it.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder) / "rows.csv"
    ...     _ = file.write_text("mass,energy\\n1,2\\n3,6\\n")
    ...     table = read_table(file)
    >>> list(table.columns), table.rows
    (['mass', 'energy'], 2)
    """
    path = Path(path)
    suffix = path.suffix.lower()
    if suffix not in suffixes:
        raise ValueError(f"suffix {path.suffix!r} is unknown; give one of {', '.join(suffixes)}")
    if path.stat().st_size == 0:
        raise ValueError("the file is empty; give a header and rows")
    return _READERS[suffix](path, form)


@contextmanager
def naming_file(path: Path | str) -> Iterator[None]:
    """Puts the file's name before the message of every ValueError.

    >>> try:
    ...     with naming_file("runs/a.csv"):
    ...         raise ValueError("the file is empty")
    ... except ValueError as error:
    ...     print(error)
    a.csv: the file is empty
    """
    try:
        yield
    except ValueError as error:
        raise ValueError(f"{Path(path).name}: {error}") from None

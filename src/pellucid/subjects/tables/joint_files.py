"""Joints from files: one observation a row, or a table of counts or probabilities whose first column names its rows."""

from __future__ import annotations

from pathlib import Path
from typing import NoReturn

import numpy as np

from .cells import is_missing
from .columns import Column, Table
from .joint import Joint
from .table import SUFFIXES, WORDS, naming_file, read_table

__all__ = ["SUFFIXES", "read_joint"]


def read_joint(path: Path | str, *, rows: str = "", by: str = "", count: str = "", normalise: bool = False) -> Joint:
    """How often a value of the column `rows` comes with one of the column `by`, each row as often as `count` says.

    Without `rows` and `by` the file is the table itself: its first column names the rows, its header the columns, and
    its cells are counts (all whole numbers) or probabilities. What was left out is told in the `notes`. Raises
    ValueError, in one line that names file, column and remedy; OSError where the file cannot be read.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder) / "words.csv"
    ...     _ = file.write_text("letter,next\\na,b\\na,c\\nb,c\\n")
    ...     read_joint(file, rows="letter", by="next").weights
    ((1, 1), (0, 1))
    """
    with naming_file(path):
        if bool(rows) != bool(by):
            raise ValueError("only one of --rows and --by is given; name both columns, or none for a table of counts")
        table = read_table(path, WORDS)
        if not rows:
            return _of_table(table, normalise)
        return _of_observations(table, rows, by, count)


def _of_observations(table: Table, rows: str, by: str, count: str) -> Joint:
    x, y = table.find(rows, "rows"), table.find(by, "by")
    if x.name == y.name:
        raise ValueError(f"rows and by are both {rows!r}; name two columns")
    texts = [_texts(x), _texts(y)]
    missing = [i for i, cells in enumerate(zip(*texts, strict=True)) if any(map(is_missing, cells))]
    kept = [i for i in range(len(texts[0])) if i not in set(missing)]
    times = None if not count else _whole_numbers(table.find(count, "count"), kept, table)
    first, second = ([column[i] for i in kept] for column in texts)
    found = Joint.from_pairs(first, second, times, names=(x.name, y.name))
    _refuse_numbers(found, len(kept))
    note = f"{len(missing)} of {len(texts[0])} rows lack a value and are left out"
    notes = (*found.notes, *((note,) if missing else ()))
    return Joint(found.weights, found.rows, found.columns, True, notes, x.name, y.name)


def _refuse_numbers(found: Joint, rows: int, most: int = 30) -> None:
    """Raises ValueError where nearly every row has a value of its own: what never came twice says nothing."""
    for name, values in ((found.row_name, found.rows), (found.column_name, found.columns)):
        if len(values) > max(most, rows // 2) or len(values) == rows > 8:
            raise ValueError(
                f"column {name!r} has {len(values)} different values in {rows} rows, so that it holds no categories; a "
                "score is graded by --bins 5, other numbers have to be grouped first"
            )


def _of_table(table: Table, normalise: bool) -> Joint:
    names, *columns = table.columns.values()
    if not columns:
        raise ValueError("the file has one column; give --rows and --by of observations, or a table of counts")
    cells = [list(row) for row in zip(*(_texts(column) for column in columns), strict=True)]
    for cell in (cell for row in cells for cell in row if cell):
        if not _is_number(cell):
            _refuse_cell(cell)
    cells = [[cell or "0" for cell in row] for row in cells]
    rows, heads = _texts(names), [column.name for column in columns]
    whole = all(float(cell).is_integer() for row in cells for cell in row)
    if whole:
        return Joint.from_counts(cells, rows, heads)
    return Joint.from_probabilities(cells, rows, heads, normalise=normalise)


def _refuse_cell(cell: str) -> NoReturn:
    """Raises ValueError for a cell that is neither a number nor empty, by what it is like."""
    if is_missing(cell) or cell.lower().strip("+-") in ("inf", "infinity"):
        raise ValueError(f"{cell!r} is no count; leave the cell empty where nothing was seen, or its row out")
    if _is_number(cell.replace(",", ".")):
        raise ValueError(f"{cell!r}: a table of counts has no decimal commas; write {cell.replace(',', '.')}")
    raise ValueError(f"{cell!r} is no number, so that this is no table of counts; name two columns: --rows, --by")


def _texts(column: Column) -> list[str]:
    """The cells as text; whole numbers without the point that arrays give them."""
    if column.values.dtype.kind == "f" and np.isfinite(column.values).all() and (column.values % 1 == 0).all():
        return [str(int(value)) for value in column.values]
    return [text.strip() for text in column.texts()]


def _is_number(cell: str) -> bool:
    try:
        return np.isfinite(float(cell))
    except ValueError:
        return False


def _whole_numbers(column: Column, rows: list[int], table: Table) -> list[int]:
    """The counts in some rows. Raises ValueError for what is none."""
    cells = _texts(column)
    for row in rows:
        if not _is_number(cells[row]) or not float(cells[row]).is_integer() or float(cells[row]) < 0:
            where = f"column {column.name!r}, {table.where([row])}"
            raise ValueError(f"{where}: {cells[row]!r} is no count; give a whole number")
    return [int(float(cells[row])) for row in rows]

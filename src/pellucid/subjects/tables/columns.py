"""A table as plain columns by name; what they mean is for each subject to say."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from .cells import is_missing, read_number
from .identifiers import column_names, identifiers


@dataclass(frozen=True, eq=False)
class Column:
    """values (rows,): numbers, NaN where there is none; or the cells as text, where most of them are words."""

    name: str
    values: NDArray
    odd: Mapping[int, str] = field(default_factory=dict)
    """The cell of each row that should hold a finite number and does not: missing, infinite, complex, a word."""
    note: str = ""
    """How the numbers were made, where the cells were something else."""
    holds_dates: bool = False
    """Whether these were dates, or times of day."""

    @property
    def is_number(self) -> bool:
        return self.values.dtype.kind in "iufb"

    def texts(self) -> list[str]:
        """The values as text, as they are written in the file where the column was read as text."""
        return [str(value) for value in self.values.tolist()]


@dataclass(frozen=True, eq=False)
class Table:
    """Columns of equally many rows by name, in the order of the file."""

    columns: Mapping[str, Column]
    notes: tuple[str, ...] = ()
    """What was assumed and left out on the way in, one sentence each."""
    unit: str = "row"
    """What its places are called: "line" in a text file, or "row"."""
    lines: Callable[[Sequence[int]], list[int]] = list
    """The places of rows in the file; rows count from 0."""
    has_header: bool = True
    """Whether the names of the columns stand in the file."""

    @property
    def rows(self) -> int:
        return len(next(iter(self.columns.values())).values) if self.columns else 0

    def where(self, rows: Sequence[int], most: int = 4) -> str:
        """The places of some rows, in words.

        >>> Table({}).where([3, 4, 7])
        'rows 3, 4 and 7'
        """
        places = [str(line) for line in self.lines(list(rows[:most]))]
        rest = len(rows) - len(places)
        if len(rows) == 1:
            return f"{self.unit} {places[0]}"
        last = f"{rest} more" if rest else places.pop()
        return f"{self.unit}s {', '.join(places)} and {last}"

    def find(self, wanted: str, role: str) -> Column:
        """The column called `wanted`, in the file or in formulas, with its unit or without.

        Raises ValueError that lists the columns.

        >>> import numpy as np
        >>> table = Table({"body mass": Column("body mass", np.array([1.0, 2.0]))})
        >>> table.find("body_mass", "target").name
        'body mass'
        """
        if wanted in self.columns:
            return self.columns[wanted]
        for names in (column_names(self.columns), identifiers(self.columns)):
            if wanted in names:
                return list(self.columns.values())[names.index(wanted)]
        raise ValueError(f"{role} {wanted!r} is no column; choose among {listed(list(self.columns))}")

    def target(self, wanted: str = "", apart: Sequence[Column] = ()) -> Column:
        """The column to be explained: the one called `wanted`; where none is named y, or the last one of numbers that
        does not stand `apart`. Raises ValueError.

        >>> import numpy as np
        >>> table = Table({name: Column(name, np.array([1.0, 2.0])) for name in ("t", "height")})
        >>> table.target().name
        'height'
        """
        if wanted or "y" in [*self.columns, *column_names(self.columns)]:
            return self.find(wanted or "y", "target")
        numbers = [each for each in self.columns.values() if each.is_number and all(each is not one for one in apart)]
        if not numbers:
            raise ValueError("there is no column of numbers to be explained; name one by target")
        return numbers[-1]

    def fault(self, column: Column) -> str:
        """What is wrong with a column that should hold numbers, and where; "" where nothing is.

        >>> Table({}).fault(Column("a", np.array([1.0, np.nan]), {1: "x1"}))
        "column 'a', row 1: 'x1' is no number"
        """
        if not column.is_number:
            return f"column {column.name!r} holds words, not numbers"
        if not column.odd:
            return ""
        first = next(iter(column.odd.values()))
        kind = _what(first)
        rows = [row for row, cell in column.odd.items() if _what(cell) == kind]
        count = "" if len(rows) == 1 else f"{len(rows)} cells: the first, "
        wrong = f"the value is missing ({first!r})" if kind == "missing" else f"{first!r} is {kind}"
        if kind == "missing" and len(rows) > 1:
            count, wrong = "", f"{len(rows)} values are missing ({first!r})"
        return f"column {column.name!r}, {self.where(rows)}: {count}{wrong}"


def listed(names: Sequence[str], most: int = 20) -> str:
    """The names in one line, cut after so many.

    >>> listed(["a", "b", "c"], 2)
    'a, b, ...'
    """
    return ", ".join(names[:most]) + (", ..." if len(names) > most else "")


def _what(cell: str) -> str:
    """What a cell is that should hold a finite number."""
    if is_missing(cell):
        return "missing"
    if read_number(cell) is not None:
        return "infinite"
    try:
        complex(cell.replace(" ", "").replace("i", "j"))
    except ValueError:
        return "no number"
    return "complex"


def dates_as_numbers(column: Column) -> Column:
    """Microseconds as days, hours, minutes or seconds since the first: the largest unit that the span holds twice."""
    values = column.values
    if not np.isfinite(values).any():
        return column
    start, span = np.nanmin(values), np.nanmax(values) - np.nanmin(values)
    units = (("days", 86_400e6), ("hours", 3_600e6), ("minutes", 60e6), ("seconds", 1e6))
    unit, size = next(((unit, size) for unit, size in units if span >= 2 * size), units[-1])
    since = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=float(start))
    clock = start < 2 * 86_400e6
    first = f"{since:%H:%M:%S}" if clock else f"{since:%Y-%m-%d %H:%M:%S}"
    note = f"column {column.name!r} holds {'times' if clock else 'dates'}, read as {unit} since {first}"
    return Column(column.name, (values - start) / size, column.odd, note, holds_dates=True)

"""Cells of text as numbers: decimal commas, separators of thousands, missing values, dates and times.

A cell such as 1,234 means two different numbers in two countries, so no cell is read alone: `find_decimal_marks` looks
at all columns first, and says where it had to assume something.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
from jaxtyping import Float
from numpy.typing import NDArray

POINT, COMMA = ".", ","
Cells: TypeAlias = Sequence[str] | NDArray[np.object_]
"""The cells (rows,) of a column, as text."""
Kind: TypeAlias = Literal["number", "date", "word"]

_GROUPS = r"'’ \u00a0\u202f"
"""Separators of thousands in any country: apostrophes and blanks. Points and commas depend on the decimal mark."""
_SHAPED = re.compile(rf"[+-]?[\d.,{_GROUPS}]*\d[\d.,]*(?:[eE][+-]?\d+)?")
_NUMBER = {
    mark: re.compile(
        rf"([+-]?)(\d+|\d{{1,3}}(?:([{group}{_GROUPS}])\d{{3}})(?:\3\d{{3}})*|)(?:{re.escape(mark)}(\d*))?([eE][+-]?\d+)?"
    )
    for mark, group in ((POINT, COMMA), (COMMA, "."))
}
_DATE = re.compile(r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?")
_WRITTEN = re.compile(r"(\d{1,4})([./])(\d\d?)\2(\d{1,4})(?:,?[T ]\s*(\d\d?)(:\d\d(?::\d\d(?:[.,]\d+)?)?))?")
_CLOCK = re.compile(r"(\d{1,2}):(\d\d)(?::(\d\d(?:\.\d+)?))?")


@dataclass(frozen=True)
class Marks:
    """The decimal mark of each column, with one sentence for each thing that was assumed."""

    decimal: tuple[str, ...]
    notes: tuple[str, ...] = ()


def read_number(cell: str, decimal: str = POINT) -> float | None:
    """The number in `cell`, whose decimal mark is known; None where it holds none.

    >>> read_number("1,234.5"), read_number("1.234,5", ","), read_number("12,34"), read_number("6.0e-3 ")
    (1234.5, 1234.5, None, 0.006)
    """
    cell = cell.strip()
    if decimal == POINT or ("." not in cell and "," not in cell):
        try:
            return float(cell)
        except ValueError:
            pass
    match = _NUMBER[decimal].fullmatch(cell)
    if match is None or not (match[2] or match[4]):
        return None
    sign, whole, group, fraction, exponent = match.groups(default="")
    return float(f"{sign}{whole.replace(group, '') if group else whole}.{fraction or '0'}{exponent}")


def is_missing(cell: str) -> bool:
    """Whether the cell says that its value is not there.

    >>> is_missing(" N/A "), is_missing("0")
    (True, False)
    """
    marks = ("", "na", "n/a", "#n/a", "nan", "-nan", "null", "none", "nil", "missing", "?", "-", "--", ".")
    return cell.strip().lower() in marks


def says_number(cell: str) -> bool:
    """Whether `cell` is a number with whatever decimal mark, or a date or time.

    >>> [says_number(cell) for cell in ("1.234,5", "2024-01-31", "12:30", "1,", "north")]
    [True, True, True, False, False]
    """
    cell = cell.strip()
    if cell.endswith(COMMA):
        return False
    return any(read_number(cell, mark) is not None for mark in (POINT, COMMA)) or any(
        shape.fullmatch(cell) for shape in (_DATE, _CLOCK, _WRITTEN)
    )


def find_decimal_marks(columns: Mapping[str, Cells], *, commas_separate_cells: bool) -> Marks:
    """The decimal mark of every column, from cells that allow one reading only (1,5 or 1.234,5 or 1,234,567).

    A column without such a cell follows the others. Where nothing decides, a comma is a decimal one, or, where
    unquoted commas separate the cells, one that separates thousands. Raises ValueError for a column with both.

    >>> find_decimal_marks({"a": ["1,5"], "b": ["1.234"]}, commas_separate_cells=False).decimal
    (',', ',')
    """
    if not any("," in cell or cell.count(".") > 1 for cells in columns.values() for cell in cells):
        return Marks((POINT,) * len(columns))
    found = {name: _decisive_marks(cells) for name, cells in columns.items()}
    for name, examples in found.items():
        if len(examples) > 1:
            raise ValueError(
                f"column {name!r} holds {examples[COMMA]!r} and {examples[POINT]!r}: decimal commas and decimal "
                "points; write all numbers alike"
            )
    usual = _usual_mark(found, POINT if commas_separate_cells else COMMA)
    decimal = tuple(next(iter(examples), usual) for examples in found.values())
    return Marks(decimal, tuple(_notes(columns, decimal, found)))


def _usual_mark(found: Mapping[str, dict[str, str]], otherwise: str) -> str:
    """The decimal mark that all columns with a decisive cell agree on."""
    seen = {mark for examples in found.values() for mark in examples}
    return seen.pop() if len(seen) == 1 else otherwise


def _decisive_marks(cells: Cells) -> dict[str, str]:
    """The decimal marks that cells of a column leave no doubt about, each with the first such cell."""
    found: dict[str, str] = {}
    for cell in cells:
        if ("," in cell or "." in cell) and (mark := decimal_mark(cell)) is not None:
            found.setdefault(mark, cell.strip())
    return found


def decimal_mark(cell: str) -> str | None:
    """The decimal mark of a number, where only one reading is possible; None for 1,234 and 1.234 and what is none.

    >>> [decimal_mark(cell) for cell in ("1,5", "0.123", "1,234.5", "1.234.567", "1,234")]
    [',', '.', '.', ',', None]
    """
    cell = cell.strip()
    if _SHAPED.fullmatch(cell) is None:
        return None
    readings = [mark for mark in (POINT, COMMA) if read_number(cell, mark) is not None]
    if len(readings) == 2:
        return _by_leading_zero(cell)
    return readings[0] if readings else None


def _by_leading_zero(cell: str) -> str | None:
    """0,123 and 0.123 are no thousands."""
    digits = cell.lstrip("+-")
    return digits[1] if digits[:2] in ("0.", "0,") else None


def _notes(
    columns: Mapping[str, Cells], decimal: tuple[str, ...], found: Mapping[str, dict[str, str]]
) -> Iterator[str]:
    """What was assumed of the commas and points in numbers."""
    marked = list(_marked(columns, decimal))
    doubt = ""
    if not any(found.values()) and marked:
        doubt = f" (an assumption: {marked[0][1]!r} in column {marked[0][0]!r} could mean either)"
    seen = {(mark, sign) for _, cell, mark in marked for sign in ",." if sign in cell}
    for case, sentence in (
        ((COMMA, ","), "commas within numbers are read as decimal points"),
        ((POINT, ","), "commas within numbers separate thousands"),
        ((COMMA, "."), "points within numbers separate thousands"),
    ):
        if case in seen:
            yield f"{sentence}{doubt}"


def _marked(columns: Mapping[str, Cells], decimal: tuple[str, ...]) -> Iterator[tuple[str, str, str]]:
    """(column, cell, decimal mark) for every number with a comma or point in it."""
    for (name, cells), mark in zip(columns.items(), decimal, strict=True):
        for cell in cells:
            if ("," in cell or "." in cell) and read_number(cell, mark) is not None:
                yield name, cell.strip(), mark


# --------------------------------------------------------------------------------------------- columns of numbers


def cells_to_numbers(cells: Cells, decimal: str) -> Float[np.ndarray, " rows"]:
    """The numbers in cells; NaN where there is none.

    >>> cells_to_numbers(["1,5", "x", "2"], ",").tolist()
    [1.5, nan, 2.0]
    """
    try:
        if decimal == POINT:
            return np.array(cells, dtype=object).astype(np.float64)  # Python's float: exact, and most cells are plain
        if not any("." in cell for cell in cells):
            return np.array([cell.replace(",", ".") for cell in cells], dtype=object).astype(np.float64)
    except ValueError:
        pass
    read = (read_number(cell, decimal) for cell in cells)
    return np.array([np.nan if value is None else value for value in read], dtype=np.float64)


def cells_to_microseconds(cells: Cells) -> Float[np.ndarray, " rows"]:
    """Dates as microseconds since 1970 (UTC), times of day as microseconds; NaN where there is neither.

    >>> cells_to_microseconds(["00:01:00.5"]).tolist()
    [60500000.0]
    """
    cells = iso_dates(cells)
    if any(_CLOCK.fullmatch(cell.strip()) for cell in cells):
        return np.array([_clock(cell.strip()) for cell in cells], dtype=np.float64)
    import pandas

    dates = pandas.to_datetime(
        [cell.strip().replace(",", ".") for cell in cells], format="ISO8601", utc=True, errors="coerce"
    )
    values = dates.as_unit("us").asi8.astype(np.float64)
    values[np.asarray(dates.isna())] = np.nan
    return values


def iso_dates(cells: Cells) -> Cells:
    """Dates such as 31.12.2024, 2024/12/31 or 12/31/2024 as ISO dates, other cells as they are.

    Between points the day is first; between slashes, where the year is last, some date has to tell the day from the
    month, by being above 12: else all are left as they are.

    >>> iso_dates(["31.1.2024 8:30", "2.1.2024"]), iso_dates(["1/2/2024", "1/13/2024"]), iso_dates(["1/2/2024"])
    (['2024-01-31T08:30', '2024-01-02'], ['2024-01-02', '2024-01-13'], ['1/2/2024'])
    """
    found = [_WRITTEN.fullmatch(cell.strip()) for cell in cells]
    dates = [match for match in found if match]
    if not dates:
        return cells
    order = _order_between_slashes(dates)
    return [(match and _iso_date(match, *order)) or cell for cell, match in zip(cells, found, strict=True)]


def _order_between_slashes(dates: Sequence[re.Match[str]]) -> tuple[bool, bool]:
    """Whether some date with slashes, its year last, can only have the day first; and whether one only the month."""
    slashed = [match for match in dates if match[2] == "/" and len(match[4]) == 4]
    return any(int(match[1]) > 12 for match in slashed), any(int(match[3]) > 12 for match in slashed)


def _iso_date(match: re.Match[str], day_first: bool, month_first: bool) -> str | None:
    """None where the match does not say which number is the day."""
    parts = _year_month_day(match, day_first, month_first)
    if parts is None:
        return None
    clock = f"T{int(match[5]):02d}{match[6]}" if match[5] else ""
    return f"{parts[0]:04d}-{parts[1]:02d}-{parts[2]:02d}{clock}"


def _year_month_day(match: re.Match[str], day_first: bool, month_first: bool) -> tuple[int, int, int] | None:
    """None where the match does not say."""
    first, middle, last = int(match[1]), int(match[3]), int(match[4])
    if len(match[1]) == 4:
        return first, middle, last
    if len(match[4]) != 4 or (match[2] == "/" and day_first == month_first):
        return None
    return (last, first, middle) if match[2] == "/" and month_first else (last, middle, first)


def _clock(cell: str) -> float:
    match = _CLOCK.fullmatch(cell)
    if match is None:
        return np.nan
    return 1e6 * (3600 * int(match[1]) + 60 * int(match[2]) + float(match[3] or 0))


def kind_of_cells(cells: Cells, decimal: str) -> Kind:
    """What most of the cells that hold something are: numbers, dates, or words.

    >>> kind_of_cells(["1,5", "", "2,5"], ","), kind_of_cells(["2024-01-31", "12"], "."), kind_of_cells(["a", "1"], ".")
    ('number', 'word', 'word')
    """
    full = [cell.strip() for cell in cells if not is_missing(cell)]
    if 2 * sum(read_number(cell, decimal) is not None for cell in full) > len(full):
        return "number"
    dates = iso_dates(full)
    if any(2 * sum(bool(shape.fullmatch(cell)) for cell in dates) > len(full) for shape in (_DATE, _CLOCK)):
        return "date"
    return "word"

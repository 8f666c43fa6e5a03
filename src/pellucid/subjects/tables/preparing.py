"""A table made ready for a formula: rows with missing values, codes that stand for them, and categories in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float
from numpy.typing import NDArray

from .cells import is_missing
from .columns import Column, Table

Array = NDArray[np.float64]
Counts = NDArray[np.int64]


@dataclass(frozen=True)
class Missing:
    """What becomes of rows in which a value is missing: refused, or dropped; and which numbers stand for "missing"."""

    drop: bool = False
    codes: tuple[float, ...] = ()

    @classmethod
    def parse(cls, text: str) -> Missing:
        """ "refuse", "drop", or numbers that stand for a missing value, whose rows are dropped as well.

        >>> Missing.parse("drop,-999")
        Missing(drop=True, codes=(-999.0,))
        """
        words = [word.strip() for word in text.split(",") if word.strip()]
        if words == ["refuse"]:
            return cls()
        try:
            codes = tuple(float(word) for word in words if word != "drop")
        except ValueError:
            codes = ()
        if not words or len(codes) != sum(word != "drop" for word in words):
            raise ValueError(f"missing={text!r} is unknown; give drop, refuse, or numbers such as -999 to be dropped")
        return cls(True, codes)


def without_missing(table: Table, columns: Iterable[Column], missing: Missing) -> Table:
    """The rows of which no value in `columns` is missing, with a note on how many are gone and where they were.

    >>> table = Table({"a": Column("a", np.array([1.0, np.nan, -9.0, 2.0]), {1: "NA"})})
    >>> kept = without_missing(table, table.columns.values(), Missing(True, (-9.0,)))
    >>> kept.columns["a"].values.tolist(), kept.notes
    ([1.0, 2.0], ('dropped 2 of 4 rows, in which a value is missing (rows 1 and 2)',))
    """
    if not missing.drop:
        return table
    gone = _rows_with_missing(table, columns, missing.codes)
    if not gone.any():
        return table
    kept = np.flatnonzero(~gone)
    if not len(kept):
        raise ValueError(f"a value is missing in each of {table.rows} rows; choose other features")
    where = table.where(np.flatnonzero(gone).tolist())
    note = f"dropped {gone.sum()} of {table.rows} rows, in which a value is missing ({where})"
    place = {row: i for i, row in enumerate(kept.tolist())}
    selected = {name: _selected(column, kept, place) for name, column in table.columns.items()}
    lines = table.lines
    return replace(
        table, columns=selected, notes=(*table.notes, note), lines=lambda rows: lines([int(kept[row]) for row in rows])
    )


def _rows_with_missing(table: Table, columns: Iterable[Column], codes: Sequence[float]) -> NDArray[np.bool_]:
    """For each row (rows,), whether a value in `columns` is missing, or a number that stands for it."""
    gone = np.zeros(table.rows, dtype=bool)
    for column in columns:
        gone[[row for row, cell in column.odd.items() if is_missing(cell)]] = True
        if column.is_number:
            gone |= np.isin(column.values, codes)
        else:
            gone |= np.array([is_missing(text) for text in column.texts()], dtype=bool)
    return gone


def _selected(column: Column, kept: np.ndarray, place: Mapping[int, int]) -> Column:
    odd = {place[row]: cell for row, cell in column.odd.items() if row in place}
    return replace(column, values=column.values[kept], odd=odd)


@dataclass(frozen=True)
class Suspicion:
    """When a repeated number is taken for a code. Chosen so that no column of the built-in tables has one."""

    repeats: int = 2
    """A measurement rarely comes twice far outside all others; a code does."""
    distance: float = 2.0
    """From the nearest 5 % or 95 % quantile of the others, in distances between those two."""
    usual: tuple[float, ...] = (0.0, -1.0, -9.0, -99.0, -999.0, -9999.0, 99.0, 999.0, 9999.0, 99999.0)
    """Codes that are in use: half the distance is enough for them."""
    alone: float = 0.5
    """Of its way from the quantile, this share is empty around a code; in a long tail other values are near, and of
    many rounded rows some are equal there."""


def suspected_code(values: Float[np.ndarray, " rows"]) -> tuple[float, int] | None:
    """A number far outside the spread of the other values (rows,) that repeats exactly, and how often; None where none.

    >>> suspected_code(np.array([3.1, 4.2, -999.0, 3.7, 5.0, -999.0, 4.4]))
    (-999.0, 2)
    """
    suspicion = Suspicion()
    numbers, counts = np.unique(values, return_counts=True)
    repeated = np.flatnonzero((counts >= suspicion.repeats) & (2 * counts <= len(values)))
    if len(numbers) < 5 or not len(repeated):  # fewer than four others are no spread
        return None
    low, high = (_quantile_of_others(numbers, counts, repeated, share) for share in (0.05, 0.95))
    found = numbers[repeated]
    way = np.maximum(low - found, found - high)
    far = way / np.where(high > low, high - low, np.inf)
    limit = suspicion.distance * np.where(np.isin(found, suspicion.usual), 0.5, 1.0)
    outside, way = repeated[far > limit], way[far > limit]
    others = np.concatenate([[-np.inf], np.delete(numbers, outside), [np.inf]])
    place = np.searchsorted(others, numbers[outside])
    empty = np.minimum(others[place] - numbers[outside], numbers[outside] - others[place - 1])
    suspect = outside[empty >= suspicion.alone * way]
    if not len(suspect):
        return None
    code = suspect[np.argmax(counts[suspect])]
    return float(numbers[code]), int(counts[code])


def _quantile_of_others(numbers: Array, counts: Counts, without: Counts, share: float) -> Array:
    """For each number in `without`, the quantile of all values but those that equal it. numbers, counts (distinct,)."""
    reached = np.cumsum(counts)
    many, before = counts[without], reached[without] - counts[without]
    place = share * (reached[-1] - many - 1)
    below = np.floor(place).astype(np.int64)

    def value(at: Counts) -> Array:  # of the others sorted, by its place among all
        return numbers[np.searchsorted(reached, np.where(at < before, at, at + many), side="right")]

    first = value(below)
    return first + (place - below) * (value(np.minimum(below + 1, reached[-1] - many - 1)) - first)


def suspicions(columns: Sequence[Column]) -> list[str]:
    """One sentence for each column that seems to hold a code for missing values."""
    notes = []
    for column in columns:
        values = np.asarray(column.values, dtype=np.float64)
        found = suspected_code(values[np.isfinite(values)])
        if found is not None:
            notes.append(
                f"column {column.name!r} holds {found[0]:g} in {found[1]} rows, far outside all others: if that stands "
                f"for a missing value, drop them by --missing={found[0]:g}"
            )
    return notes


def indicators(column: Column, most: int = 8) -> list[Column]:
    """A column of 1 where the word is there and 0 elsewhere, for each word but the first; none for too many words.

    So one law may have another constant in each category. At most `most` words, each in at least two rows.

    >>> [(each.name, each.values.tolist()) for each in indicators(Column("who", np.array(["a", "b", "b", "a"])))]
    [('who_b', [0.0, 1.0, 1.0, 0.0])]
    """
    texts = [text.strip() for text in column.texts()]
    odd: Mapping[int, str] = {row: text for row, text in enumerate(texts) if is_missing(text)}
    words = sorted(set(texts) - set(odd.values()))
    if not 2 <= len(words) <= most or min(texts.count(word) for word in words) < 2:
        return []
    said = np.array(texts)
    found = []
    for word in words[1:]:
        values = np.where(np.isin(np.arange(len(texts)), list(odd)), np.nan, (said == word).astype(np.float64))
        note = f"{column.name}_{word} is 1 where {column.name} is {word!r}, else 0 ({words[0]!r} where all are 0)"
        found.append(Column(f"{column.name}_{word}", values, odd, note if len(words) < 5 or word == words[1] else ""))
    return found


def with_indicators(table: Table) -> tuple[Table, dict[str, list[Column]]]:
    """The table with its categories as columns of 0 and 1, and which columns came of which."""
    made = _indicators_of(table)
    columns: dict[str, Column] = {}
    for name, column in table.columns.items():
        columns |= {each.name: each for each in made[name]} if name in made else {name: column}
    return replace(table, columns=columns), made


def _indicators_of(table: Table) -> dict[str, list[Column]]:
    """The columns of 0 and 1 for each column of a few words, but where another column has the name of one of them."""
    made = {name: indicators(column) for name, column in table.columns.items() if not column.is_number}
    made = {name: columns for name, columns in made.items() if columns}
    taken = {name for name in table.columns if name not in made}
    return {name: columns for name, columns in made.items() if not {column.name for column in columns} & taken}

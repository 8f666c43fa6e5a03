"""What the cells of a column stand for: numbers, categories, dates, moments or times of day, from the cells as text."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from .cells import POINT, cells_to_microseconds, cells_to_numbers, is_missing, kind_of_cells

Kind: TypeAlias = Literal["number", "category", "date", "moment", "clock"]

FEW_VALUES = 10
"""Numbers of at most so many different values are taken for categories, as by the other commands on tables."""
MOST_DECIMALS = 9
"""Of numbers written with more decimals, it is the digits in front that are kept: they were computed, not written."""
ODD_SHARE = 0.05
"""So large a share of words among numbers counts as missing cells; of more, the column holds categories."""
_CODE = re.compile(r"[+-]?0\d+|\d{16,}|\+\d+")
"""Digits that are no number: postal codes with a leading zero, numbers of telephones and cards."""


@dataclass(frozen=True)
class TypedColumn:
    """A name; `levels`, the words of a category by frequency; `decimals` of numbers, -1 for six digits in all; of times
    of day 0, or -1 where seconds are not told."""

    name: str
    kind: Kind
    levels: tuple[str, ...] = ()
    decimals: int = -1
    missing: str = ""
    """How a missing cell is written."""


Typed: TypeAlias = tuple[TypedColumn, NDArray[np.float64]]


def type_column(name: str, texts: Sequence[str], decimal: str = POINT) -> Typed | str:
    """The column with its values (rows,), NaN where missing; or, in a sentence, why it says nothing to learn from.

    >>> type_column("dose", ["1.5", "", "2.25"] * 20)[0].levels
    ('1.5', '2.25')
    >>> type_column("name", [f"person {i}" for i in range(60)])
    "left out column 'name': 60 different words in 60 cells are no categories"
    """
    marks = Counter(text.strip() for text in texts if is_missing(text))
    texts = ["" if is_missing(text) else text.strip() for text in texts]
    full = [text for text in texts if text]
    if not full:
        return f"left out column {name!r}, which is empty"
    found = _typed(name, texts, full, decimal)
    return (
        found
        if isinstance(found, str)
        else (replace(found[0], missing=max(marks, key=marks.__getitem__, default="")), found[1])
    )


def _typed(name: str, texts: Sequence[str], full: Sequence[str], decimal: str) -> Typed | str:
    kind = "word" if any(map(_CODE.fullmatch, full)) else kind_of_cells(full, decimal)
    if len(set(full)) > FEW_VALUES and kind == "number":
        values = cells_to_numbers(texts, decimal)
        values[~np.isfinite(values)] = np.nan
        if np.isnan(values).sum() - (len(texts) - len(full)) <= ODD_SHARE * len(full):
            return _numbers(name, texts, values, decimal)
    if kind == "date" and len(set(full)) > FEW_VALUES:
        return _dates(name, texts)
    return _categories(name, texts, full)


def _numbers(name: str, texts: Sequence[str], values: NDArray[np.float64], decimal: str) -> Typed | str:
    steps = np.diff(values)
    if len(np.unique(steps)) == 1 and abs(steps[0]) == 1:
        return f"left out column {name!r}, which only counts the rows"
    written = [text.partition(decimal)[2] for text in texts if text]
    digits = [len(part) if part.isdigit() or not part else MOST_DECIMALS + 1 for part in written]
    whole = bool((values[np.isfinite(values)] % 1 == 0).all())
    decimals = 0 if whole else max(digits)
    return TypedColumn(name, "number", decimals=decimals if decimals <= MOST_DECIMALS else -1), values


def _dates(name: str, texts: Sequence[str]) -> Typed:
    seconds = np.round(cells_to_microseconds(texts) / 1e6)
    known = seconds[np.isfinite(seconds)]
    if any(re.fullmatch(r"\d{1,2}:\d\d.*", text) for text in texts):
        return TypedColumn(name, "clock", decimals=-1 if (known % 60 == 0).all() else 0), seconds
    if (known % 86_400 == 0).all():
        return TypedColumn(name, "date", decimals=0), seconds / 86_400
    return TypedColumn(name, "moment", decimals=0), seconds


def _categories(name: str, texts: Sequence[str], full: Sequence[str]) -> Typed | str:
    counts = Counter(full)
    if len(counts) > max(FEW_VALUES, len(full) / 4):
        return f"left out column {name!r}: {len(counts):,} different words in {len(full):,} cells are no categories"
    levels = tuple(sorted(counts, key=lambda level: (-counts[level], level)))
    place = {level: float(i) for i, level in enumerate(levels)}
    return TypedColumn(name, "category", levels), np.array([place.get(text, np.nan) for text in texts])

"""MixedTable: rows of numbers, categories, dates and missing cells, none of which is to be explained by the others."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np
from jaxtyping import Float, Int
from numpy.typing import NDArray

from ...core.subject import Subject
from .typed_column import TypedColumn, type_column

FEWEST_ROWS = 40
"""Of fewer rows, those held out would be fewer than ten, which tell next to nothing of any distance."""


@dataclass(frozen=True, eq=False)
class MixedTable(Subject):
    """`values` (rows, columns): numbers, NaN where a cell is missing; `columns` say what the numbers stand for.

    A category's number is the place of its word among the `levels` of the column; a date's are days since 1970, those
    of a moment or a time of day seconds. `image` (height, width), where the columns are pixels.

    >>> table = MixedTable.from_columns({"age": [i * i % 61 for i in range(60)], "town": ["Ulm", "Bonn", None] * 20})
    >>> table.rows, [column.kind for column in table.columns]
    (60, ['number', 'category'])
    """

    made_by: ClassVar[str] = "MixedTable.from_columns({name: cells}), or read_mixed_table(path)"

    columns: tuple[TypedColumn, ...]
    values: Float[np.ndarray, "rows columns"]
    image: tuple[int, int] | None = None
    notes: tuple[str, ...] = ()
    """What was assumed and left out on the way in, one sentence each."""

    def __post_init__(self) -> None:
        values = np.array(self.values, dtype=np.float64)
        if values.ndim != 2 or values.shape[1] != len(self.columns) or not self.columns:
            raise ValueError(f"values have shape {values.shape}; give (rows, {len(self.columns)}), a column or more")
        if len(values) < FEWEST_ROWS:
            raise ValueError(f"{len(values)} rows are too few to learn from; give at least {FEWEST_ROWS}")
        if np.isinf(values).any():
            raise ValueError("values hold infinity; leave those cells empty")
        if self.image is not None and int(np.prod(self.image)) != len(self.columns):
            high, wide = self.image
            raise ValueError(f"image={high}x{wide} has {high * wide} pixels, the table {len(self.columns)} columns")
        values.setflags(write=False)
        object.__setattr__(self, "values", values)

    @classmethod
    def from_columns(cls, columns: Mapping[str, Iterable[Any]], image: tuple[int, int] | None = None) -> Self:
        """From cells by the column's name (a pandas.DataFrame will do); None, NaN and "" are missing.

        Raises ValueError for columns of unequal length, and where no column is left.
        """
        cells = {str(name): [_text(cell) for cell in column] for name, column in columns.items()}
        if len({len(column) for column in cells.values()}) > 1:
            raise ValueError(f"columns have {sorted({len(c) for c in cells.values()})} cells; give equally many")
        found = [type_column(name, texts) for name, texts in cells.items()]
        return cls.of(found, image)

    @classmethod
    def of(
        cls,
        found: Sequence[tuple[TypedColumn, NDArray[np.float64]] | str],
        image: tuple[int, int] | None = None,
        notes: Sequence[str] = (),
    ) -> Self:
        """From typed columns with their values, or sentences on why they are left out."""
        kept = [one for one in found if not isinstance(one, str)]
        notes = (*notes, *(one for one in found if isinstance(one, str)))
        if not kept:
            raise ValueError(f"no column is left to learn from: {'; '.join(notes) or 'there is none'}")
        columns, values = zip(*kept, strict=True)
        return cls(tuple(columns), np.stack(values, 1), image, tuple(notes))

    @property
    def rows(self) -> int:
        return len(self.values)

    def split(
        self, share: float, generator: np.random.Generator
    ) -> tuple[Int[np.ndarray, " a"], Int[np.ndarray, " b"]]:
        """The places of two disjoint parts of the rows, the second with a `share` of them, drawn at random."""
        order = generator.permutation(self.rows)
        count = round(share * self.rows)
        return np.sort(order[count:]), np.sort(order[:count])

    def fingerprint(self) -> str:
        """SHA-256 of the cells, names and kinds."""
        digest = hashlib.sha256(repr((self.columns, self.image, self.values.shape)).encode())
        return digest.update(np.ascontiguousarray(self.values).tobytes()) or digest.hexdigest()


def _text(cell: Any) -> str:
    """A cell as it would stand in a file."""
    if cell is None or cell != cell or str(cell) in ("NaT", "<NA>"):
        return ""
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    return str(cell)

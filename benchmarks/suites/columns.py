"""Where the columns of a table are sampled, written down in a line of text.

"x U -1 1; y U 0 2*pi"      uniform between two ends
"x E -1 1 0.1"              evenly spaced, both ends included; several of them make a grid
"m L+ 1e-3 0.1; q L 1 10"   evenly in the logarithm, positive (L+), negative (L-), or of either sign (L)
"n I+ 1 100"                whole numbers, the upper end left out, as positive or of either sign (I)
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import product

import numpy as np
from numpy.typing import NDArray

from pellucid.algebra.expressions.text import parse

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Column:
    """One column: how it is spaced (`kind`: U, E, L or I), which `sign` it has, its ends, and the `step` of E."""

    name: str
    kind: str
    sign: str
    low: float
    high: float
    step: float = 0.0

    def __str__(self) -> str:
        """The column as `read_columns` reads it, its numbers to ten digits."""
        ends = f"{self.name} {self.kind}{self.sign} {self.low:.10g} {self.high:.10g}"
        return f"{ends} {self.step:.10g}" if self.kind == "E" else ends

    def draw(self, generator: np.random.Generator, rows: int) -> Array:
        """Random values (rows,); of an evenly spaced column, some of its points."""
        if self.kind == "E":
            return generator.choice(self.points(), rows)
        if self.kind == "U":
            return generator.uniform(self.low, self.high, rows)
        if self.kind == "I":
            sizes = generator.integers(int(self.low), int(self.high), rows).astype(float)
        else:
            sizes = np.exp(generator.uniform(np.log(self.low), np.log(self.high), rows))
        signs = {"+": np.ones(rows), "-": -np.ones(rows)}.get(self.sign)
        return sizes * (generator.choice([-1.0, 1.0], rows) if signs is None else signs)

    def points(self) -> Array:
        """All points of an evenly spaced column."""
        return self.low + self.step * np.arange(int((self.high - self.low) / self.step + 1e-9) + 1)

    def wider(self, share: float = 0.3) -> Column:
        """The column `share` of its width longer at either end, of a logarithm's width where it is spaced so.

        What lies on one side of 0 stays there; whole numbers only grow upwards.
        """
        if self.kind == "I":
            return replace(self, high=self.high + max(1.0, round(share * (self.high - self.low))))
        if self.kind == "L":
            more = (self.high / self.low) ** share
            return replace(self, low=self.low / more, high=self.high * more)
        more = share * (self.high - self.low)
        low = self.low - more
        if self.low >= 0:
            low = max(low, 0.7 * self.low)
        return replace(self, kind="U", low=low, high=self.high + more)


@dataclass(frozen=True)
class Table:
    """Rows of several columns: `rows` of them at random, or, of evenly spaced columns, every point of their grid."""

    columns: tuple[Column, ...]
    rows: int = 0

    def __str__(self) -> str:
        return "; ".join(map(str, self.columns))

    @property
    def is_grid(self) -> bool:
        return all(column.kind == "E" for column in self.columns)

    def draw(self, generator: np.random.Generator, rows: int = 0) -> Array:
        """X (rows, columns); without `rows`, as many as the table has."""
        if self.is_grid and not rows:
            return np.array(list(product(*(column.points() for column in self.columns))))
        return np.array([column.draw(generator, rows or self.rows) for column in self.columns]).T

    def wider(self) -> Table:
        """The table with every column longer at either end."""
        return replace(self, columns=tuple(column.wider() for column in self.columns))


def read_columns(text: str) -> tuple[Column, ...]:
    """The columns that a line of text writes down. Raises ValueError for anything else.

    >>> read_columns("x L+ 0.1 10")
    (Column(name='x', kind='L', sign='+', low=0.1, high=10.0, step=0.0),)
    """
    columns = []
    for part in text.split(";"):
        name, spacing, *numbers = [*part.split(), "", ""][: max(2, len(part.split()))]
        kind, sign = spacing[:1], spacing[1:]
        if kind not in tuple("UELI") or sign not in ("", "+", "-") or len(numbers) != 2 + (kind == "E"):
            raise ValueError(f"{part.strip()!r} is no column; write it as in 'x U -1 1', 'x E 0 1 0.1' or 'x L+ 1 10'")
        columns.append(Column(name, kind, sign, *(float(parse(number, ())) for number in numbers)))
    return tuple(columns)

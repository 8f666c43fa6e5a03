"""Columns as a table has them, brought to where a uniform grid of splines resolves them.

A uniform grid spends its cells where the range is, not where the rows are: one cell of 1e6, or a lognormal column,
leaves all rows in the first of them. Each column is taken as it is, or by its logarithm, or by asinh about its median,
whichever leaves the fewest rows beyond its fences; what is beyond them even so is moved to the last row within.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from jaxtyping import Bool, Float

__all__ = ["Column", "Columns"]

Kind = Literal["plain", "log", "asinh"]


@dataclass(frozen=True)
class Column:
    """A monotone map of one column: bounded to [low, high] and then plain, log(x), or asinh((x - centre) / size)."""

    kind: Kind = "plain"
    low: float = -np.inf
    high: float = np.inf
    centre: float = 0.0
    size: float = 1.0

    def __call__(self, x: Float[np.ndarray, " rows"]) -> Float[np.ndarray, " rows"]:
        """The mapped column.

        >>> Column("log", low=1.0, high=10.0)(np.array([0.0, 1.0, 100.0])).round(3).tolist()
        [0.0, 0.0, 2.303]
        """
        return _mapped(self.kind, np.clip(x, self.low, self.high), self.centre, self.size)

    def is_beyond(self, x: Float[np.ndarray, " rows"]) -> Bool[np.ndarray, " rows"]:
        """Which rows the bounds have moved.

        >>> Column(high=2.0).is_beyond(np.array([1.0, 2.0, 3.0])).tolist()
        [False, False, True]
        """
        return (x < self.low) | (x > self.high)

    @classmethod
    def of(cls, x: Float[np.ndarray, " rows"], fence: float = 6.0) -> Column:
        """The map for a column like x. A row is beyond the fences where it is `fence` middle halves away from them.

        Six is far outside any uniform or normal column; rows there are errors or a tail, and a tail is
        within the fences of one of the maps.

        >>> g = np.random.default_rng(0)
        >>> Column.of(g.uniform(size=99)).kind, Column.of(np.exp(2 * g.normal(size=99))).kind
        ('plain', 'log')
        >>> Column.of(np.array([*g.uniform(size=99), 1e6])).high < 1
        True
        """
        quarter, centre, three_quarters = np.quantile(x, [0.25, 0.5, 0.75])
        size = float(three_quarters / 2 - quarter / 2)  # in halves: the difference of two large numbers is none
        if not size > 1e-200 * np.abs(x).max():  # most rows are the same: no tail can be told from the rest
            return cls()
        kinds: list[Kind] = ["plain", "log", "asinh"] if x.min() > 0 else ["plain", "asinh"]
        within = {kind: _within(_mapped(kind, x, centre, size), fence) for kind in kinds}
        kind = max(kinds, key=lambda each: int(within[each].sum()))  # the first of equals: plain, where that will do
        if kind == "plain" and within[kind].all():
            return cls()
        rows, every = x[within[kind]], bool(within[kind].all())
        # Without outliers nothing bounds new rows, but that a logarithm needs a positive number.
        low = float(rows.min()) if not every else max(float(rows.min()) / 1e3, 5e-324) if kind == "log" else -np.inf
        high = np.inf if every else float(rows.max())
        return cls(kind, low, high, float(centre), size)


@dataclass(frozen=True)
class Columns:
    """One map for each column of a table.

    >>> X = np.random.default_rng(0).uniform(size=(50, 2))
    >>> bool((Columns.of(X)(X) == X).all())
    True
    """

    maps: tuple[Column, ...]

    @classmethod
    def of(cls, X: Float[np.ndarray, "rows features"]) -> Columns:
        """The maps for tables like X (rows, features)."""
        return cls(tuple(Column.of(x) for x in X.T))

    def __call__(self, X: Float[np.ndarray, "rows features"]) -> Float[np.ndarray, "rows features"]:
        """The mapped table."""
        return np.stack([column(x) for column, x in zip(self.maps, X.T, strict=True)], axis=1)

    def is_beyond(self, X: Float[np.ndarray, "rows features"]) -> Bool[np.ndarray, " rows"]:
        """Which rows have a cell that was moved to the bounds of its column."""
        return np.any([column.is_beyond(x) for column, x in zip(self.maps, X.T, strict=True)], axis=0)


def _mapped(kind: Kind, x: Float[np.ndarray, " rows"], centre: float, size: float) -> Float[np.ndarray, " rows"]:
    if kind == "log":
        return np.log(x)
    return np.arcsinh(x / size - centre / size) if kind == "asinh" else x


def _within(u: Float[np.ndarray, " rows"], fence: float) -> Bool[np.ndarray, " rows"]:
    lowest, quarter, three_quarters, highest = np.quantile(u, [0.05, 0.25, 0.75, 0.95])
    middle = max(three_quarters - quarter, (highest - lowest) / 4)  # where many rows are equal, the wider one
    reach = fence * middle
    return (u >= quarter - reach) & (u <= three_quarters + reach)

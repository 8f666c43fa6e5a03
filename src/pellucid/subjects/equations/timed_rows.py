"""The rows of a table of trajectories as numbers: their order, and what cannot be one trajectory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int
from numpy.typing import NDArray

from ..tables.columns import Column, Table


@dataclass(frozen=True, eq=False)
class TimedRows:
    """Times and states of all rows; `clock` and `names` are the columns that they stand in.

    A trajectory is given by its rows (samples,), counted from 0.
    """

    table: Table
    clock: str
    names: tuple[str, ...]
    times: Float[np.ndarray, " rows"]
    states: Float[np.ndarray, "rows variables"]

    @classmethod
    def of(cls, table: Table, clock: str, times: Float[np.ndarray, " rows"], columns: Sequence[Column]) -> TimedRows:
        """From the columns that hold the states."""
        states = np.stack([np.asarray(column.values, dtype=np.float64) for column in columns], 1)
        return cls(table, clock, tuple(column.name for column in columns), times, states)

    def in_order(self, parts: Sequence[NDArray[np.int64]]) -> tuple[list[Int[np.ndarray, " samples"]], list[str]]:
        """Each trajectory sorted by time and without rows that stand twice, and what is to be said about that.

        >>> t, x = np.array([0.0, 2.0, 1.0, 1.0]), np.array([[5.0], [7.0], [6.0], [6.0]])
        >>> (rows,), notes = TimedRows(Table({}), "t", ("x",), t, x).in_order([np.arange(4)])
        >>> rows.tolist(), notes[1]
        ([0, 2, 1], 'left out row 3, equal to the row of the same t')
        """
        ordered, moved, twice = [], 0, []
        for rows in parts:
            order = rows[np.argsort(self.times[rows], kind="stable")]
            moved += int((order != rows).any())
            same = np.zeros(len(order), dtype=bool)
            same[1:] = (np.diff(self.times[order]) == 0) & (np.diff(self.states[order], axis=0) == 0).all(1)
            twice += order[same].tolist()
            ordered.append(order[~same])
        notes = [f"sorted the rows of {moved} of {len(parts)} trajectories by {self.clock}"] if moved else []
        if twice:
            notes.append(f"left out {self.table.where(sorted(twice))}, equal to the row of the same {self.clock}")
        return ordered, notes

    def refuse_ties(self, parts: Sequence[NDArray[np.int64]]) -> None:
        """Raises ValueError where two rows of a trajectory stand at one time."""
        for rows in parts:
            tied = np.flatnonzero(np.diff(self.times[rows]) == 0)
            if len(tied):
                pair = rows[tied[0] : tied[0] + 2].tolist()
                raise ValueError(
                    f"{self.table.where(pair)}: two different rows at {self.clock} = {self.times[pair[0]]:g}; keep "
                    "one, or tell several trajectories apart by a column `trajectory`"
                )

    def refuse_back(self, parts: Sequence[NDArray[np.int64]], sort: bool) -> None:
        """Raises ValueError where unlabelled rows went back in time before they were sorted, if none was to `sort`."""
        for rows in parts:
            back = np.flatnonzero(np.diff(rows) < 0)
            if len(back) and not sort:
                raise ValueError(
                    f"{self.table.where([int(rows[back[0] + 1])])}: {self.clock} goes back; add a column `trajectory` "
                    "that tells several trajectories apart, or say --sort where it is one, out of order"
                )

    def refuse_grid(self, parts: Sequence[NDArray[np.int64]]) -> None:
        """Raises ValueError for a field u(t, x) on a grid: every time comes with the same places."""
        moments, counts = np.unique(self.times, return_counts=True)
        if len(parts) > 1 or counts[0] < 2 or len(moments) < 2 or len(set(counts.tolist())) > 1:
            return
        for name, values in zip(self.names, self.states.T, strict=True):
            places = values[np.lexsort((values, self.times))].reshape(len(moments), -1)
            if (places == places[0]).all() and (np.diff(places[0]) > 0).all():
                raise ValueError(
                    f"every {self.clock} comes with the same {counts[0]} values of {name!r}: a field on a grid, not "
                    "trajectories of a few variables; call its columns t and x (and y) and leave options for "
                    "trajectories out, so that it is read as one"
                )

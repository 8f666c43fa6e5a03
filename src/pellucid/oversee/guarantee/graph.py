"""What can happen at all in a world, whatever the numbers are: attractors with ranks, and end components."""

from __future__ import annotations

from typing import Literal

import numpy as np
from jaxtyping import Bool, Int
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from .arrays import Ints, Mask, Rows

Quantifier = Literal["some", "every"]


def ranks_to(
    rows: Rows, ends: Bool[np.ndarray, " states"], quantifier: Quantifier, nature_helps: bool
) -> Int[np.ndarray, " states"]:
    """0 at the ends; n where some row, or every row, has probability to go to a lower rank than n; -1 elsewhere.

    `nature_helps`: it is enough that probabilities within the intervals can be so; else all must be.
    """
    rank = np.where(ends, 0, -1)
    held = _Held(rows, nature_helps)
    wanted = np.bincount(rows.owner, minlength=rows.size) if quantifier == "every" else np.ones(rows.size, dtype=int)
    new, level = np.flatnonzero(ends), 0
    while len(new):
        level += 1
        owners = np.unique(rows.owner[held.add(new)])
        owners = owners[rank[owners] < 0]
        new = owners[held.good_rows[owners] >= wanted[owners]]
        rank[new] = level
    return rank


class _Held:
    """How much probability of each row is inside a set of states that grows."""

    def __init__(self, rows: Rows, nature_helps: bool, tiny: float = 1e-12) -> None:
        self.rows, self.nature_helps, self.tiny = rows, nature_helps, tiny  # tiny: rounding, where sums are taken off
        self.low, self.high = np.zeros(len(rows.owner)), np.zeros(len(rows.owner))
        self.out_low, self.out_high = rows.total(rows.low), rows.total(rows.high)
        self.good = np.zeros(len(rows.owner), dtype=bool)
        self.good_rows = np.zeros(rows.size, dtype=np.int64)
        """How many rows of each state have probability to go inside."""

    def add(self, states: Int[np.ndarray, " new"]) -> Int[np.ndarray, " found"]:
        """Takes these states in; the rows that have probability to go inside for the first time."""
        rows = self.rows
        order, begin = rows.by_target
        entries = order[_spans(begin[states], begin[states + 1])]
        touched = rows.row_of[entries]
        np.add.at(self.low, touched, rows.low[entries])
        np.add.at(self.high, touched, rows.high[entries])
        np.subtract.at(self.out_low, touched, rows.low[entries])
        np.subtract.at(self.out_high, touched, rows.high[entries])
        touched = np.unique(touched)
        touched = touched[~self.good[touched]]
        if self.nature_helps:
            holds = (self.high[touched] > 0) & (self.out_low[touched] < 1 - self.tiny)
        else:
            holds = (self.low[touched] > 0) | (self.out_high[touched] < 1 - self.tiny)
        found = touched[holds]
        self.good[found] = True
        np.add.at(self.good_rows, rows.owner[found], 1)
        return found


def _spans(starts: Ints, ends: Ints) -> Ints:
    """All numbers from each start up to its end."""
    lengths = ends - starts
    before = np.cumsum(lengths) - lengths
    return np.repeat(starts - before, lengths) + np.arange(lengths.sum())


def end_components(rows: Rows, inner: Bool[np.ndarray, " states"]) -> Int[np.ndarray, " states"]:
    """A number for each state: one for all of a largest set of inner states that can be stayed in for ever, together.

    Rows count as staying where nothing outside can be reached by them.
    """
    staying = inner[rows.owner]
    while True:
        edges = staying[rows.row_of]
        graph = csr_array(
            (np.ones(edges.sum()), (rows.owner[rows.row_of[edges]], rows.target[edges])), shape=(rows.size, rows.size)
        )
        component = connected_components(graph, directed=True, connection="strong")[1]
        leaves = component[rows.target] != component[rows.owner[rows.row_of]]
        kept = staying & (np.bincount(rows.row_of[leaves], minlength=len(staying)) == 0)
        if (kept == staying).all():
            return component
        staying = kept


def quotient(rows: Rows, component: Int[np.ndarray, " states"]) -> tuple[Rows, Ints]:
    """The rows between components, without those that stay inside one; and the old number of each new row."""
    outside = component[rows.target] != component[rows.owner[rows.row_of]]
    leaving = np.bincount(rows.row_of[outside], minlength=len(rows.owner)) > 0
    kept = np.flatnonzero(leaving)
    kept = kept[np.argsort(component[rows.owner[kept]], kind="stable")]
    some = rows.picked(kept)
    size = int(component.max()) + 1
    return Rows(size, component[some.owner], some.pointer, component[some.target], some.low, some.high, some.cost), kept


def reachable(rows: Rows, start: Bool[np.ndarray, " states"]) -> Mask:
    """States that can be come to from these."""
    graph = csr_array((np.ones(len(rows.target)), (rows.owner[rows.row_of], rows.target)), shape=(rows.size, rows.size))
    seen, front = start.copy(), start
    while front.any():
        front = (graph.T @ front > 0) & ~seen
        seen |= front
    return seen

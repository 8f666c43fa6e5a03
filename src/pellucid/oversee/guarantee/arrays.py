"""A world as arrays: the states that a policy can come to, with one row for each choice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from jaxtyping import Bool, Float, Int
from numpy.typing import NDArray
from scipy.sparse import csr_array

from ...algebra.markov.world import World

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Rows:
    """Choices of states 0..size-1; row r belongs to state owner[r] and has the entries pointer[r]..pointer[r+1]."""

    size: int
    owner: Int[np.ndarray, " rows"]
    pointer: Int[np.ndarray, " rows+1"]
    target: Int[np.ndarray, " entries"]
    low: Float[np.ndarray, " entries"]
    high: Float[np.ndarray, " entries"]
    cost: Float[np.ndarray, " rows"]

    @cached_property
    def row_of(self) -> Int[np.ndarray, " entries"]:
        """The row of each entry."""
        return np.repeat(np.arange(len(self.owner)), np.diff(self.pointer))

    @cached_property
    def exact(self) -> bool:
        """Whether no probability is an interval."""
        return bool((self.low == self.high).all())

    @cached_property
    def matrix(self) -> csr_array:
        """The least probabilities (rows, states): all there is where they are exact."""
        return csr_array((self.low, self.target, self.pointer), shape=(len(self.owner), self.size))

    @cached_property
    def by_target(self) -> tuple[Ints, Ints]:
        """Entries in the order of their targets, and where each target's begin (states + 1,)."""
        order = np.argsort(self.target, kind="stable")
        return order, np.searchsorted(self.target[order], np.arange(self.size + 1))

    @cached_property
    def first(self) -> Int[np.ndarray, " states+1"]:
        """Where each state's rows begin: owners are sorted."""
        return np.searchsorted(self.owner, np.arange(self.size + 1))

    def total(self, values: Floats) -> Floats:
        """Sums of entries (entries,) by row (rows,)."""
        return np.bincount(self.row_of, values, len(self.owner)).astype(float)

    def chosen(self, x: Float[np.ndarray, " states"], largest: bool) -> Float[np.ndarray, " entries"]:
        """Probabilities within the intervals that make the expectation of x largest, or smallest."""
        if self.exact:
            return self.low
        order = np.lexsort((-x[self.target] if largest else x[self.target], self.row_of))
        room = (self.high - self.low)[order]
        before = np.cumsum(room) - room
        start = before[self.pointer[:-1]]
        free = np.maximum(1 - self.total(self.low), 0)
        left = np.clip(free[self.row_of] - (before - np.repeat(start, np.diff(self.pointer))), 0, None)
        found = self.low.copy()
        found[order] += np.minimum(room, left)
        return found

    def expect(self, x: Float[np.ndarray, " states"], largest: bool) -> Float[np.ndarray, " rows"]:
        """The largest or smallest expectation of x after each row."""
        if self.exact:
            return self.matrix @ x
        return self.total(self.chosen(x, largest) * x[self.target])

    def picked(self, rows: Int[np.ndarray, " states"]) -> Rows:
        """Only these rows, in order."""
        lengths = np.diff(self.pointer)[rows]
        pointer = np.concatenate([[0], np.cumsum(lengths)])
        entries = np.repeat(self.pointer[rows] - pointer[:-1], lengths) + np.arange(pointer[-1])
        return Rows(self.size, self.owner[rows], pointer, self.target[entries], self.low[entries], self.high[entries],
                    self.cost[rows])  # fmt: skip

    def best_rows(self, worth: Float[np.ndarray, " rows"], largest: bool) -> Int[np.ndarray, " states"]:
        """The first of the best rows of each state; -1 where it has none."""
        found = np.full(self.size, -1)
        some = np.flatnonzero(np.diff(self.first))
        if len(some):
            best = (np.maximum if largest else np.minimum).reduceat(worth, self.first[some])
            among = np.full(self.size, np.nan)
            among[some] = best
            winners = np.flatnonzero(worth == among[self.owner])[::-1]
            found[self.owner[winners]] = winners
        return found


@dataclass(frozen=True)
class Reached:
    """The states of a world that can be come to from its start, in numbers of their own; ends are left by no row."""

    rows: Rows
    states: tuple[int, ...]
    """Their numbers in the world."""
    goal: Bool[np.ndarray, " states"]
    shunned: Bool[np.ndarray, " states"]
    choice: tuple[tuple[int, int], ...]
    """For each row the state of the world, and which of its choices it is."""

    @property
    def inner(self) -> Bool[np.ndarray, " states"]:
        """States where nothing is settled yet."""
        return ~(self.goal | self.shunned)


def reached(world: World, goal: frozenset[int], shunned: frozenset[int]) -> Reached:
    """What can happen from the start until the goal is reached, or what is avoided. The start has number 0."""
    number, order, choice = {world.start: 0}, [world.start], []
    for state in order:
        for k, one in enumerate(() if state in goal or state in shunned else world.choices[state]):
            choice.append((state, k))
            for target in one.targets:
                if target not in number:
                    number[target] = len(order)
                    order.append(target)
    rows = _rows(world, choice, number, len(order))
    is_goal, is_shunned = (np.array([state in held for state in order], dtype=bool) for held in (goal, shunned))
    return Reached(rows, tuple(order), is_goal, is_shunned, tuple(choice))


def _rows(world: World, choice: Sequence[tuple[int, int]], number: dict[int, int], size: int) -> Rows:
    found = [world.choices[state][k] for state, k in choice]
    pointer = np.concatenate([[0], np.cumsum([len(one.targets) for one in found], dtype=np.int64)])
    return Rows(
        size,
        np.array([number[state] for state, _ in choice], dtype=np.int64),
        pointer,
        np.array([number[t] for one in found for t in one.targets], dtype=np.int64),
        np.array([float(p) for one in found for p in one.low]),
        np.array([float(p) for one in found for p in one.high]),
        np.array([float(one.cost) for one in found]),
    )

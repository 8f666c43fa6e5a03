"""The most likely path on which a rule is broken, and runs that are drawn to see how often it is."""

from __future__ import annotations

import heapq
import math
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Int

from ...algebra.markov.world import World
from ...artifacts.worlds.guarantee import Step
from .arrays import Mask, Reached, Rows


def most_likely_path(rows: Rows, ends: Mask, chosen: Float[np.ndarray, " entries"], most: int | None) -> list[int]:
    """The entries of the likeliest path from state 0 to an end, of at most so many steps; empty where there is none.

    Entries of probability 0 are not taken. By Dijkstra's algorithm on -ln p; with `most`, layer by layer.
    """
    if most is not None:
        return _within(rows, ends, chosen, most)
    lengths = {0: 0.0}
    via: dict[int, int] = {}
    queue = [(0.0, 0)]
    while queue:
        length, state = heapq.heappop(queue)
        if ends[state]:
            return _back(rows, via, state)
        if length > lengths[state]:
            continue
        for entry in _entries(rows, state):
            p, target = chosen[entry], int(rows.target[entry])
            if p > 0 and (new := length - math.log(p)) < lengths.get(target, math.inf):
                lengths[target], via[target] = new, entry
                heapq.heappush(queue, (new, target))
    return []


def _entries(rows: Rows, state: int) -> range:
    return range(int(rows.pointer[rows.first[state]]), int(rows.pointer[rows.first[state + 1]]))


def _back(rows: Rows, via: Mapping[int, int], state: int) -> list[int]:
    path: list[int] = []
    while state:
        path.append(via[state])
        state = int(rows.owner[rows.row_of[via[state]]])
    return path[::-1]


def _within(rows: Rows, ends: Mask, chosen: Float[np.ndarray, " entries"], most: int) -> list[int]:
    layer: dict[int, tuple[float, tuple[int, ...]]] = {0: (0.0, ())}
    best: tuple[float, tuple[int, ...]] = (math.inf, ())
    for _ in range(most + 1):
        after: dict[int, tuple[float, tuple[int, ...]]] = {}
        for state, (length, path) in layer.items():
            if ends[state]:
                best = min(best, (length, path))
                continue
            for entry in _entries(rows, state):
                target, p = int(rows.target[entry]), chosen[entry]
                if p > 0 and length - math.log(p) < min(best[0], after.get(target, (math.inf,))[0]):
                    after[target] = (length - math.log(p), (*path, entry))
        layer = after
    return list(best[1])


def told(
    world: World, within: Reached, entries: Sequence[int], chosen: Float[np.ndarray, " entries"]
) -> tuple[tuple[Step, ...], Fraction | float]:
    """The path by names, and how likely it is: exactly, where probabilities are."""
    rows, steps, exact, chance = within.rows, [], Fraction(1), 1.0
    for entry in entries:
        row = int(rows.row_of[entry])
        state, k = within.choice[row]
        choice = world.choices[state][k]
        place = entry - int(rows.pointer[row])
        steps.append(Step(choice.action, world.states[choice.targets[place]], float(chosen[entry])))
        exact *= choice.low[place]
        chance *= float(chosen[entry])
    return tuple(steps), exact if rows.exact else chance


class Runs(NamedTuple):
    """What became of drawn runs: how many reached the goal, how many had not ended, and what each cost."""

    reached: int
    unended: int
    costs: Float[np.ndarray, " runs"]


class Plan(NamedTuple):
    """The row that each state takes (-1: the run ends there), and the probabilities of all entries."""

    row: Int[np.ndarray, " states"]
    chosen: Float[np.ndarray, " entries"]


def draw_runs(
    rows: Rows, goal: Mask, plan: Callable[[int], Plan], runs: int, steps: int, generator: np.random.Generator
) -> Runs:
    """Runs from state 0, of at most so many steps; step t goes by plan(t)."""
    state, costs, going = np.zeros(runs, dtype=np.int64), np.zeros(runs), np.arange(runs)
    last: Plan | None = None
    ends = np.zeros(0)
    for t in range(steps):
        now = plan(t)
        going = going[now.row[state[going]] >= 0]
        if not len(going):
            break
        if last is None or now.chosen is not last.chosen:
            ends = np.concatenate([[0.0], np.cumsum(now.chosen)])
        last = now
        row = now.row[state[going]]
        low, high = ends[rows.pointer[row]], ends[rows.pointer[row + 1]]
        entry = np.searchsorted(ends, low + generator.random(len(going)) * (high - low), side="right") - 1
        entry = np.clip(entry, rows.pointer[row], rows.pointer[row + 1] - 1)
        costs[going] += rows.cost[row]
        state[going] = rows.target[entry]
    unended = 0 if last is None else sum(not _stays(rows, last.row[at], at) for at in state.tolist())
    return Runs(int(goal[state].sum()), unended, costs)


def _stays(rows: Rows, row: int, state: int) -> bool:
    """Whether a run has ended in this state: no row leaves it, or one that leads back to it alone."""
    return row < 0 or bool((rows.target[rows.pointer[row] : rows.pointer[row + 1]] == state).all())

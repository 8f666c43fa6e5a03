"""An interval world that holds the true one with a given confidence, from counts of what was seen.

Each probability p of an outcome that was seen k of n times lies within its Clopper-Pearson interval,

    P(X >= k | low) = P(X <= k | high) = alpha,   alpha = (1 - confidence) / (number of ends of intervals),

so that by the union bound all of them hold at once with the confidence (Clopper and Pearson 1934).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from scipy.stats import beta

from .reading import fraction_of, world_from
from .world import World

Counts = Mapping[str, Mapping[str, Mapping[str, int]]]
"""State, action, next state -> how often."""
UNSEEN = "(unseen)"
"""The state that stands for all outcomes that were not seen, where the rule has none that breaks it."""
PLACES = 10**10
"""Ends of intervals are rounded outwards to 1 / PLACES, beyond the error of their computation."""


def counted_world(logs: Mapping[str, Any]) -> World:
    """The world that {"start", "counts", "confidence", "other", "ends", "known_moves"} gives.

    With `known_moves`, nothing can happen but the outcomes that were counted. Without, the outcome called `other`
    stands also for all that have no name. States in which nothing was counted lead there too, but for `ends`, which are
    never left. Raises ValueError where the logs do not fit.

    >>> logs = {"start": "a", "counts": {"a": {"": {"b": 90, "c": 10}}}, "confidence": "0.95", "other": "c",
    ...         "ends": ["b", "c"], "known_moves": True}
    >>> [round(float(high), 3) for high in counted_world(logs).choices[0][0].high]
    [0.951, 0.176]
    """
    counts: Counts = logs["counts"]
    share = 1 - fraction_of(logs["confidence"], "confidence")
    alpha = float(share / max(1, sum(_ends(row) for actions in counts.values() for row in actions.values())))
    transitions = {state: {action: _row(row, alpha) for action, row in actions.items()}
                   for state, actions in counts.items()}  # fmt: skip
    targets = {t for actions in counts.values() for row in actions.values() for t in row}
    unknown = sorted(targets - set(counts) - {*logs["ends"], UNSEEN})
    rest = {state: {"": {logs["other"]: 1}} for state in unknown}
    return world_from({"start": logs["start"], "transitions": {**transitions, **rest}})


def _ends(row: Mapping[str, int]) -> int:
    """How many ends of intervals may fail: the two of one outcome are those of the other where there are two."""
    return {1: 0, 2: 2}.get(len(row), 2 * len(row))


def _row(row: Mapping[str, int], alpha: float) -> dict[str, list[str]]:
    total = sum(row.values())
    if len(row) == 1:
        return {target: ["1", "1"] for target in row}
    return {target: list(map(str, interval(count, total, alpha))) for target, count in row.items()}


def interval(count: int, total: int, alpha: float) -> tuple[Fraction, Fraction]:
    """The Clopper-Pearson interval, each end of which fails with probability alpha at most; rounded outwards.

    >>> [round(float(end), 4) for end in interval(0, 100, 0.05)]
    [0.0, 0.0295]
    """
    low = 0.0 if count == 0 else float(beta.ppf(alpha, count, total - count + 1))
    high = 1.0 if count == total else float(beta.isf(alpha, count + 1, total - count))
    under = max(0, int(low * PLACES) - 1)
    over = min(PLACES, int(high * PLACES) + 2)
    return Fraction(under, PLACES), Fraction(over, PLACES)


def parted_counts(
    rows: Sequence[tuple[str, str, str]], other: str, known_moves: bool
) -> dict[str, dict[str, dict[str, int]]]:
    """Counts of (state, action, next state). Where other moves may happen, the first half of each state's and action's
    rows says which outcomes have a name, and the second half alone is counted: an outcome's name must not depend on
    the rows that are counted. What has no name counts as `other`.

    >>> parted_counts([("a", "", "b"), ("a", "", "c")], "(unseen)", False)
    {'a': {'': {'b': 0, '(unseen)': 1}}}
    """
    by_choice: dict[tuple[str, str], list[str]] = {}
    for state, action, target in rows:
        by_choice.setdefault((state, action), []).append(target)
    found: dict[str, dict[str, dict[str, int]]] = {}
    for (state, action), targets in by_choice.items():
        middle = 0 if known_moves else (len(targets) + 1) // 2
        row = dict.fromkeys(targets if known_moves else [*targets[:middle], other], 0)
        for target in targets[middle:]:
            row[target if target in row else other] += 1
        found.setdefault(state, {})[action] = row
    return found

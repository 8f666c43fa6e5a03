"""Grouped cross-validation: rows that are about the same thing are never on both sides of a split."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from jaxtyping import Int
from numpy.typing import NDArray

from ...subjects.models.labelled.labelled_texts import SEPARATOR


def group_numbers(groups: Sequence[str]) -> Int[np.ndarray, " rows"]:
    """A number for each row (rows,): the same one where groups share a part, also by way of others.

    >>> group_numbers(("Paris", "Rome", "Paris|Oslo", "Oslo")).tolist()
    [0, 1, 0, 0]
    """
    parent: dict[str, str] = {}

    def root(part: str) -> str:
        while parent.setdefault(part, part) != part:
            parent[part] = parent[parent[part]]
            part = parent[part]
        return part

    for group in groups:
        first, *others = group.split(SEPARATOR)
        for other in others:
            parent[root(other)] = root(first)
    names = [root(group.split(SEPARATOR)[0]) for group in groups]
    numbers = {name: i for i, name in enumerate(dict.fromkeys(names))}
    return np.array([numbers[name] for name in names])


def grouped_folds(groups: Sequence[str], folds: int, generator: np.random.Generator) -> list[Int[np.ndarray, " rows"]]:
    """The held-out rows of each fold: disjoint, all rows together, of about equal size, whole groups each.

    Raises ValueError for fewer groups than folds.

    >>> parts = grouped_folds(("a", "a", "b", "c"), 2, np.random.default_rng(0))
    >>> sorted(np.concatenate(parts).tolist())
    [0, 1, 2, 3]
    """
    numbers = group_numbers(groups)
    count = int(numbers.max()) + 1
    if not 2 <= folds <= count:
        raise ValueError(f"folds={folds} of {count} groups: give at least 2 folds, and as many groups as folds")
    sizes = np.bincount(numbers)
    order = generator.permutation(count)
    order = order[np.argsort(-sizes[order], kind="stable")]
    fold_of, filled = np.empty(count, dtype=np.int64), np.zeros(folds)
    for group in order:
        fold_of[group] = int(np.argmin(filled))
        filled[fold_of[group]] += sizes[group]
    return [np.flatnonzero(fold_of[numbers] == fold) for fold in range(folds)]


def set_aside(
    groups: Sequence[str], kinds: Sequence[object], share: float, least: int, generator: np.random.Generator
) -> Int[np.ndarray, " rows"]:
    """The rows of some whole groups, at most `share` of the rows of each kind, `least` groups of each kind staying.

    A group is of the kinds that its rows have. Groups are drawn at random; one that is too large is passed over.

    >>> set_aside("aabcdefg", ["x"] * 8, 0.25, 5, np.random.default_rng(0)).tolist()
    [3, 5]
    """
    numbers = group_numbers(groups)
    members = [np.flatnonzero(numbers == group) for group in range(int(numbers.max()) + 1)]
    strata: dict[frozenset[object], list[NDArray[np.int64]]] = {}
    for rows in members:
        strata.setdefault(frozenset(kinds[int(i)] for i in rows), []).append(rows)
    chosen: list[int] = []
    for stratum in strata.values():
        room, spare = int(share * sum(map(len, stratum))), len(stratum) - least
        for place in generator.permutation(len(stratum)):
            rows = stratum[int(place)]
            if spare > 0 and len(rows) <= room:
                chosen += rows.tolist()
                room, spare = room - len(rows), spare - 1
    return np.array(sorted(chosen), dtype=np.int64)


def others(held: NDArray[np.int64], rows: int) -> Int[np.ndarray, " rows"]:
    """The rows that are not held out.

    >>> others(np.array([1]), 3).tolist()
    [0, 2]
    """
    return np.setdiff1d(np.arange(rows), held)

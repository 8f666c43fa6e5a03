"""Folds of whole groups, and groups that are set aside."""

import numpy as np
import pytest

from pellucid.look.probes.folds import group_numbers, grouped_folds, set_aside


def test_groups_are_never_on_both_sides():
    groups = ("a", "b", "a|c", "c", "d", "e", "b")
    numbers = group_numbers(groups)
    assert numbers[0] == numbers[2] == numbers[3]
    for held in grouped_folds(groups, 3, np.random.default_rng(0)):
        assert not set(numbers[held]) & set(np.delete(numbers, held))
    with pytest.raises(ValueError, match="folds=9 of 4 groups"):
        grouped_folds(groups, 9, np.random.default_rng(0))


def test_some_groups_are_set_aside():
    generator = np.random.default_rng(0)
    groups = tuple(str(i // 2) for i in range(80))
    kinds = ["a"] * 40 + ["b"] * 28 + ["c"] * 12
    first = set_aside(groups, kinds, 0.25, 5, generator)
    assert not {groups[i] for i in first} & {groups[i] for i in range(80) if i not in set(first.tolist())}
    taken = [kinds[i] for i in first]
    assert (taken.count("a"), taken.count("b"), taken.count("c")) == (10, 6, 2)  # of six groups of c five stay

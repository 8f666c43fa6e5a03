"""Exact comparison of partitions: ties are ties, and what differs in the last digit differs."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pellucid.algebra.partitions.entropy_terms import (
    entropy_and_information,
    entropy_order,
    information_order,
    is_beaten,
)

weights = st.lists(st.lists(st.integers(0, 6), min_size=3, max_size=3), min_size=4, max_size=4).filter(
    lambda rows: all(map(sum, rows)) and all(map(sum, zip(*rows, strict=True)))
)
clustering = st.lists(st.integers(0, 3), min_size=4, max_size=4)


def numbered(one):
    return [sorted(set(one)).index(k) for k in one]


@given(weights, clustering, clustering)
def test_signs_are_those_of_the_numbers(rows, one, other):
    p = np.array(rows) / np.sum(rows)
    points = entropy_and_information(p, np.array([numbered(one), numbered(other)]))
    signs = entropy_order(rows, one, other), information_order(rows, one, other)
    for sign, difference in zip(signs, points[0] - points[1], strict=True):
        assert sign == (0 if abs(difference) < 1e-12 else np.sign(difference))


def test_multiplicative_ties_are_ties():
    """4 log 4 = 4 (2 log 2): one block of four and four of one are as much as four of two."""
    rows = [[1, 0]] * 4 + [[0, 1]] * 4
    one, other = [0, 0, 0, 0, 1, 2, 3, 4], [0, 0, 1, 1, 2, 2, 3, 3]
    assert entropy_order(rows, one, other) == 0
    assert entropy_order(rows, one, [0] * 8) == 1


def test_close_calls_are_decided():
    big = 10**15
    rows = ((big, 1), (big + 1, 1), (big, 3))
    assert entropy_order(rows, (0, 0, 1), (0, 1, 0)) == 1
    assert not is_beaten(rows, (0, 1, 2), (0, 1, 2))

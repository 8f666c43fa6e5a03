"""Joints: exact whole numbers of whatever is given, and what is refused."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pellucid.subjects import Joint


@given(st.lists(st.lists(st.integers(1, 10**6), min_size=2, max_size=2), min_size=2, max_size=4))
def test_probabilities_are_read_exactly(weights):
    """A table of decimals keeps its ratios."""
    table = [[f"0.{w:07d}" for w in row] for row in weights]
    found = Joint.from_probabilities(table, normalise=True)
    assert found.weights[0][0] * weights[-1][-1] == found.weights[-1][-1] * weights[0][0]


def test_decimals_mean_what_they_say():
    found = Joint.from_probabilities([[0.1, 0.2], [0.3, 0.4]])
    assert found.weights == ((1, 2), (3, 4))
    assert not found.sampled
    assert Joint.from_probabilities([[Fraction(1, 3), 0], [0, Fraction(2, 3)]]).weights == ((1, 0), (0, 2))


@pytest.mark.parametrize(
    ("made", "words"),
    [
        (lambda: Joint.from_probabilities([[0.1, 0.2], [0.3, 0.3]]), "sum to 0.9, 0.1 from 1; .*--normalise"),
        (lambda: Joint.from_probabilities([[0.5, float("nan")], [0.2, 0.3]]), "no finite number"),
        (lambda: Joint.from_counts([[1.5, 2], [3, 4]]), "1.5, which is no whole number"),
        (lambda: Joint.from_counts([[1, -2], [3, 4]]), "reach -2"),
        (lambda: Joint.from_counts([[1, 2]]), "only 1 row has weight"),
        (lambda: Joint.from_counts([[1, 0], [3, 0]]), "only 1 column has weight"),
        (lambda: Joint.from_counts([[1, 2], [3]]), "are no table"),
        (lambda: Joint.from_counts([]), "are no table"),
        (lambda: Joint.from_counts([1, 2]), "give \\(rows, columns\\)"),
        (lambda: Joint.from_counts([[1, 2], [3, 4]], ("a", "a")), "name 'a' twice"),
        (lambda: Joint.from_counts([[1, 2], [3, 4]], ("a",)), "1 names but there are 2"),
        (lambda: Joint.from_pairs("ab", "a"), "x has 2 entries, y 1"),
        (lambda: Joint.from_counts([["one", 2], [3, 4]]), "'one', which is no number"),
        (lambda: Joint.from_counts([["1e90", 2], [3, 4]]), "no table that was counted"),
    ],
)
def test_refused_in_one_line(made, words):
    with pytest.raises(ValueError, match=words) as caught:
        made()
    assert "\n" not in str(caught.value)


def test_empty_rows_are_told():
    found = Joint(((1, 2), (0, 0), (3, 4)), ("a", "b", "c"))
    assert found.rows == ("a", "c")
    assert found.notes == ("without any weight, and left out: b",)
    assert found.fingerprint() != Joint(((1, 2), (3, 5)), ("a", "c")).fingerprint()


def test_arrays_of_any_kind():
    for dtype in (np.int32, np.uint8, np.float32):
        assert Joint.from_counts(np.array([[1, 2], [3, 4]], dtype)).total == 10

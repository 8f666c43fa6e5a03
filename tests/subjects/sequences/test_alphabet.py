"""Alphabets: the symbols that occur, and no others."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pellucid.subjects import Alphabet
from pellucid.subjects.sequences.alphabet import observed_alphabet

STEPS = st.lists(st.tuples(st.integers(-4, 9), st.integers(0, 3)), min_size=1, max_size=12)


@given(STEPS)
@settings(max_examples=50, deadline=None)
def test_it_holds_what_occurs_and_nothing_else(steps: list[tuple[int, int]]) -> None:
    seen = np.array(steps)
    alphabet = observed_alphabet(seen)
    assert [sorted(set(column)) for column in alphabet.values.T.tolist()] == [sorted(set(c)) for c in seen.T.tolist()]
    assert alphabet.size == len(alphabet.values)
    assert (alphabet.index(alphabet.values) == np.arange(alphabet.size)).all()
    assert (alphabet.values[alphabet.index(seen)] == seen).all()
    drawn = alphabet.sample(np.random.default_rng(0), 20, 5)
    assert not alphabet.outside(drawn).any()


def test_gaps_are_told() -> None:
    alphabet = observed_alphabet(np.array([[0], [1], [5], [2]]))
    assert str(alphabet) == "{0..2, 5}"
    with pytest.raises(ValueError, match=r"outside \{0\.\.2, 5\}"):
        alphabet.index(np.array([[3]]))
    assert Alphabet((0,), (5,)).size == 6  # a range that is given has no gaps


def test_of_what_takes_many_values_some_are_missing_by_chance() -> None:
    assert str(observed_alphabet(np.arange(0, 100, 2)[:, None])) == "0..98"

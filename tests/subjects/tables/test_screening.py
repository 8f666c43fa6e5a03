"""Which columns of a table are kept."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from pellucid.subjects.tables.screening import informative_columns, screen


def test_screening_keeps_something_even_of_noise():
    noise = np.random.default_rng(0).normal(size=(40, 100))
    assert informative_columns(list(noise.T), noise[:, 0], 5)[0] == 0
    kept, notes = screen(list(noise.T), np.ones(40), [f"c{i}" for i in range(100)])
    assert len(kept) == 1
    assert notes


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 29), st.integers(0, 2**32 - 1))
def test_the_column_that_matters_is_kept_among_many(place, seed):
    columns = np.random.default_rng(seed).normal(size=(30, 500))
    kept, _ = screen(list(columns), np.exp(columns[place]), [f"c{i}" for i in range(30)])
    assert place in kept

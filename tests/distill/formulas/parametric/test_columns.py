"""Which columns the enumeration looks at, where there are more than it has catalogues for."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pellucid.distill.formulas.parametric.columns import best_pair, choose_columns


@given(st.integers(0, 200), st.sampled_from(["plane", "product", "quotient"]))
def test_on_six_exact_rows_the_two_columns_that_matter_are_chosen(seed, law):
    X = np.random.default_rng(seed).uniform(1, 5, (6, 8))
    y = {"plane": 2 * X[:, 1] - 5 * X[:, 6], "product": X[:, 1] * X[:, 6] ** 2, "quotient": X[:, 1] / X[:, 6]}[law]
    assert best_pair(X, y) == (1, 6)


def test_they_are_chosen_whatever_else_is():
    X = np.random.default_rng(3).uniform(1, 5, (6, 8))
    assert {1, 6} <= set(choose_columns(X, X[:, 1] / X[:, 6], 5))


@pytest.mark.parametrize("copies", [1, 2])
def test_the_best_pair_of_columns_that_say_nothing_is_some_pair(copies):
    X = np.ones((6, copies))
    assert len(best_pair(X, np.arange(6.0))) == 2

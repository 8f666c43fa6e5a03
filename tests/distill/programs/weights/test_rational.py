"""Matrices of fractions: inverses, combinations and ranks are exact."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pellucid.distill.programs.weights.rational import (
    are_integers,
    combination,
    identity,
    independent_rows,
    inverse,
    matrix_product,
)


def matrices(rows: int, columns: int) -> st.SearchStrategy:
    entry = st.integers(-3, 3).map(Fraction)
    return st.lists(st.lists(entry, min_size=columns, max_size=columns), min_size=rows, max_size=rows)


@settings(max_examples=80, deadline=None)
@given(matrices(3, 3))
def test_an_inverse_is_one_from_both_sides_or_there_is_none(matrix):
    if len(independent_rows(matrix, 3) or []) < 3:
        with pytest.raises(ValueError, match="full rank"):
            inverse(matrix)
    else:
        assert matrix_product(matrix, inverse(matrix)) == matrix_product(inverse(matrix), matrix) == identity(3)


@settings(max_examples=80, deadline=None)
@given(matrices(4, 3), st.lists(st.integers(-3, 3), min_size=4, max_size=4))
def test_combinations_of_independent_rows_are_found_exactly(rows, weights):
    chosen = independent_rows(rows, 4)
    assert len(chosen) == np.linalg.matrix_rank(np.array(rows, dtype=float))
    basis = [rows[i] for i in chosen]
    factors = [Fraction(weight) for weight in weights[: len(basis)]]
    row = [sum((f * r[j] for f, r in zip(factors, basis, strict=True)), Fraction(0)) for j in range(3)]
    assert combination(basis, row) == factors


def test_more_rows_than_wanted_and_rows_that_are_no_combination_are_told():
    assert independent_rows(identity(3), 2) is None
    assert combination(identity(3)[:2], identity(3)[2]) is None
    assert are_integers(identity(2))
    assert not are_integers([[Fraction(1, 2)]])

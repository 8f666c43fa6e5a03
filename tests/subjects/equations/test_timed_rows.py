"""Rows with their times: put in order, doubles left out, and refused where they cannot be one trajectory."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pellucid.subjects.equations.timed_rows import TimedRows
from pellucid.subjects.tables.columns import Column, Table


def rows(t, **columns):
    given = [Column(name, np.array(values, dtype=float)) for name, values in columns.items()]
    return TimedRows.of(Table({column.name: column for column in given}), "t", np.array(t, dtype=float), given)


@given(order=st.permutations(range(7)), twice=st.integers(0, 6))
def test_any_order_comes_out_sorted_and_without_the_row_that_stands_twice(order, twice):
    t = np.array([*order, twice])
    found = rows(t, x=t**2)
    (part,), notes = found.in_order([np.arange(8)])
    assert found.times[part].tolist() == list(range(7))
    assert notes[-1] == "left out row 7, equal to the row of the same t"


def test_two_rows_at_one_time_are_refused():
    with pytest.raises(ValueError, match=r"rows 1 and 2: two different rows at t = 1; keep one"):
        rows([0, 1, 1, 2], x=[0, 1, 2, 3]).refuse_ties([np.arange(4)])


def test_rows_that_go_back_are_refused_unless_they_are_to_be_sorted():
    found, parts = rows([0, 2, 1], x=[1, 2, 3]), [np.array([0, 2, 1])]
    with pytest.raises(ValueError, match=r"row 1: t goes back"):
        found.refuse_back(parts, sort=False)
    found.refuse_back(parts, sort=True)


def test_a_field_on_a_grid_is_no_trajectory():
    t, x = np.repeat([0.0, 1.0, 2.0], 4), np.tile([0.0, 0.5, 1.0, 1.5], 3)
    field = rows(t, x=x, u=np.sin(x + t))
    with pytest.raises(ValueError, match="same 4 values of 'x': a field on a grid"):
        field.refuse_grid([np.arange(12)])
    rows(t, x=x + t, u=np.cos(x + t)).refuse_grid([np.arange(12)])  # other places at every time

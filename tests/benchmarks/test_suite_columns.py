"""How the columns of a suite are written down and drawn (benchmarks/suites/columns.py)."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

KINDS = ("U -2 3", "L 0.1 10", "L+ 1e-30 1e-28", "L- 1 100", "I+ 1 100", "I 2 9", "E -1 1 0.1", "E 0.05 10 0.1")


@pytest.fixture(scope="module")
def columns(load_benchmark):
    return load_benchmark("suites.columns")


@given(spacing=st.sampled_from(KINDS), seed=st.integers(0, 2**32), rows=st.integers(1, 50))
@settings(max_examples=60, deadline=None)
def test_drawn_values_lie_between_the_ends_and_have_the_sign(columns, spacing, seed, rows):
    (column,) = columns.read_columns(f"x {spacing}")
    values = column.draw(np.random.default_rng(seed), rows)
    sizes = np.abs(values) if column.kind in "LI" else values
    assert values.shape == (rows,)
    assert np.all(sizes >= column.low - 1e-12 * abs(column.low))
    assert np.all(sizes <= column.high + 1e-12 * column.high)
    assert np.all(values > 0) or column.sign != "+"
    assert np.all(values < 0) or column.sign != "-"


@given(spacing=st.sampled_from(KINDS))
@settings(max_examples=20, deadline=None)
def test_a_wider_column_holds_the_column_on_the_same_side_of_zero(columns, spacing):
    (column,) = columns.read_columns(f"x {spacing}")
    wider = column.wider()
    assert wider.low <= column.low
    assert wider.high > column.high
    assert wider.low > 0 or column.low <= 0


@given(spacing=st.sampled_from(KINDS))
@settings(max_examples=20, deadline=None)
def test_a_column_is_read_back_from_its_text(columns, spacing):
    (column,) = columns.read_columns(f"x {spacing}")
    assert columns.read_columns(str(column)) == (column,)


def test_evenly_spaced_columns_make_a_grid(columns):
    table = columns.Table(columns.read_columns("x E 0.05 10 0.1; y E 0.05 10.05 2"))
    X = table.draw(np.random.default_rng(0))
    assert X.shape == (600, 2)  # Vladislavleva-3, as it is published
    assert X[0].tolist() == [0.05, 0.05]


def test_ends_may_be_written_with_pi(columns):
    (column,) = columns.read_columns("t U 0 2*pi")
    assert column.high == pytest.approx(2 * np.pi)


@pytest.mark.parametrize("text", ["x", "x U 1", "x Q 1 2", "x L* 1 2", "x E 0 1"])
def test_what_is_no_column_is_refused_with_an_example(columns, text):
    with pytest.raises(ValueError, match="x U -1 1"):
        columns.read_columns(text)

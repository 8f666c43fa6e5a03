"""Columns brought to where a uniform grid resolves them."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from pellucid.nets.splines.columns import Column, Columns

FINITE = st.floats(-1e300, 1e300, allow_nan=False, allow_infinity=False)


@settings(max_examples=100, deadline=None)
@given(arrays(np.float64, st.integers(2, 60), elements=FINITE))
def test_a_map_is_finite_and_keeps_the_order(x):
    column = Column.of(x)
    mapped = column(np.sort(x))
    assert np.isfinite(mapped).all()
    assert (np.diff(mapped) >= 0).all()


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 10_000), st.floats(-30, 30), st.sampled_from(["uniform", "normal"]))
def test_ordinary_columns_stay_as_they_are_on_every_scale(seed, power, kind):
    x = getattr(np.random.default_rng(seed), kind)(size=200) * 10.0**power
    assert Column.of(x) == Column()


@pytest.mark.parametrize("values", [[0.0] * 99 + [1.0], [3.0] * 100, list(range(10)) * 10])
def test_ties_and_few_values_are_no_outliers(values):
    assert Column.of(np.array(values)) == Column()


def test_many_equal_rows_do_not_make_the_others_outliers():
    x = np.r_[np.zeros(200), np.random.default_rng(0).uniform(-1, 1, 200)]
    assert Column.of(x) == Column()


def test_a_cell_far_beyond_all_others_is_moved_to_the_last_of_them():
    X = np.random.default_rng(0).uniform(-1, 1, (300, 2))
    X[7, 0] = 1e6
    columns = Columns.of(X)
    assert columns.is_beyond(X).nonzero()[0].tolist() == [7]
    assert columns(X)[7, 0] == np.delete(X[:, 0], 7).max()
    assert (columns(X)[:, 1] == X[:, 1]).all()


@pytest.mark.parametrize(("draw", "kind"), [("lognormal", "log"), ("standard_cauchy", "asinh")])
def test_a_tail_is_mapped_not_cut_off(draw, kind):
    generator = np.random.default_rng(0)
    x = generator.lognormal(0, 2, 500) if draw == "lognormal" else generator.standard_cauchy(500)
    column = Column.of(x)
    assert column.kind == kind
    assert not column.is_beyond(x).any()

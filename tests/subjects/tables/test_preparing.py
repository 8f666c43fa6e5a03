"""Tables made ready: which rows go, which numbers are suspected, which words become columns."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pellucid.subjects.tables.columns import Column, Table
from pellucid.subjects.tables.preparing import Missing, indicators, suspected_code, without_missing
from pellucid.subjects.tables.sample_files import samples_of
from pellucid.subjects.tables.samples import Samples


def table(**columns):
    return Table({name: Column(name, np.array(values)) for name, values in columns.items()})


@settings(max_examples=30, deadline=None)
@given(st.lists(st.sampled_from([1.0, 2.0, -9.0]), min_size=1, max_size=12), st.integers(0, 11))
def test_dropped_rows_keep_their_places_in_the_file(values, asked):
    wanted = [row for row, value in enumerate(values) if value != -9]
    if not wanted:
        with pytest.raises(ValueError, match="missing in each"):
            without_missing(table(a=values), table(a=values).columns.values(), Missing(True, (-9.0,)))
        return
    kept = without_missing(table(a=values), table(a=values).columns.values(), Missing(True, (-9.0,)))
    assert kept.columns["a"].values.tolist() == [values[row] for row in wanted]
    assert kept.lines([asked % len(wanted)]) == [wanted[asked % len(wanted)]]


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from([-999.0, 9999.0, -1e20]), st.integers(2, 6))
def test_a_code_is_found_among_noise_and_noise_alone_is_none(seed, code, count):
    draw = np.random.default_rng(seed)
    values = draw.normal(5, 2, 60)
    assert suspected_code(values) is None
    values[draw.permutation(60)[:count]] = code
    assert suspected_code(values) == (code, count)


def test_zeros_that_belong_are_no_code():
    assert suspected_code(np.maximum(0.0, np.linspace(-3, 8, 40))) is None
    assert suspected_code(np.repeat([0.0, 1.0], 20)) is None
    assert suspected_code(np.array([0.0, 0.0, *np.linspace(50, 60, 30)])) == (0.0, 2)


@pytest.mark.parametrize("seed", range(5))
def test_equal_values_in_a_long_tail_are_no_code(seed):
    draw = np.random.default_rng(seed)
    values = np.exp(draw.normal(size=200_000)).round(3)
    assert suspected_code(values) is None
    values[:40] = 9999
    assert suspected_code(values) == (9999, 40)


def test_words_become_columns_and_too_many_do_not():
    found = indicators(Column("who", np.array(["c", "a", "b", "a", "b", "c"])))
    assert [column.name for column in found] == ["who_b", "who_c"]
    assert found[1].values.tolist() == [1, 0, 0, 0, 0, 1]
    assert indicators(Column("who", np.array(list("aabbccddeeffgghhii")))) == []
    assert indicators(Column("who", np.array(["a", "b", "a"]))) == []


def test_a_category_is_chosen_by_its_name_and_missing_words_are_told():
    rows = table(who=["a", "b", "a", "b", "a"], x=[1.0, 2, 3, 4, 5], y=[1.0, 4, 3, 8, 5])
    assert samples_of(rows, features=("who", "x")).names == ("who_b", "x")
    gap = table(who=["a", "b", "", "b", "a"], x=[1.0, 2, 3, 4, 5], y=[1.0, 4, 3, 8, 5])
    with pytest.raises(ValueError, match="column 'who_b', row 2: the value is missing"):
        samples_of(gap)
    assert samples_of(gap, missing=Missing(True)).rows == 4


def test_weights_stay_with_their_rows():
    samples = Samples([[1.0], [2.0], [3.0]], [1.0, 4.0, 9.0], weights=[1.0, 2.0, 3.0])
    assert samples.select(np.array([2, 0])).weights.tolist() == [3, 1]
    assert samples.fingerprint() != Samples(samples.X, samples.y).fingerprint()
    for weights, told in (([1.0], "weights have shape"), ([1.0, 0.0, 1.0], "not positive")):
        with pytest.raises(ValueError, match=told):
            Samples(samples.X, samples.y, weights=weights)

"""Numbers become fractions where the data allow it, and only where that is no wonder."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from pellucid.discover.trajectories.coefficient_snapping import equal_groups, simple_fraction


@settings(max_examples=80, deadline=None)
@given(st.fractions(-20, 20, max_denominator=9).filter(bool), st.floats(-1, 1))
def test_a_well_known_simple_number_is_recovered(value, error):
    assert simple_fraction(float(value) + 1e-5 * error, 1e-5) == Fraction(value)


@settings(max_examples=80, deadline=None)
@given(st.floats(-50, 50), st.floats(1e-7, 1.0))
def test_a_fraction_is_never_further_off_than_the_doubt_allows(value, doubt):
    found = simple_fraction(value, doubt)
    assert found is None or abs(float(found) - value) <= 2.5 * doubt * (1 + 1e-9)


def test_chance_alone_hardly_ever_gives_a_fraction():
    values = np.random.default_rng(0).uniform(1, 2, 500)
    assert np.mean([simple_fraction(v, 1e-4) is not None for v in values]) < 0.15


@settings(max_examples=40, deadline=None)
@given(st.lists(st.floats(0.5, 5), min_size=1, max_size=6), st.integers(0, 2**6 - 1))
def test_every_coefficient_belongs_to_one_group_with_its_sign(sizes, signs):
    values = np.array([size * (1 if signs >> i & 1 else -1) for i, size in enumerate(sizes)])
    pattern = equal_groups(values, np.diag(np.full(len(values), 1e-8)))
    assert (np.abs(pattern).sum(1) == 1).all()
    for column in pattern.T:
        assert np.ptp(np.abs(values[column != 0])) < 1e-3
        assert len({np.sign(v) * c for v, c in zip(values, column, strict=True) if c}) == 1

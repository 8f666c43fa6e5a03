"""Numbers with few digits in an interval, and combs whose teeth are gaps."""

from __future__ import annotations

import numpy as np
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from pellucid.distill.formulas.jumps.periods import combs_of, shortest, threshold
from pellucid.distill.formulas.jumps.places import Gap


@settings(max_examples=30)
@given(st.floats(-5, 5), st.floats(1e-6, 3))
def test_shortest_numbers_lie_within(low, width):
    number = float(shortest(low, low + width))
    assert low - 1e-9 <= number <= low + width + 1e-9


@settings(max_examples=30)
@given(st.integers(1, 40), st.integers(0, 9), st.integers(3, 8))
def test_combs_go_through_every_gap(tenths, start, count):
    period = tenths / 10
    middles = start + period * np.arange(1, count + 1)
    gaps = [Gap(t - 0.02 * period, t + 0.03 * period, 1.0, 9.0) for t in middles]
    comb = combs_of(gaps, count * period)[0]
    for gap in gaps:
        low, high = (float((sympy.Rational(end) - comb.start) / comb.period) for end in (gap.low, gap.high))
        assert np.floor(high + 1e-9) > np.floor(low - 1e-9)
    assert threshold(gaps[0]) <= gaps[0].high

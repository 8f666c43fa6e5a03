"""Equations that are the same but for units are recognised, and brought to the simplest units."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pellucid.discover.integrable.scalings import normalise, same_up_to_scaling, simplest, with_scales

KDV = [(1, 0, 3), (1, 1, 1), (1, 2, 1)]
"""Weights of u_xxx, u*u_x and u**2*u_x."""
factors = st.fractions(Fraction(1, 5), 5, max_denominator=5)
numbers = st.fractions(-9, 9, max_denominator=4).filter(bool)


def scaled(coefficients, p, q, r):
    weighted = ((i, c, KDV[i]) for i, c in coefficients.items())
    return {i: c * p ** w[0] * q ** w[1] * r ** w[2] for i, c, w in weighted}


@settings(max_examples=50, deadline=None)
@given(st.tuples(numbers, numbers, numbers), factors, factors, factors)
def test_scaling_is_recognised(values, p, q, r):
    first = dict(enumerate(values))
    assert same_up_to_scaling(KDV, first, scaled(first, p, q, r))


@settings(max_examples=50, deadline=None)
@given(st.tuples(numbers, numbers), factors, factors, factors)
def test_units_are_the_same_for_all_scalings_of_an_equation(values, p, q, r):
    first = dict(enumerate(values))
    second = scaled(first, p, q, r)
    found = [normalise(KDV, {i: float(c) for i, c in one.items()}) for one in (first, second)]
    assert found[0] == found[1]
    assert all(abs(c) == 1 for c in (found[0] or {0: 0}).values())  # two coefficients, two units


@settings(max_examples=60, deadline=None)
@given(st.fractions(-100, 100, max_denominator=120).filter(bool))
def test_the_simplest_fraction_near_a_fraction_is_it(value):
    assert simplest(float(value), 1e-9) == value


def test_what_is_near_no_fraction_is_told():
    assert simplest(2**0.5, 1e-9) is None
    assert normalise([(1, 0, 3), (1, 0, 3)], {0: 1.0, 1: 2**0.5}) is None


@pytest.mark.parametrize("places", [(0,), (0, 1), (0, 1, 2)])
def test_free_parameters_reach_as_many_coefficients_as_scalings_do(places):
    found = with_scales(KDV, dict.fromkeys(places, Fraction(1)))
    powers = [power for _, power in found.values()]
    assert len({len(p) for p in powers}) == 1
    assert any(not any(p) for p in powers)  # t's scaling is spent on one

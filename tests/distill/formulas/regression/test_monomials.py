"""Monomials of a wanted unit, for whatever units the features have."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from pellucid.distill.formulas.regression.monomials import MonomialSpace, exponent_bits, monomial_values

SMALL = st.integers(-2, 2).map(float)


@settings(max_examples=15, deadline=None)
@given(units=arrays(float, st.tuples(st.integers(2, 4), st.integers(1, 2)), elements=SMALL), data=st.data())
def test_every_monomial_has_the_wanted_unit_and_they_come_cheapest_first(units, data):
    exponents = data.draw(arrays(float, len(units), elements=SMALL))
    found = MonomialSpace(units).simplest(exponents @ units, 30)
    assert len(found)  # the one that was drawn at the least, or cheaper ones
    assert np.allclose(found @ units, exponents @ units)
    assert (np.diff(exponent_bits(found, len(units))) >= -1e-12).all()


@settings(max_examples=20, deadline=None)
@given(exponents=arrays(float, (2, 3), elements=SMALL), x=arrays(float, (4, 3), elements=st.floats(0.5, 2)))
def test_exponents_add_where_monomials_are_multiplied(exponents, x):
    first, second = monomial_values(x, exponents).T
    assert np.allclose(monomial_values(x, exponents.sum(0, keepdims=True))[:, 0], first * second)

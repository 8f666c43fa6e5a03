"""Monomials of a wanted unit, for whatever units the features have."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from pellucid.artifacts.formulas.formula import Formula
from pellucid.distill.formulas.regression.monomials import MonomialSpace, exponent_bits, monomial_text, monomial_values

NAMES = ("m", "g", "h")
UNITS = np.array([[1.0, 0, 0], [0, 1, -2], [0, 1, 0]])
ENERGY = np.array([1.0, 2, -2])
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


def test_units_leave_one_energy_of_mass_gravity_and_height():
    found = MonomialSpace(UNITS).simplest(ENERGY, 10)
    assert [monomial_text(NAMES, row) for row in found] == ["m*g*h"]


def test_every_monomial_has_the_unit_and_they_are_simplest_first():
    units = np.array([[1.0, 0], [0, 1], [1, -1], [0, 0], [1, 0]])
    target = np.array([1.0, -2.0])
    found = MonomialSpace(units, halves=True).simplest(target, 200)
    assert len(found) == 200
    assert np.allclose(found @ units, target)
    assert len(np.unique(found, axis=0)) == 200
    assert (np.diff(exponent_bits(found, 5)) >= -1e-12).all()


def test_without_units_every_monomial_is_allowed_and_the_empty_one_comes_first():
    found = MonomialSpace(np.zeros((2, 0))).simplest(np.zeros(0), 30)
    assert not found[0].any()
    assert len(found) == 30


def test_an_unreachable_unit_has_no_monomial():
    assert len(MonomialSpace(np.array([[1.0, 0.0]])).simplest(np.array([0.0, 1.0]), 10)) == 0


def test_monomials_text_is_their_value(X):
    for row in MonomialSpace(np.zeros((3, 0)), halves=True).simplest(np.zeros(0), 60):
        assert Formula(monomial_text(NAMES, row), NAMES)(X) == pytest.approx(monomial_values(X, row[None])[:, 0])

"""Differential polynomials in t and x: divergences have no Euler operator, and all else has one."""

from __future__ import annotations

import pytest

pytest.importorskip("flint")

from hypothesis import given
from hypothesis import strategies as st

from pellucid.algebra.fields.multi_jets import MultiJets, powers_below, reaches, room_for, shifted

WIDE = room_for({(0, 0), (1, 0), (0, 2)})
HERE = [(0, 0), (1, 0), (0, 1)]


def named(field, powers):
    return field + "".join(letter * n for letter, n in zip("tx", powers, strict=True))


JETS = MultiJets(("u", "v"), ("t", "x"), room_for(WIDE), named)


@st.composite
def polynomials(draw):
    """Up to three terms in t, x, the fields and their first derivatives."""
    names = ["t", "x", *(named(field, powers) for field in ("u", "v") for powers in HERE)]
    total = JETS.ring.constant(0)
    for factors in draw(st.lists(st.lists(st.sampled_from(names), min_size=1, max_size=3), min_size=1, max_size=3)):
        term = JETS.ring.constant(draw(st.integers(-3, 3)))
        for name in factors:
            term = term * JETS.generators[name]
        total = total + term
    return total


@given(polynomials(), polynomials())
def test_the_euler_operators_of_a_divergence_are_0(density, flux):
    divergence = JETS.total_derivative(density, 0) + JETS.total_derivative(flux, 1)
    assert all(JETS.euler(divergence, field) == 0 for field in JETS.fields)


@given(polynomials())
def test_total_derivatives_commute(polynomial):
    one = JETS.total_derivative(JETS.total_derivative(polynomial, 0), 1)
    assert one == JETS.total_derivative(JETS.total_derivative(polynomial, 1), 0)


def test_what_is_no_divergence_has_an_euler_operator():
    u = JETS.generators["u"]
    assert JETS.euler(u**2, "u") == 2 * u
    assert JETS.euler(u**2, "v") == 0


def test_a_derivative_that_there_is_no_room_for_is_refused():
    small = MultiJets(("u",), ("t", "x"), frozenset({(0, 0)}), named)
    with pytest.raises(ValueError, match="derivatives beyond u are needed; lower the order"):
        small.total_derivative(small.generators["u"], 1)


@given(st.tuples(*[st.integers(0, 3)] * 3), st.integers(0, 2))
def test_below_a_derivative_are_those_that_it_reaches(powers, direction):
    below = powers_below(powers)
    assert len(set(below)) == len(below) == (powers[0] + 1) * (powers[1] + 1) * (powers[2] + 1)
    assert all(reaches(powers, one) for one in below)
    assert not reaches(powers, shifted(powers, direction))
    assert shifted(shifted(powers, direction), direction, -1) == powers

"""Null vectors for people: the same space with fewer terms, whole numbers without a common divisor."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

pytest.importorskip("flint")

from pellucid.algebra.arithmetic.finite_field import PRIME, rank
from pellucid.algebra.arithmetic.parametric_vectors import coprime_integers, powers_of
from pellucid.discover.conserved.exact_count import special_values
from pellucid.discover.conserved.null_vectors import sparsify

small = st.fractions(-1000, 1000, max_denominator=100)


@settings(max_examples=50, deadline=None)
@given(st.lists(small, min_size=1, max_size=6).filter(any))
def test_whole_numbers_are_in_proportion_and_share_no_divisor(values):
    numbers = coprime_integers(values)
    assert numbers is not None
    assert math.gcd(*numbers) == 1
    factor = next(Fraction(n) / v for n, v in zip(numbers, values, strict=True) if v)
    assert [v * factor for v in values] == numbers


def test_a_fraction_that_no_law_would_hold_is_refused():
    assert coprime_integers([Fraction(1, 2), Fraction(10**6 + 1)]) is None
    assert coprime_integers([Fraction(1, 2), Fraction(10**6)]) == [1, 2 * 10**6]


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 5))
def test_sparse_rows_span_the_same_space_with_no_more_terms(seed, count):
    generator = np.random.default_rng(seed)
    simple = generator.integers(0, 2, (count, 8)) * generator.integers(1, 5, (count, 8))
    simple = simple[simple.any(1)]
    mixed = generator.integers(1, PRIME, (len(simple), len(simple))).astype(object) @ simple % PRIME
    mixed = mixed.astype(np.int64)
    found = sparsify(mixed, np.arange(8), PRIME)
    assert np.count_nonzero(found) <= np.count_nonzero(mixed)
    assert rank(np.concatenate([found, mixed])) == rank(mixed) == rank(found)


def test_powers_are_all_of_them_and_each_once():
    powers = powers_of(3, 4)
    assert len(set(powers)) == len(powers) == math.comb(3 + 4, 4)
    assert all(sum(p) <= 4 for p in powers)


@settings(max_examples=25, deadline=None)
@given(st.sets(st.integers(-30, 30).filter(bool), min_size=1, max_size=4), st.integers(0, 10**6))
def test_values_of_smaller_rank_are_found_in_any_basis(values, seed):
    """diag(values) - r is singular at the values, and so is what invertible matrices make of it."""
    generator, size = np.random.default_rng(seed), len(values)
    sides = [np.triu(generator.integers(1, 50, (size, size))) for _ in range(2)]
    left = sides[0] @ np.diag(sorted(values)) @ sides[1] % PRIME
    right = -(sides[0] @ sides[1]) % PRIME
    assert set(special_values(left, right)) == {Fraction(v) for v in values}

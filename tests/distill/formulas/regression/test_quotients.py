"""Quotients of sparse sums: which terms stand above and below the bar, and how they are written."""

from __future__ import annotations

import numpy as np
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from pellucid.distill.formulas.regression.quotients import (
    Quotient,
    QuotientSearch,
    Support,
    monomials_of,
    quotient_expressions,
)


def values(terms: dict[int, float], z: np.ndarray, exponents) -> np.ndarray:
    return sum((c * np.prod(z ** np.array(exponents[k])[:, None], 0) for k, c in terms.items()), np.zeros(z.shape[1]))


def drawn(columns: int, seed: int, above: int, below: int):
    """A quotient with positive coefficients near 1, its terms at random, on rows without poles."""
    draw = np.random.default_rng(seed)
    exponents = monomials_of(columns, 2)
    top = dict(
        zip(draw.choice(len(exponents), above, replace=False).tolist(), draw.uniform(0.5, 2, above), strict=True)
    )
    low = dict(
        zip(draw.choice(len(exponents), below, replace=False).tolist(), draw.uniform(0.5, 2, below), strict=True)
    )
    z = draw.uniform(0.2, 3, (columns, 80))
    return z, values(top, z, exponents) / values(low, z, exponents)


@settings(max_examples=15, deadline=None)
@given(st.integers(1, 3), st.integers(0, 10_000), st.integers(1, 2), st.integers(1, 3))
def test_what_has_no_noise_is_found_exactly(columns, seed, above, below):
    z, y = drawn(columns, seed, above, below)
    found = QuotientSearch().run(z, y / y.std(), np.ones(80))
    assert min(one.error for one in found) < 1e-16


def test_under_noise_the_true_support_is_the_best_of_its_size():
    draw = np.random.default_rng(1)
    z = draw.uniform(0.2, 4, (2, 100))
    rate = 3 * z[0] * z[1] / (2 + z[0] + 0.5 * z[1] + z[0] * z[1])
    y = rate / rate.std() + 0.01 * draw.normal(size=100)
    found = QuotientSearch().run(z, y, np.ones(100))
    exponents = monomials_of(2, 4)
    best = min((one for one in found if one.support.size == 5), key=lambda one: one.error)
    assert [exponents[k] for k in best.support.above] == [(1, 1)]
    assert [exponents[k] for k in best.support.below] == [(0, 0), (0, 1), (1, 0), (1, 1)]
    assert best.above[0] * rate.std() == pytest.approx(1.5, rel=0.1)


def test_no_quotient_has_a_pole_between_the_rows():
    z = np.linspace(-1, 1, 40)[None] + 0.01
    for one in QuotientSearch().run(z, 1 / z[0], np.ones(40)):
        below = values(
            dict(zip(one.support.below, one.below, strict=True)), np.linspace(-0.98, 1, 999)[None], monomials_of(1, 6)
        )
        assert (below > 0).all() or (below < 0).all()


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000), st.floats(1e-6, 1e6), st.floats(1e-6, 1e6))
def test_every_way_of_writing_it_has_the_same_values(seed, scale, size):
    draw = np.random.default_rng(seed)
    found = Quotient(Support((1, 2), (0, 1, 2)), draw.uniform(0.5, 2, 2), np.array([1.0, 0.7, 1.9]), 0.0)
    x = sympy.Symbol("x")
    exponents = monomials_of(1, 2)
    at = draw.uniform(0.1, 3)
    expected = size * values({1: found.above[0], 2: found.above[1]}, np.array([[at]]), exponents)
    expected = expected / values({0: 1.0, 1: 0.7, 2: 1.9}, np.array([[at]]), exponents)
    for way in quotient_expressions(found, exponents, [x], [scale], size):
        assert float(way.subs(x, at * scale)) == pytest.approx(expected[0], rel=1e-9)


@pytest.mark.parametrize("rows", [3, 4, 6, 7])
def test_few_rows_and_odd_values_end_quietly(rows):
    z = np.zeros((2, rows))
    z[0] = np.arange(rows) * 1e150
    found = QuotientSearch().run(z, np.arange(rows) * 1.0, np.ones(rows))
    assert all(np.isfinite(one.error) for one in found)


def test_the_search_ends_with_the_time():
    z, y = drawn(3, 3, 2, 3)
    found = QuotientSearch().run(z, y, np.ones(80), is_over=lambda: True)
    assert {one.support.size for one in found} == {2}


def test_seven_rows_are_enough_for_a_saturating_rate():
    x = np.linspace(0.5, 9, 7)[None]
    found = QuotientSearch().run(x, x[0] / (3 + x[0]), np.ones(7))
    assert any(one.support == Support((1,), (0, 1)) and one.error < 1e-20 for one in found)


def test_coefficients_beyond_floats_are_not_written():
    found = Quotient(Support((4,), (0, 4)), np.array([1.0]), np.array([1.0, 0.5]), 0.0)
    x = sympy.Symbol("x")
    assert quotient_expressions(found, monomials_of(1, 4), [x], [1e-100], 1.0) == []
    assert quotient_expressions(found, monomials_of(1, 4), [x], [1e100], 1.0) == []

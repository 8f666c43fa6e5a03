"""Constants with errors, noise, exact numbers and the length of it all: what must hold whatever the table."""

import math

import numpy as np
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from pellucid.distill.formulas.expression.parametrised import parametrise
from pellucid.distill.formulas.inference.claims import constant_claims
from pellucid.distill.formulas.inference.description import description_nats
from pellucid.distill.formulas.inference.estimate import Rows, estimate
from pellucid.distill.formulas.inference.noise import GAUSS, RELATIVE, STUDENT, outliers, rounding_of
from pellucid.distill.formulas.inference.numbers import fraction_price, number_price, short_numbers, simplest_fraction
from pellucid.distill.formulas.inference.snapping import snap

x = sympy.Symbol("x", real=True)
LINE = sympy.Float(2.4) * x + sympy.Float(6.8)


def rows_of(X, y):
    X = np.asarray(X, float)
    return Rows(X[:, None], np.asarray(y, float), np.ones(len(y)), ("x",), rounding_of(np.asarray(y, float)))


def line(seed, noise, count=40):
    draw = np.random.default_rng(seed)
    X = draw.uniform(0, 10, count)
    return rows_of(X, 2.4 * X + 6.8 + noise * draw.normal(size=count))


def test_standard_errors_cover_the_truth_as_often_as_they_say():
    inside = 0
    for seed in range(200):
        found = estimate(parametrise(LINE), line(seed, 0.5), GAUSS)
        slope = int(np.argmin(np.abs(found.theta - 2.4)))
        inside += abs(found.theta[slope] - 2.4) < 1.96 * found.errors[slope]
    assert 0.90 < inside / 200 < 0.99  # 95 % of 200, three deviations either way


@settings(max_examples=40, deadline=None)
@given(st.floats(-8, 8), st.floats(-8, 8))
def test_units_move_the_length_by_the_change_of_variable_alone(column, target):
    rows = line(1, 0.3)
    moved = Rows(rows.X * 10**column, rows.y * 10**target, rows.weights, rows.names, rows.rounding * 10**target)
    form = parametrise(LINE)
    scaled = parametrise(sympy.Float(2.4 * 10 ** (target - column)) * x + sympy.Float(6.8 * 10**target))
    before = description_nats(estimate(form, rows, GAUSS), rows)
    after = description_nats(estimate(scaled, moved, GAUSS), moved)
    assert after - before == pytest.approx(rows.count * target * math.log(10), abs=1e-3)


def test_a_constant_that_the_rows_do_not_know_stays_free_and_one_they_know_is_exact():
    noisy = snap(estimate(parametrise(LINE), line(2, 1.0), GAUSS), line(2, 1.0))
    exact = snap(estimate(parametrise(LINE), line(2, 0.0), GAUSS), line(2, 0.0))
    assert {str(number) for number in exact.held.values()} == {"12/5", "34/5"}
    assert not any("pi" in str(number) for number in noisy.held.values())


def test_an_exact_number_that_the_rows_contradict_is_told():
    rows = line(3, 0.05)
    form = parametrise(LINE)
    slope = int(np.argmin(np.abs(form.values - 2.4)))
    wrong = estimate(form, rows, GAUSS, held={slope: sympy.Rational(5, 2)})
    assert [claim.key for claim in constant_claims(wrong, rows, "y")].count("contradiction") == 1
    right = estimate(form, rows, GAUSS, held={slope: sympy.Rational(12, 5)})
    assert not any(claim.key == "contradiction" for claim in constant_claims(right, rows, "y"))


@pytest.mark.parametrize("noise", [GAUSS, RELATIVE, STUDENT])
def test_densities_integrate_to_one(noise):
    y = np.linspace(1e-3, 60, 200_001)
    f, s = 20.0, 0.1 if noise is RELATIVE else 2.0
    r = noise.residuals(np.full_like(y, f), y)
    one = np.array([_nats(noise, r[i], y[i], s) for i in range(0, len(y), 200)])
    assert np.trapezoid(np.exp(-one), y[::200]) == pytest.approx(1, abs=0.02)


def _nats(noise, r, y, s):
    """-ln p(y) of one row for a scale that is given: as the smallest scale of a residual that is far smaller."""
    if noise is STUDENT:
        constant = math.lgamma(2) - math.lgamma(1.5) - 0.5 * math.log(3 * math.pi * s * s)
        return 2 * math.log1p(r * r / (3 * s * s)) - constant
    return 0.5 * (r / s) ** 2 + 0.5 * math.log(2 * math.pi * s * s) + (math.log(y) if noise is RELATIVE else 0)


@settings(max_examples=100, deadline=None)
@given(st.floats(-1e6, 1e6), st.floats(1e-6, 1e3))
def test_short_numbers_lie_in_the_interval_cheapest_first(value, error):
    found = short_numbers(value, error)
    assert all(abs(each.value - value) <= 3.0001 * error + 1e-9 * abs(value) for each in found)
    assert [each.price for each in found] == sorted(each.price for each in found)
    assert all(math.isclose(float(each.number), each.value, rel_tol=1e-12, abs_tol=1e-300) for each in found)


@settings(max_examples=100, deadline=None)
@given(st.floats(-50, 50), st.floats(1e-4, 2))
def test_the_simplest_fraction_is_inside_and_none_is_simpler(low, width):
    p, q = simplest_fraction(low, low + width)
    rounding = 1e-12 * (1 + abs(low))  # ends are taken up to rounding
    assert low - rounding <= p / q <= low + width + rounding
    assert not any(math.ceil(low * smaller) <= (low + width) * smaller - 1e-9 for smaller in range(1, q))


def test_rare_numbers_cost_more():
    assert fraction_price(5, 2) < fraction_price(37, 41)
    assert number_price(sympy.pi) < number_price(5 * sympy.pi**4)
    assert number_price(sympy.Integer(3)) < number_price(3 * sympy.sqrt(2) / 2)


def test_outliers_are_found_by_their_rows():
    rows = line(4, 0.1)
    y = rows.y.copy()
    y[7] = 90
    found = estimate(parametrise(LINE), rows_of(rows.X[:, 0], y), STUDENT)
    assert np.flatnonzero(outliers(y - found.values, found.scatter.s)).tolist() == [7]

"""Outliers are looked for among residuals of the noise that the best formula has, not among those of another one."""

from __future__ import annotations

import numpy as np
import pytest
import sympy

from pellucid.algebra.expressions.text import parse
from pellucid.distill.formulas.inference.noise import GAUSS, GROSS, GROSS_RELATIVE, NOISES, RELATIVE, STUDENT
from pellucid.distill.formulas.inference.weigh import (
    estimated,
    follows_rows,
    is_heavy,
    may_have_outliers,
    rows_of,
    weigh_formulas,
)
from pellucid.distill.formulas.parametric.parametric import targets
from pellucid.subjects.tables.samples import Samples


def arrhenius(noise: float, outlier: float = 1.0) -> Samples:
    draw = np.random.default_rng(5)
    T = np.linspace(290, 410, 40)
    k = 3.2e11 * np.exp(-8750 / T) * np.exp(noise * draw.normal(size=40))
    k[17] *= outlier
    return Samples(T[:, None], k, ("T",), "k")


@pytest.mark.parametrize(("noise", "outlier", "heavy"), [(0.02, 1.0, False), (0.2, 1.0, False), (0.02, 1.5, True)])
def test_noise_that_grows_with_the_value_has_no_heavy_tails(noise, outlier, heavy):
    rows = rows_of(arrhenius(noise, outlier))
    [best] = estimated(parse("3.0e11*exp(-8700.5/T)", ("T",)), rows, [RELATIVE])
    assert is_heavy(best, rows) == heavy


def test_rows_that_grow_a_hundredfold_are_heavy_under_noise_that_is_the_same_everywhere():
    rows = rows_of(arrhenius(0.2))
    [best] = estimated(parse("3.0e11*exp(-8700.5/T)", ("T",)), rows, [GAUSS])
    assert is_heavy(best, rows)


def test_the_shortest_search_comes_first_so_that_a_short_budget_hears_it():
    assert [target.logarithm for target in targets(np.array([1.0, 2.0, 30.0]), 6)] == [True, False, False]
    assert [target.noise for target in targets(np.array([-1.0, 2.0, 30.0]), 6)] == [GAUSS]


@pytest.mark.parametrize("noise", [GROSS, GROSS_RELATIVE])
def test_a_gross_error_costs_no_more_than_where_it_lies_anywhere(noise):
    draw = np.random.default_rng(0)
    y = 50 + np.zeros(80)
    r = 0.01 * draw.normal(size=80)
    clean, ones = noise.scatter(r, y, np.ones(80), 1e-12), np.ones(80)
    r[:3] = [8.0, -5.0, 11.0]
    spoilt, student = noise.scatter(r, y, ones, 1e-12), STUDENT.scatter(r, y, ones, 1e-12)
    assert spoilt.s == pytest.approx(0.01, rel=0.2)
    assert spoilt.weights[:3].max() < 1e-3 < 0.9 < np.median(spoilt.weights)
    change = float(np.log(y).sum()) if noise.is_share else 0.0
    assert spoilt.nats - change < student.nats
    assert spoilt.nats - clean.nats < 3 * (np.log(10 / 0.01) + np.log(80 / 3) + 2)


@pytest.mark.parametrize("seed", range(6))
def test_noise_without_outliers_has_none(seed):
    draw = np.random.default_rng(seed)
    x = np.linspace(1, 9, 60)
    rows = rows_of(Samples(x[:, None], (2.2 * x + 1.3) * (1 + 0.02 * draw.normal(size=60)), ("x",)))
    entries = [entry for noise in NOISES for entry in estimated(parse("2.2*x + 1.3", ("x",)), rows, [noise])]
    assert not min(entries, key=lambda entry: entry.nats).estimate.noise.has_outliers


def test_a_shorter_formula_beside_gross_errors_is_heard_where_a_longer_one_goes_through_them():
    draw = np.random.default_rng(3)
    x = np.linspace(0.2, 8, 60)
    y = 3 + 1.5 * x + 0.01 * draw.normal(size=60)
    y[31] += 40  # met by a narrow peak of three constants
    peak = parse(f"3.0 + 1.5*x + 40.1*exp(-900.5*(x - {x[31]})**2)", ("x",))
    rows = rows_of(Samples(x[:, None], y, ("x",)))
    through, plain = (estimated(form, rows, [GAUSS])[0] for form in (peak, parse("3.1 + 1.6*x", ("x",))))
    assert through.nats < plain.nats
    assert may_have_outliers([through, plain], rows)
    best = weigh_formulas([peak, parse("3.1 + 1.6*x", ("x",))], rows)[0]
    assert best.estimate.noise.has_outliers
    assert not best.expression.has(sympy.exp)


def test_written_digits_near_a_pole_are_no_outliers():
    x = np.random.default_rng(1).uniform(-3, 3, 100)
    y, x = (np.array([float(f"{value:.10g}") for value in column]) for column in (1 / (x - 0.5), x))
    rows = rows_of(Samples(x[:, None], y, ("x",)))
    assert np.abs(y - 1 / (x - 0.5)).max() > 10 * rows.rounding
    [plain] = estimated(parse("1/(x - 0.5)", ("x",)), rows, [GAUSS])
    assert not is_heavy(plain, rows)
    assert plain.estimate.scatter.s == rows.rounding
    y[np.argmax(np.abs(y))] *= 1.001
    [spoilt] = estimated(parse("1/(x - 0.5)", ("x",)), rows_of(Samples(x[:, None], y, ("x",))), [GAUSS])
    assert is_heavy(spoilt, rows)


def line_and_peak(outlier: float):
    """A line of 60 noisy rows, one of them off by `outlier`, and a form with a narrow peak there: fitted to them."""
    draw = np.random.default_rng(3)
    x = np.linspace(0.2, 8, 60)
    y = 3 + 1.5 * x + 0.01 * draw.normal(size=60)
    y[31] += outlier
    rows = rows_of(Samples(x[:, None], y, ("x",)))
    peak = parse(f"3.0 + 1.5*x + 40.1*exp(-900.5*(x - {x[31]})**2)", ("x",))
    return rows, estimated(peak, rows, [GAUSS])[0]


def test_leverages_add_up_to_the_number_of_constants():
    rows, _ = line_and_peak(0.0)
    for text, count in (("3.1 + 1.6*x", 2), ("2.5", 1), ("1.1*x**0.9 + 0.2", 3)):
        [found] = estimated(parse(text, ("x",)), rows, [GAUSS])
        assert found.estimate.leverages.sum() == pytest.approx(count, abs=1e-9)
        assert found.estimate.leverages.max() < 0.5


def test_a_formula_with_constants_for_a_single_row_makes_outliers_heard_even_alone():
    rows, through = line_and_peak(40.0)
    assert int(np.argmax(through.estimate.leverages)) == 31
    assert follows_rows(through, rows)
    assert may_have_outliers([through], rows)
    [plain] = estimated(parse("3.1 + 1.6*x", ("x",)), rows, [GAUSS])
    assert not follows_rows(plain, rows)


def test_rows_that_are_exact_make_no_outliers_heard():
    x = np.linspace(0.2, 8, 60)
    rows = rows_of(Samples(x[:, None], 3 + 1.5 * x + 40 * np.exp(-900 * (x - x[31]) ** 2), ("x",)))
    [exact] = estimated(parse(f"3.0 + 1.5*x + 40.1*exp(-900.5*(x - {x[31]})**2)", ("x",)), rows, [GAUSS])
    assert exact.estimate.leverages.max() > 0.99
    assert not follows_rows(exact, rows)

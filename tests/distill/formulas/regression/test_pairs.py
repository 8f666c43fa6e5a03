"""Exhaustive regressions against plain least squares, and the formulas that come of them."""

from __future__ import annotations

import numpy as np
import pytest
import sympy

from pellucid.algebra.text import parse
from pellucid.artifacts.formulas.formula import Formula
from pellucid.distill.formulas.expression.transforms import IDENTITY, INVERSE, SQUARE, TRANSFORMS
from pellucid.distill.formulas.regression.exhaustive import Budget, candidates
from pellucid.distill.formulas.regression.noisy_fit import fit, least_squares
from pellucid.distill.formulas.regression.pairs import (
    Best,
    score_extended,
    score_products,
    score_shared,
    score_sums,
    unit_columns,
)
from pellucid.subjects.tables.samples import Samples
from pellucid.subjects.tables.units import units_of

SMALL = Budget(rows=200, factors=1500, arguments=30, monomials=600, kept=60, fitted=40, returned=10)


@pytest.fixture
def columns():
    return np.random.default_rng(0).normal(size=(80, 12))


def test_products_find_the_product(columns):
    y = 3 * columns[:, 2] * columns[:, 9]
    best = Best(5)
    left, right = unit_columns(columns[:, :6]), unit_columns(columns[:, 6:])
    score_products(y, left, right, (np.zeros(6), np.zeros(6)), best)
    scores, found = best.result()
    assert found[0].tolist() == [0, 2, 3]
    assert (np.diff(scores) >= 0).all()


def test_sums_score_like_least_squares(columns):
    y = np.random.default_rng(1).normal(size=80) + columns[:, 3]
    best = Best(66)
    score_sums(y, unit_columns(columns), np.zeros(12), best)
    scores, found = best.result()
    assert len(found) == 66
    for score, (i, j) in zip(scores[:10], found[:10], strict=True):
        E = columns[:, [i, j]]
        left = y - E @ np.linalg.lstsq(E, y, rcond=None)[0]
        assert score == pytest.approx(40 * np.log2(left @ left / (y @ y)), abs=1e-2)


def test_shared_finds_the_common_factor(columns):
    factors = np.exp(columns[:, 8:] / 3)
    y = factors[:, 2] * (columns[:, 1] - 2 * columns[:, 4])
    best = Best(3)
    score_shared(y, unit_columns(factors), unit_columns(columns[:, :8]), (np.zeros(4), np.zeros(8)), best)
    assert best.result()[1][0].tolist() == [0, 2, 1, 4]


def test_grown_adds_the_missing_term(columns):
    y = columns[:, 0] + columns[:, 5] - columns[:, 7]
    best = Best(4)
    score_extended(y, unit_columns(columns), np.zeros(12), np.array([[0, 5], [1, 2]]), best)
    assert best.result()[1][0].tolist() == [0, 5, 7]


@pytest.mark.parametrize("transform", TRANSFORMS, ids=lambda transform: transform.name)
def test_a_transform_and_its_inverse_cancel(transform):
    y = np.linspace(0.2, 1.4, 7)
    assert np.allclose(transform.inverse(transform.forward(y)), y)
    assert np.isfinite(transform.weight(y, 0.1)).all()


@pytest.mark.parametrize("transform", [IDENTITY, SQUARE, INVERSE], ids=lambda transform: transform.name)
def test_fits_are_to_y_itself_and_snap(transform):
    generator = np.random.default_rng(0)
    E = generator.uniform(1, 3, (500, 2))
    y = transform.inverse(E @ np.array([2.0, 0.5]))
    y = y + 0.02 * np.sqrt(np.mean(y**2)) * generator.normal(size=500)
    assert least_squares(E, y, transform, 0.05) == pytest.approx([2.0, 0.5], rel=0.1)
    fitted = fit(E, y, transform, 0.05)
    assert fitted is not None
    assert fitted.coefficients == pytest.approx([2.0, 0.5], rel=1e-9)


def _noisy(expression, names, level, units=None, low=1.0, high=3.0):
    generator = np.random.default_rng(0)
    X = generator.uniform(low, high, (500, len(names)))
    y = Formula(expression, names)(X)
    y = y + level * np.sqrt(np.mean(y**2)) * generator.normal(size=500)
    return Samples(X, y, names, units=units), parse(expression, names)


@pytest.mark.parametrize("level", [0.0, 0.01, 0.1])
def test_a_monomial_is_found_under_noise(level):
    samples, truth = _noisy("q1*q2/(4*pi*r**2)", ("q1", "q2", "r"), level)
    assert sympy.simplify(candidates(samples, 0, budget=SMALL)[0].expression - truth) == 0


@pytest.mark.parametrize("level", [0.01, 0.1])
def test_units_help(level):
    units = units_of({"m": "kg", "v": "m/s", "c": "m/s"}, "kg", ("m", "v", "c"))
    generator = np.random.default_rng(0)
    X = generator.uniform((1, 1, 3), (5, 2, 4), (500, 3))
    y = X[:, 0] / np.sqrt(1 - X[:, 1] ** 2 / X[:, 2] ** 2)
    y = y + level * np.sqrt(np.mean(y**2)) * generator.normal(size=500)
    best = candidates(Samples(X, y, ("m", "v", "c"), units=units), 0, budget=SMALL)[0].expression
    number = Formula(str(best), ("m", "v", "c"))([[2.0, 1.0, 3.0]])[0]
    assert number == pytest.approx(2 / (1 - 1 / 9) ** 0.5, rel=0.01 if level > 0.01 else 1e-12)


def test_the_same_seed_gives_the_same_formulas():
    samples, _ = _noisy("a*exp(-b)", ("a", "b"), 0.01)
    first, second = (candidates(samples, 3, budget=SMALL) for _ in range(2))
    assert [row.expression for row in first] == [row.expression for row in second]


def test_a_constant_target_has_no_candidates():
    X = np.random.default_rng(0).normal(size=(20, 2))
    assert candidates(Samples(X, np.ones(20)), 0, budget=SMALL) == []


def test_many_columns_are_narrowed_to_those_that_matter():
    generator = np.random.default_rng(0)
    X = generator.uniform(1, 3, (300, 60))
    y = X[:, 7] * X[:, 41] + 0.01 * generator.normal(size=300)
    best = candidates(Samples(X, y), 0, budget=SMALL)[0].expression
    assert str(best) == "x41*x7"

"""Formulas by exhaustive regression: under noise, with units, from many columns."""

from __future__ import annotations

import numpy as np
import pytest
import sympy

from pellucid.algebra.expressions.text import parse
from pellucid.artifacts.formulas.formula import Formula
from pellucid.distill.formulas.regression.exhaustive import Budget, candidates
from pellucid.subjects.tables.samples import Samples
from pellucid.subjects.tables.units import units_of

SMALL = Budget(rows=200, factors=1500, arguments=30, monomials=600, kept=60, fitted=40, returned=10)


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


@pytest.mark.parametrize("text", ["sin(x)*sqrt(x) - 3", "cos(x)*exp(-x) + 1/2", "x**2*log(x) + 2"])
@pytest.mark.parametrize("rows", [25, 200])
def test_an_offset_beside_a_product_is_found(text, rows):
    draw = np.random.default_rng(4)
    X = draw.uniform(0.3, 4, (rows, 1))
    clean = Formula(text, ("x",))(X)
    samples = Samples(X, clean + 0.005 * clean.std() * draw.normal(size=rows), ("x",))
    assert any(_agrees(each.expression, parse(text, ("x",)), X) for each in candidates(samples))


@pytest.mark.parametrize("text", ["log(1 + x**2 + x*z)", "log(x**3 + x**2 + 2)"])
def test_a_sum_inside_a_logarithm_is_found(text):
    draw = np.random.default_rng(5)
    X = draw.uniform(0.2, 3, (60, 2))
    clean = Formula(text, ("x", "z"))(X)
    samples = Samples(X, clean + 0.005 * clean.std() * draw.normal(size=60), ("x", "z"))
    assert any(_agrees(each.expression, parse(text, ("x", "z")), X) for each in candidates(samples))


def _agrees(found, truth, X):
    names = tuple("xz"[: X.shape[1]])
    return Formula(str(found), names)(X) == pytest.approx(Formula(str(truth), names)(X), rel=1e-9)

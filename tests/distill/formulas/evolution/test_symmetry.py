"""What a surrogate's gradients say about a function: symmetries that are there, and none that are not."""

from fractions import Fraction

import numpy as np
import pytest
import sympy

from pellucid.distill.formulas.evolution.surrogate import fit_surrogate
from pellucid.distill.formulas.evolution.symmetry import factors, invariants, measure, scalings, separations
from pellucid.subjects.tables.samples import Samples


def table(function, features, noise=0.0, rows=400, low=1.0, high=3.0):
    generator = np.random.default_rng(0)
    X = generator.uniform(low, high, (rows, features))
    y = function(*X.T)
    y = y + noise * np.sqrt(np.mean(y**2)) * generator.standard_normal(rows)
    return Samples(X, y, tuple("abcdef"[:features]))


def measured(samples):
    return measure(fit_surrogate(samples), samples)


def best(samples):
    found = invariants(measured(samples))
    return str(found[0].expression) if found else None


@pytest.mark.parametrize("noise", [0.0, 0.01])
@pytest.mark.parametrize(
    ("function", "expected"),
    [
        (lambda a, b, c: np.exp(-((a - b) ** 2)) * c, "a - b"),
        (lambda a, b, c: np.cos(a + b) + c, "a + b"),
        (lambda a, b, c: 4 * np.tanh(a * b / 4) + c, "a*b"),
        (lambda a, b, c: c / (1 + a / b), "a/b"),
        (lambda a, b, c: c * np.sqrt(a**2 + b**2) + c**2, "a**2 + b**2"),
    ],
)
def test_an_invariant_is_found(function, expected, noise):
    assert best(table(function, 3, noise)) == expected


def test_three_features_of_one_invariant_are_found_together():
    found = invariants(measured(table(lambda a, b, c: np.log(a**2 + b**2 + c**2), 3)))
    assert str(found[0].expression) == "a**2 + b**2 + c**2"


def test_what_has_no_symmetry_shows_none():
    assert best(table(lambda a, b: np.sin(a * b) + a**2 + b / a, 2)) is None


def test_noise_alone_shows_none():
    samples = Samples(*(np.random.default_rng(1).standard_normal(shape) for shape in ((300, 2), 300)))
    assert invariants(measured(samples)) == []
    assert factors(measured(samples)) == []


@pytest.mark.parametrize("noise", [0.0, 0.01])
def test_a_factor_is_found(noise):
    found = factors(measured(table(lambda a, b, c: a**2 / np.sqrt(b**2 + b * c), 3, noise)))
    assert [(one.features, one.degree) for one in found] == [((0,), Fraction(2))]


def test_features_that_scale_together_are_found():
    found = scalings(measured(table(lambda a, b, c: a**2 / np.sqrt(b**2 + b * c), 3)))
    assert (found[0].features, found[0].weights, found[0].degree) == ((1, 2), (1, 1), -1)


@pytest.mark.parametrize(
    ("function", "lens", "parts"),
    [
        (lambda a, b, c: np.sin(a * b) + np.exp(c / 2), "plain", ((0, 1), (2,))),
        (lambda a, b, c: (2 + np.sin(a * b)) * (c + np.exp(c)), "log", ((0, 1), (2,))),
        (lambda a, b, c: np.sqrt(np.exp(a) + b**2 * c), "square", ((0,), (1, 2))),
    ],
)
def test_separations(function, lens, parts):
    samples = table(function, 3)
    found = [one for one in separations(fit_surrogate(samples), samples) if one.lens == lens]
    assert found
    assert found[0].parts == parts


def test_an_invariant_is_an_expression_of_the_features():
    found = invariants(measured(table(lambda a, b: np.exp(-a / b), 2)))
    assert found[0].expression.free_symbols == set(sympy.symbols("a b", real=True))

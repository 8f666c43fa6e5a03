"""What a person does to a spline network, edge by edge."""

import numpy as np
import pytest
import sympy

from pellucid.distill.formulas.spline.manual_edges import attribute, fix, open_network, refit, suggest, unfix
from pellucid.distill.formulas.spline.symbolic_network import SplineEdge, SymbolicEdge
from pellucid.nets.splines.least_squares import fit_with_extension


@pytest.fixture(scope="module")
def trained():
    X = np.random.default_rng(0).uniform(-1, 1, (500, 3))
    y = np.exp(np.sin(np.pi * X[:, 0]) + X[:, 1] ** 2)
    return fit_with_extension([3, 1, 1], X, y, grid_sizes=(5, 10, 20), restarts=4).network, X, y


def test_suggest_ranks(trained):
    network, X, _ = trained
    table = suggest(network, X, 0, 0, 0)
    assert table[0].name == "sin"
    assert table[0].r2 > 0.999
    assert [row.missed for row in table[:2]] == sorted(row.missed for row in table[:2])


def test_a_person_reaches_the_formula(trained):
    network, X, y = trained
    named = fix(network, X, 0, 0, 0, "sin")
    named = refit(named, X, y, 20)
    assert isinstance(named.edges[0, 0, 0], SymbolicEdge)
    assert isinstance(named.edges[0, 1, 0], SplineEdge)
    named = fix(fix(named, X, 0, 2, 0, None), X, 0, 1, 0, "x^2")
    named = refit(fix(named, X, 1, 0, 0, "exp"), X, y, 100)
    np.testing.assert_allclose(named(X), y, atol=1e-9)
    assert named.expression(["a", "b", "c"]).has(sympy.sin, sympy.exp)


def test_fix_then_unfix_is_the_same_function(trained):
    network, X, _ = trained
    named = fix(network, X, 0, 0, 0, "sin")
    again = unfix(named, X, 0, 0, 0, grid_size=40)
    assert isinstance(again.edges[0, 0, 0], SplineEdge)
    np.testing.assert_allclose(again(X), named(X), rtol=1e-4)


def test_attribute_sees_what_matters(trained):
    network, X, _ = trained
    scores = attribute(network, X)
    np.testing.assert_allclose(scores.features.sum(), 1.0)
    assert scores.features[2] < 0.02 < scores.features[1] < scores.features[0]
    np.testing.assert_allclose(scores.edges[0].sum(1), scores.features)


def test_errors(trained):
    network, X, y = trained
    with pytest.raises(ValueError, match="is not there"):
        suggest(network, X, 0, 9, 0)
    with pytest.raises(ValueError, match="not in the library"):
        fix(network, X, 0, 0, 0, "nope")
    with pytest.raises(ValueError, match="rows of 3 features"):
        attribute(network, X[:, :2])
    with pytest.raises(ValueError, match="grid_size=0"):
        unfix(fix(network, X, 0, 0, 0, "x"), X, 0, 0, 0, grid_size=0)
    with pytest.raises(ValueError, match="one number for each"):
        refit(open_network(network), X, y[:3])

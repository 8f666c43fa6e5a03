"""From tables and from trained networks to formulas."""

import numpy as np
import pytest
import sympy
import torch

from pellucid.algebra.expressions.text import parse
from pellucid.core import Measured
from pellucid.distill.formulas.spline.grow import parameters, shapes
from pellucid.distill.formulas.spline.kan_formula import KANFormula
from pellucid.distill.formulas.spline.symbolic_network import SplineEdge, SymbolicNetwork
from pellucid.distill.formulas.spline.symbols import spline_network, symbols_of
from pellucid.nets.splines.kan import KAN
from pellucid.nets.splines.least_squares import arrays_of, fit_with_extension
from pellucid.subjects.tables.samples import Samples

LAWS = {
    "exp(sin(pi*x0) + x1**2)": (-1, 1, 2),
    "x0/x1": (0.3, 2, 2),
    "sqrt(1 + x0**2 + x1**2)": (0.3, 3, 2),
    "1/(1 + x0*x1)": (0.3, 3, 2),
    "x0*x1": (-1, 1, 2),
    "x0*sin(3*x1)": (-1, 1, 2),
    "sin(3*x0) + x1**3 + x2": (-1, 1, 3),
}


def table(text, low, high, features, rows=600, noise=0.0, seed=0):
    generator = np.random.default_rng(seed)
    X = generator.uniform(low, high, (rows, features))
    names = tuple(f"x{i}" for i in range(features))
    y = sympy.lambdify(names, parse(text, names), "numpy")(*X.T)
    return Samples(X, y + noise * np.std(y) * generator.normal(size=rows), names)


def same(found, text, names):
    expression = parse(text, names)
    if found.has(sympy.Float):
        return False
    at = {symbol: sympy.Rational(7 + i, 11) for i, symbol in enumerate(sorted(expression.free_symbols, key=str))}
    return abs(sympy.N((found - expression).subs(at), 30)) < 1e-25


@pytest.mark.parametrize("text", LAWS)
def test_finds_the_law_without_its_shape(text):
    samples = table(text, *LAWS[text])
    finding = KANFormula().explain(samples)
    assert same(finding.artifact.sympy(), text, samples.names)
    assert finding.parts["front"].formulas[finding.parts["front"].chosen].expression == finding.artifact.expression
    np.testing.assert_allclose(
        finding.parts["network"](samples.X)[:, 0], samples.y, atol=0.02 * np.std(samples.y), rtol=0
    )


@pytest.mark.slow
@pytest.mark.parametrize("text", ["exp(sin(pi*x0) + x1**2)", "x0/x1", "x0*sin(3*x1)", "sqrt(1 + x0**2 + x1**2)"])
def test_finds_the_law_through_noise(text):
    samples = table(text, *LAWS[text], rows=1000, noise=0.01, seed=1)
    assert same(KANFormula().explain(samples, 1).artifact.sympy(), text, samples.names)


def test_the_same_seed_gives_the_same_formula():
    samples = table("x0/x1", 0.3, 2, 2, rows=200, noise=0.02)
    first, second = (KANFormula(most_hidden=1, restarts=2, refits=2).explain(samples, 3) for _ in range(2))
    assert first.artifact.expression == second.artifact.expression
    assert first.claims == second.claims
    assert any(isinstance(claim, Measured) for claim in first.claims)


def test_a_constant_is_a_constant():
    X = np.random.default_rng(0).uniform(size=(50, 2))
    assert KANFormula().explain(Samples(X, np.full(50, 3.0))).artifact.expression == "3"


def test_units_of_any_size():
    X = np.random.default_rng(0).uniform(1, 2, (200, 2)) * [1e10, 1e-9]
    finding = KANFormula().explain(Samples(X, X[:, 0] * X[:, 1] ** 2))
    assert same(finding.artifact.sympy(), "x0*x1**2", ("x0", "x1"))


def test_errors():
    few = Samples(np.arange(10.0)[:, None], np.arange(10.0) ** 2)
    with pytest.raises(ValueError, match="10 rows"):
        KANFormula().explain(few)
    samples = table("x0/x1", 0.3, 2, 2)
    with pytest.raises(ValueError, match="'nope' is not in the library"):
        KANFormula(library=("x", "nope")).explain(samples)
    with pytest.raises(ValueError, match="goes from 2 features"):
        KANFormula(tried=((3, 1),)).explain(samples)
    with pytest.raises(ValueError, match="restarts=0"):
        KANFormula(restarts=0).explain(samples)


def test_shapes_grow():
    sizes = [parameters(widths, 5) for widths in shapes(3)]
    assert sizes[0] == min(sizes)
    assert shapes(3)[0] == (3, 1)


class TestSymbolsOf:
    def test_reads_a_network_that_was_brought(self):
        samples = table("exp(sin(pi*x0) + x1**2)", -1, 1, 2)
        network = fit_with_extension([2, 1, 1], samples.X, samples.y, grid_sizes=(5, 10, 20), restarts=3).network
        best = symbols_of(network, samples.X, samples.y, names=samples.names)[0]
        assert same(best.expression, "exp(sin(pi*x0) + x1**2)", samples.names)

    def test_a_network_with_silu_and_more_than_one_output(self):
        network = KAN([2, 1, 2], 5, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
        X = np.random.default_rng(0).uniform(-1, 1, (50, 2))
        expected = network(torch.from_numpy(X)).detach().numpy()
        for output in range(2):
            np.testing.assert_allclose(spline_network(arrays_of(network), output)(X), expected[:, output], atol=1e-12)
        assert symbols_of(network, X, output=1, combinations=3, polished=1)

    def test_errors(self):
        network = KAN([2, 1])
        with pytest.raises(ValueError, match="at least 8 rows"):
            symbols_of(network, np.zeros((3, 2)))
        with pytest.raises(ValueError, match="output=3"):
            symbols_of(network, np.random.default_rng(0).uniform(size=(9, 2)), np.zeros(9), output=3)


class TestSymbolicNetwork:
    def test_the_jacobian_is_the_derivative(self):
        network = KAN([2, (1, 1), 1], 4, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
        spline = spline_network(arrays_of(network))
        X = np.random.default_rng(0).uniform(-1, 1, (20, 2))
        output, jacobian = spline.linearise(X)
        p, step = spline.parameters(), 1e-6
        numeric = [
            (spline.with_parameters(p + step * e)(X) - spline.with_parameters(p - step * e)(X)) / (2 * step)
            for e in np.eye(len(p))
        ]
        np.testing.assert_allclose(output, spline(X))
        np.testing.assert_allclose(jacobian, np.array(numeric).T, atol=1e-7)

    def test_a_spline_has_no_formula(self):
        spline = SymbolicNetwork((1, 1), {(0, 0, 0): SplineEdge(-1, 1, np.ones(5))}, (np.zeros(1),))
        with pytest.raises(ValueError, match="is a spline"):
            spline.expression(["x"])


def test_edges_that_a_person_named_stay_so():
    X = np.random.default_rng(0).uniform(-1, 1, (200, 2))
    samples = Samples(X, np.sin(2 * X[:, 0]) + X[:, 1] ** 2)
    named = KANFormula(tried=((2, 1),), edges=((0, 0, 0, "x"), (0, 1, 0, "x^2")), restarts=2, refits=0)
    found = named.explain(samples).artifact.sympy()
    assert not found.has(sympy.sin)
    assert sympy.Poly(found, *sorted(found.free_symbols, key=str)).degree_list() == (1, 2)


def test_named_edges_need_the_one_shape_that_they_belong_to():
    samples = Samples(np.random.default_rng(0).uniform(1, 2, (50, 2)), np.arange(50.0))
    with pytest.raises(ValueError, match="edges="):
        KANFormula(edges=((0, 0, 0, "x"),)).explain(samples)
    with pytest.raises(ValueError, match=r"edge \(3, 0, 0\) \('x'\) is not there"):
        KANFormula(tried=((2, 1),), edges=((3, 0, 0, "x"),), restarts=1).explain(samples)

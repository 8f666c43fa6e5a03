"""Tables made smaller, distilled, and put back together."""

import numpy as np
import sympy

from pellucid.distill.formulas.evolution.recursion import chain, direct, distil_recursively, reductions
from pellucid.distill.formulas.evolution.surrogate import fit_surrogate
from pellucid.distill.formulas.expression.polish import polish
from pellucid.subjects.tables.samples import Samples
from pellucid.subjects.tables.units import units_of


def table(function, features, noise=0.0, rows=400, **columns):
    generator = np.random.default_rng(0)
    X = generator.uniform(1, 3, (rows, features))
    y = function(*X.T)
    y = y + noise * np.sqrt(np.mean(y**2)) * generator.standard_normal(rows)
    return Samples(X, y, tuple("abcdef"[:features]), **columns)


def in_one_variable(samples):
    """A distiller that only knows a few functions of one feature."""
    if samples.features > 1:
        return []
    x = sympy.Symbol(samples.names[0], real=True)
    curves = (x, 1.1 * sympy.exp(0.9 * x), 1.1 * sympy.sqrt(x), 1.1 * sympy.exp(-0.4 * x**2))
    shapes = [*curves, *(curve + 0.1 for curve in curves)]
    found = [polish(shape, samples.X, samples.y, samples.names) for shape in shapes]
    return [one for one in found if one is not None]


def test_each_reduction_keeps_the_target():
    samples = table(lambda a, b, c: c**2 * np.exp(-((a - b) ** 2)), 3)
    found = reductions(samples, fit_surrogate(samples))
    assert found
    for reduction in found:
        assert reduction.table.features < samples.features
        assert reduction.table.rows == samples.rows
    truth = found[0].restore(sympy.Symbol(found[0].table.names[0], real=True))
    assert truth.free_symbols <= set(sympy.symbols("a b c", real=True))


def test_a_chain_ends_with_one_feature():
    samples = table(lambda a, b, c, d: d / np.sqrt((a - b) ** 2 + c**2), 4)
    assert chain(samples)[-1].table.features == 1


def test_a_chain_respects_units():
    units = units_of({"a": "m", "b": "s", "c": "m"}, "m/s", ("a", "b", "c"))
    samples = table(lambda a, b, c: (a + c) / b, 3, units=units)
    for reduction in chain(samples):
        assert reduction.table.units is not None


def test_a_product_needs_no_search():
    samples = table(lambda a, b, c: 3 * a * b**2 / c, 3)
    a, b, c = sympy.symbols("a b c", real=True)
    found = [polish(e, samples.X, samples.y, samples.names) for e in direct(samples, fit_surrogate(samples))]
    assert 3 * a * b**2 / c in [one.expression for one in found if one is not None]


def test_a_distiller_of_one_variable_explains_four():
    samples = table(lambda a, b, c, d: 2 * d * np.exp(-((a - b) ** 2) / 2), 4)
    best = distil_recursively(samples, in_one_variable)[0]
    a, b, d = sympy.symbols("a b d", real=True)
    assert sympy.simplify(best.expression - 2 * d * sympy.exp(-((a - b) ** 2) / 2)) == 0
    assert best.error < 1e-12


def test_a_sum_is_split():
    samples = table(lambda a, b: np.exp(a) + np.sqrt(b), 2, rows=300)
    best = distil_recursively(samples, in_one_variable)[0]
    a, b = sympy.symbols("a b", real=True)
    assert sympy.simplify(best.expression - sympy.exp(a) - sympy.sqrt(b)) == 0

"""Polynomials and quotients of many terms, from few rows with noise."""

import numpy as np
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from pellucid.distill.formulas.inference.weigh import rows_of, weigh_formulas
from pellucid.distill.formulas.regression.sparse_quotients import sparse_quotients
from pellucid.subjects.tables.samples import Samples

x, y = sympy.symbols("x y", real=True)


def table(expression, noise, rows=60, low=-1.0, high=1.0):
    generator = np.random.default_rng(0)
    X = generator.uniform(low, high, (rows, 2))
    values = np.broadcast_to(sympy.lambdify((x, y), expression, "numpy")(*X.T), rows)
    return Samples(X, values + noise * values.std() * generator.normal(size=rows), ("x", "y"), "z")


@pytest.mark.parametrize(
    ("expression", "low", "high"),
    [
        (4 * x**4 + 3 * x**3 + 2 * x**2 + x, -1, 1),
        (sympy.Rational(5, 2) * x**4 - 2 * x**3 + y**2 / 2 - 2 * y, -3, 3),
        ((x + 1) ** 3 / (x**2 - x + 1), -1, 1),
        (10 - x * y / (x**2 / 2 + 1), 0, 5),
        ((x + 2 * y) / (x * y), 1, 4),  # no constant term below the bar
    ],
)
def test_the_law_is_the_shortest_of_them(expression, low, high):
    samples = table(expression, 0.003, low=low, high=high)
    found = sparse_quotients(samples, [0, 1])
    best = weigh_formulas([each.expression for each in found], rows_of(samples))[0]
    assert sympy.cancel(best.expression - expression) == 0


@settings(max_examples=15, deadline=None)
@given(st.lists(st.integers(-3, 3), min_size=6, max_size=6), st.floats(1e-8, 1e8), st.floats(1e-8, 1e8))
def test_any_table_gives_formulas_with_values(coefficients, scale, size):
    draw = np.random.default_rng(1).uniform(-1, 1, (25, 2))
    a, b, c, d, e, f = coefficients
    target = (
        size * (a + b * draw[:, 0] + c * draw[:, 1] + d * draw[:, 0] ** 2) / (4.5 + e * draw[:, 0] + f * draw[:, 1])
    )
    for found in sparse_quotients(Samples(draw * scale, target + size * draw[:, 1] ** 3, ("x", "y"), "z"), [0, 1]):
        assert np.isfinite(found.error)


def test_a_column_that_says_nothing_is_in_none_of_them():
    samples = Samples(np.zeros((9, 1)), np.arange(9.0), ("x",))
    assert sparse_quotients(samples, []) == []
    assert all(not each.expression.free_symbols for each in sparse_quotients(samples, [0]))

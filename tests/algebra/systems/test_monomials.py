"""Tables of monomials: their order, values, and how they move along a flow."""

from __future__ import annotations

import math

import numpy as np
import pytest
import sympy

pytest.importorskip("flint")

from hypothesis import given
from hypothesis import strategies as st

from pellucid.algebra.arithmetic.finite_field import PRIME
from pellucid.algebra.systems.monomials import monomials
from pellucid.algebra.systems.polynomial_system import polynomial_system
from pellucid.algebra.systems.sampling import sample_points

X, Y = sympy.symbols("x y", real=True)


@given(st.integers(1, 4), st.integers(1, 5))
def test_there_are_all_of_them_each_once_by_degree(width, degree):
    rows = monomials(sympy.symbols(f"x:{width}"), degree).exponents
    assert len(np.unique(rows, axis=0)) == len(rows) == math.comb(width + degree, degree) - 1
    assert (np.diff(rows.sum(1)) >= 0).all()


def test_drift_is_the_derivative_along_the_flow():
    system, _ = polynomial_system([X, Y], [Y - X**2, 3 * X * Y])
    table = monomials([X, Y], 3)
    points = sample_points(system, 5, np.random.default_rng(0))
    for place in range(len(table)):
        term = table.expression(place, {})
        slope = system.derivative(system.polynomial(term))
        assert table.values(points)[:, place].tolist() == points.evaluate(system.polynomial(term)).tolist()
        assert (table.drift(system, points)[:, place] % PRIME).tolist() == points.evaluate(slope).tolist()


def test_a_sum_of_them_is_a_polynomial_of_the_system():
    system, _ = polynomial_system([X, Y], [Y, -X])
    energy = monomials([X, Y], 2).polynomial(system, [(2, sympy.Integer(1)), (4, sympy.Integer(1))])
    assert energy == system.polynomial(X**2 + Y**2)
    assert system.derivative(energy) == 0


@pytest.mark.parametrize(("degree", "told"), [(0, "leaves no monomials"), (40, "has more than 6,000 monomials")])
def test_none_and_too_many_are_refused(degree, told):
    with pytest.raises(ValueError, match=told):
        monomials(sympy.symbols("x:4"), degree)

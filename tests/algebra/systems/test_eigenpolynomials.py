import numpy as np
import pytest

pytest.importorskip("flint")

import sympy

from pellucid.algebra.arithmetic.finite_field import PRIME
from pellucid.algebra.systems.eigenpolynomials import growth_rates
from pellucid.algebra.systems.monomials import monomials
from pellucid.algebra.systems.polynomial_system import polynomial_system

X, Y, Z = sympy.symbols("x y z", real=True)


def test_the_rates_of_a_linear_system_add_up():
    system, _ = polynomial_system([X, Y], [-X, -3 * Y])
    found = dict(growth_rates(system, monomials((X, Y), 2), {}, np.random.default_rng(0)))
    assert {rate - PRIME for rate in found} == {-1, -2, -3, -4, -6}
    assert all(len(space) == 1 for space in found.values())


def test_the_lorenz_system_has_one_where_the_literature_has_it():
    equations = [(Y - X) / 3, 5 * X - Y - X * Z, X * Y]
    system, _ = polynomial_system([X, Y, Z], equations)
    ((rate, space),) = growth_rates(system, monomials((X, Y, Z), 4), {}, np.random.default_rng(0))
    assert (3 * rate + 4) % PRIME == 0
    assert len(space) == 1

"""Functions of which one is made of the other: what is proved of their symbols holds of the functions."""

import pytest
import sympy

pytest.importorskip("flint")

from hypothesis import given, settings
from hypothesis import strategies as st

from pellucid.algebra.systems.polynomial_system import polynomial_system
from pellucid.core import Proved
from pellucid.discover import Invariants
from pellucid.prove.laws.conserved import prove_conserved
from pellucid.subjects import Dynamics

X, Y = sympy.symbols("x y", real=True)
ratio = st.tuples(st.integers(1, 4), st.integers(1, 3)).map(lambda pair: sympy.Rational(*pair))


@settings(max_examples=25)
@given(first=ratio, second=ratio, more=st.integers(0, 2))
def test_identities_between_angles_are_seen(first, second, more):
    a, b = first * X, second * X + more * Y
    zero = sympy.sin(a + b) - sympy.sin(a) * sympy.cos(b) - sympy.cos(a) * sympy.sin(b)
    system, (rewritten,) = polynomial_system([X, Y], [Y, -X], functions=[zero])
    assert system.vanishes(system.polynomial(rewritten))
    system, (rewritten,) = polynomial_system([X, Y], [Y, -X], functions=[zero + sympy.cos(a)])
    assert not system.vanishes(system.polynomial(rewritten))


@settings(max_examples=25)
@given(first=ratio, second=ratio)
def test_identities_between_exponentials_are_seen(first, second):
    product = sympy.exp(first * X, evaluate=False), sympy.exp(second * X), sympy.exp((first + second) * X)
    system, (a, b, both) = polynomial_system([X], [X], functions=product)
    assert system.vanishes(system.polynomial(a * b - both))
    assert not system.vanishes(system.polynomial(a * b - 2 * both))


def test_logarithms_of_products_are_sums():
    functions = [sympy.log(X * Y), sympy.log(X), sympy.log(Y), sympy.log(X**2 - Y**2), sympy.log(X + Y)]
    system, (both, x, y, square, plus) = polynomial_system([X, Y], [X, Y], functions=functions)
    assert sympy.expand(both - x - y) == 0
    assert (square - plus).is_Symbol
    assert len([a for a in system.auxiliaries if a.function.name == "log"]) == 4


def test_nothing_false_is_proved_where_a_half_angle_hides_an_identity():
    hidden = Dynamics.parse("x' = sin(x) - 2*sin(x/2)*cos(x/2); y' = x")  # x' is 0
    found = Invariants(2, orbits=0).explain(hidden).artifact
    assert found.expressions == ("x",)
    assert found.multipliers == ()
    assert all(isinstance(proof.claim, Proved) for proof in prove_conserved(found))


def test_hyperbolic_functions_of_one_argument_are_related():
    """tanh = sinh / cosh: what is 0 by that is 0."""
    x = sympy.Symbol("x", real=True)
    zero = sympy.tanh(x) * sympy.cosh(x) - sympy.sinh(x)
    system, (found,) = polynomial_system([x], [x], functions=[zero])
    assert system.vanishes(system.polynomial(found))
    assert not system.vanishes(system.polynomial(found) + 1)

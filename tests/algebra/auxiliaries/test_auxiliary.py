"""What holds for every function that equations may hold, and what a new one costs: one class."""

from __future__ import annotations

import numpy as np
import pytest
import sympy

pytest.importorskip("flint")

from pellucid.algebra.arithmetic.polynomials import to_expression
from pellucid.algebra.auxiliaries.auxiliary import FUNCTIONS, Function
from pellucid.algebra.expressions.text import parse
from pellucid.algebra.systems.polynomial_system import polynomial_system
from pellucid.algebra.systems.sampling import sample_points
from pellucid.discover import Invariants
from pellucid.subjects import Dynamics

X, Y, N = sympy.symbols("x y n", real=True)
USES = {
    "reciprocal": 1 / (X**2 + Y), "root": sympy.sqrt(X**2 + 3) ** 3, "log": sympy.log(X + 2), "tanh": sympy.tanh(X * Y),
    "exp": sympy.exp(X * Y), "monomial": sympy.exp(X) + sympy.exp(Y) + sympy.exp(X - Y),
    "atan": sympy.sqrt(3) * sympy.atan(sympy.sqrt(3) * X / Y),
    "fractional": (X**2 + Y) ** sympy.Rational(2, 3) + (X**2 + Y) ** sympy.Rational(-1, 2),
    "power": (X**2 + Y) ** (N - 1) + (X**2 + Y) ** (2 * N), "sin": sympy.sin(X * Y), "cos": sympy.cos(X * Y),
}  # fmt: skip
"""An expression that needs each function."""


def system_with(name):
    system, _ = polynomial_system([X, Y], [Y, -X], [N], functions=[USES[name]])
    return system, [a for a in system.auxiliaries if a.function.name == name]


def test_every_function_has_a_use_here():
    assert set(USES) == set(FUNCTIONS)


@pytest.mark.parametrize("name", USES)
def test_the_flow_of_a_symbol_is_the_derivative_of_what_it_means(name):
    system, own = system_with(name)
    meanings = {a.symbol.name: a.definition for a in system.auxiliaries}
    for auxiliary in own:
        flow = to_expression(system.flow[system.symbols.index(auxiliary.symbol)], meanings)
        expected = sympy.diff(auxiliary.definition, X) * Y - sympy.diff(auxiliary.definition, Y) * X
        for x, y in ((0.3, 0.7), (1.1, 0.2)):
            assert abs(float((flow - expected).subs({X: x, Y: y, N: 1.7}))) < 1e-12


@pytest.mark.parametrize("name", USES)
def test_a_relation_is_0_and_one_more_than_it_is_not(name):
    system, own = system_with(name)
    meanings = {a.symbol.name: a.definition for a in system.auxiliaries}
    relations = [r for a in own if (r := a.function.relation(a, system)) is not None]
    for relation in relations:
        assert abs(float(to_expression(relation, meanings).subs({X: 0.3, Y: 0.7}))) < 1e-12
        assert system.vanishes(relation)
        assert not system.vanishes(relation + 1)
    assert bool(relations) == (name in ("reciprocal", "root", "sin", "monomial", "fractional"))


@pytest.mark.parametrize("name", USES)
def test_sampled_points_lie_where_the_relations_hold(name):
    system, _ = system_with(name)
    points = sample_points(system, 20, np.random.default_rng(0))
    assert all((points.evaluate(relation) == 0).all() for relation in system.relations())
    assert all(len(np.unique(points.values[s.name])) > 10 for s in system.symbols)


@pytest.mark.parametrize("name", USES)
def test_a_symbol_alone_does_not_vanish(name):
    system, own = system_with(name)
    assert not any(system.vanishes(system.polynomial(a.symbol)) for a in own)


@pytest.fixture
def area_sine():
    """A function that the house does not know: all that it takes is one class."""

    class AreaSine(Function):
        name, letter = "asinh", "a"

        def recognises(self, expression):
            return isinstance(expression, sympy.asinh)

        def rewrite(self, expression, rewriter):
            rewriter.rewrite(1 / sympy.sqrt(1 + expression.args[0] ** 2))
            return rewriter.symbol_of(self, expression.args[0])

        def meaning(self, argument):
            return sympy.asinh(argument)

        def slope(self, own, system):
            square = sympy.expand(1 + own.argument**2)
            return system.polynomial(next(a.symbol for a in system.auxiliaries if a.argument == square))

    yield AreaSine
    FUNCTIONS._entries.pop("asinh")


def test_a_new_function_is_one_class(area_sine):
    spring = Dynamics.parse("x' = v; v' = -asinh(x)")
    (energy,) = Invariants(degree=3, orbits=2).explain(spring).artifact.expressions
    known = parse("v**2 + 2*x*asinh(x) - 2*sqrt(x**2 + 1)", "xv")
    assert sympy.simplify(parse(energy, "xv") + known) == 0

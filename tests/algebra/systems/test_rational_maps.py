"""Maps as quotients of polynomials: their values, what is invariant, and functions that depend on each other."""

from __future__ import annotations

import numpy as np
import pytest
import sympy

pytest.importorskip("flint")

from pellucid.algebra.arithmetic.polynomials import to_expression
from pellucid.algebra.expressions.text import parse
from pellucid.algebra.systems.rational_maps import InvariantCandidates, RationalMap

X, Y, A = sympy.symbols("x y a", real=True)
MCMILLAN = RationalMap(("x", "y"), ("a",), (Y, -X + 2 * A * Y / (1 + Y**2)))


@pytest.mark.parametrize("text", ["x/y + 1", "(x + y)**3/(x - y)", "x**(-2) + 0.5", "(x**2 - y**2)/(x - y)"])
def test_a_quotient_is_the_expression_without_common_factors(text):
    expression = parse(text, ["x", "y"])
    above, below = MCMILLAN.quotient(expression)
    assert sympy.simplify(to_expression(above) / to_expression(below) - sympy.nsimplify(expression)) == 0
    assert above.gcd(below).is_constant()


def test_the_biquadratic_of_mcmillan_is_invariant_and_its_parts_are_not():
    law = X**2 * Y**2 + X**2 + Y**2 - 2 * A * X * Y
    assert MCMILLAN.is_invariant(law)
    assert MCMILLAN.is_invariant(1 / (law + 3))
    assert not MCMILLAN.is_invariant(X**2 + Y**2)


def test_null_vectors_are_invariants_at_points_that_are_drawn():
    table = InvariantCandidates(MCMILLAN, (), 4)
    points = table.points(40, np.random.default_rng(0))
    law = {"x**2*y**2": 1, "x**2": 1, "y**2": 1}
    row = [(i, sympy.Integer(law[str(e)])) for i in range(len(table.monomials))
           if str(e := table.monomials.expression(i, {})) in law]  # fmt: skip
    values = table.value(table.expression(row), points)
    assert (values == table.values(points)[:, [i for i, _ in row]].sum(1) % points.prime).all()


def test_variables_that_stay_0_and_denominators_are_found():
    step = RationalMap(("x", "y"), (), (2 * X, Y / (X + 3)))
    assert {str(q) for q in step.denominators()} == {"x", "y", "x + 3", "2*x + 3"}


def test_functions_are_letters_and_half_angles():
    step = RationalMap(("x", "y"), (), (X + sympy.sin(Y), Y + sympy.exp(2 * X)))
    assert step.letters == {sympy.exp(2 * X): "_f1", sympy.tan(Y): "_f0"}
    above, below = step.quotient(sympy.cos(Y))
    t = step.generators["_f0"]
    assert (above, below) == (1 - t**2, 1 + t**2)


@pytest.mark.parametrize(
    ("image", "told"),
    [
        (sympy.exp(X) + sympy.exp(1 - X) * X, "these depend on each other"),  # e^x and e/e^x
        (sympy.exp(X) + sympy.exp(X + 1), "these depend on each other"),
        (sympy.sin(X) * sympy.sin(2 * X), "these depend on each other"),
        (sympy.exp(1 / X), "is no polynomial, which is not covered"),
        (sympy.log(X), "log\\(x\\) is no quotient of polynomials"),
        (sympy.Symbol("z", real=True), "z is neither a variable nor a parameter"),
    ],
)
def test_what_is_not_covered_is_refused(image, told):
    step = RationalMap(("x",), (), (image,))
    with pytest.raises(ValueError, match=told):
        assert step.quotients


def test_functions_of_what_variables_become_are_refused():
    step = RationalMap(("x",), (), (X + sympy.exp(X),))
    with pytest.raises(ValueError, match="is no quotient of polynomials"):
        step.is_invariant(sympy.exp(X))

"""Angles of laws: each one's derivative is what is said, whatever symbols it is made of."""

from __future__ import annotations

import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st

pytest.importorskip("flint")

from pellucid.algebra.arithmetic.polynomials import to_expression
from pellucid.algebra.auxiliaries.rewriter import NoRule
from pellucid.algebra.systems.angles import angles_in
from pellucid.algebra.systems.polynomial_system import polynomial_system
from pellucid.core import Measured, Proved
from pellucid.discover import Invariants
from pellucid.prove.laws.conserved import prove_conserved
from pellucid.subjects import Dynamics

X, Y, A = sympy.symbols("x y a", real=True)


def checked(system, angles):
    """The derivative of each, numerically, is what it is proved to be; and what it is written as is read back."""
    meanings = {a.symbol.name: a.definition for a in system.auxiliaries}
    point = {X: 0.37, Y: 1.3, A: 2.9}
    for angle in angles:
        exact = to_expression(angle.turned(system), meanings) / to_expression(angle.norm, meanings)
        law = angle.expression(meanings)
        rates = [to_expression(rate, meanings) for rate in system.flow[:2]]
        slope = sympy.diff(law, X) * rates[0] + sympy.diff(law, Y) * rates[1]
        assert abs(complex((slope - exact).subs(point).evalf())) < 1e-9
        again, (symbol,) = polynomial_system(system.variables, rates, [A], functions=[law])
        there = {a.symbol.name: a.definition for a in again.auxiliaries}
        back = to_expression(again.derivative(again.polynomial(symbol)), there)
        assert abs(complex((back - slope).subs(point).evalf())) < 1e-9


@pytest.mark.parametrize(
    ("rates", "curve", "written"),
    [
        ([X - 3 * Y, 3 * X + Y], X**2 + Y**2, ["atan(y/x)"]),
        ([Y, -2 * X], 2 * X**2 + Y**2, ["sqrt(2)*atan(sqrt(2)*y/(2*x))/2"]),
        ([Y, 2 * X], 2 * X**2 - Y**2, ["sqrt(2)*atanh(sqrt(2)*y/(2*x))/2"]),
        ([Y, -A * X], A * X**2 + Y**2, None),
        ([Y, A * X], A * X**2 - Y**2, ["atanh(y/(sqrt(a)*x))/sqrt(a)"]),
        ([1 + X**2, Y], 1 + X**2, ["atan(x)"]),
        ([Y, X], (X + Y) ** 2, []),
        ([Y, X], X**3 + Y, []),
    ],
)  # fmt: skip
def test_angles_of_curves(rates, curve, written):
    system, _ = polynomial_system([X, Y], rates, [A])
    angles = angles_in(system, [system.polynomial(sympy.expand(curve))], [])
    checked(system, angles)
    found = [str(angle.expression({})) for angle in angles]
    assert len(found) == 1 if written is None else found == written


@given(*(st.integers(-6, 6) for _ in range(3)))
def test_a_sine_that_turns_has_the_angle_of_its_integral(a, b, c):
    q = a + b * sympy.sin(X) + c * sympy.cos(X)
    system, _ = polynomial_system([X, Y], [q, sympy.Integer(1)], [A])
    angles = angles_in(system, [], [])
    checked(system, angles)
    assert len(angles) == ((b, c) != (0, 0) and a * a != b * b + c * c and a != c)


@pytest.mark.parametrize("text", [sympy.atan(sympy.sqrt(2) * X), 2 * sympy.atan(sympy.sqrt(Y) * X)])
def test_arc_tangents_whose_derivative_holds_a_root_of_a_number_are_refused(text):
    if text.has(sympy.sqrt(2)):
        with pytest.raises(NoRule, match="not rational"):
            polynomial_system([X, Y], [Y, -X], functions=[text])
    else:
        polynomial_system([X, Y], [Y, -X], functions=[text])


@pytest.mark.parametrize(
    ("equations", "parameters", "count"),
    [
        ("x' = 2*x - 5*y; y' = 5*x + 2*y", "", 1),
        ("x' = a*x - b*y; y' = b*x + a*y", "a, b", 1),
        ("x' = v; v' = -2*c*v - k*x", "c, k", 1),
        ("x' = v; v' = x + v", "", 1),
        ("x' = p; y' = q; p' = -2*x; q' = -y", "", 3),
        ("r' = v; v' = 1/r**3 - 1/r**2; th' = 1/r**2", "", 2),
        ("th' = 2 + sin(th); ph' = 1", "", 1),
        ("th' = 1 + 3*cos(th); ph' = 1", "", 1),
        ("x' = y - x**3; y' = -x", "", 0),
    ],
)
def test_laws_with_angles_are_found_and_proved_and_do_not_jump_along_orbits(equations, parameters, count):
    finding = Invariants(3, orbits=4).explain(Dynamics.parse(equations, parameters), seed=1)
    found = finding.artifact
    assert len(found.expressions) == count
    assert all(isinstance(proof.claim, Proved) for proof in prove_conserved(found))
    drifts = [claim for claim in finding.claims if isinstance(claim, Measured) and claim.key == "drift"]
    assert len(drifts) == count
    assert all(claim.value < 1e-4 for claim in drifts)


@pytest.mark.parametrize(
    ("equations", "parameters", "count"),
    [
        ("x' = p; p' = -a*x; y' = q; q' = -b*y", "a, b", 2),  # each phase stands in the equations and in a law
        ("x' = y; y' = -x + z; z' = -z", "", 1),
        ("x' = 2*y; y' = -3*x; z' = z*(2*y**2 + 3*x**2)", "", 1),
    ],
)
def test_an_angle_is_listed_once(equations, parameters, count):
    dynamics = Dynamics.parse(equations, parameters)
    (told,) = [s for s in Invariants(2, orbits=0).explain(dynamics).artifact.searched if s.startswith("angles")]
    assert told.count("atan") == count, told

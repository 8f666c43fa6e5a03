"""Powers with parameters in their exponents: one symbol for all powers that are whole powers of one."""

from __future__ import annotations

import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st

pytest.importorskip("flint")

from pellucid.algebra.arithmetic.polynomials import to_expression
from pellucid.algebra.auxiliaries.rewriter import NoRule
from pellucid.algebra.expressions.text import parse
from pellucid.algebra.systems.polynomial_system import polynomial_system
from pellucid.discover import Invariants, SpecialCases
from pellucid.jobs.symmetries import open_symmetries
from pellucid.prove.laws.conserved import prove_conserved
from pellucid.subjects import Dynamics

X, Y, N, M = sympy.symbols("x y n m", real=True)


def symbols_for(*expressions):
    system, extra = polynomial_system([X, Y], [Y, -X], [N, M], functions=expressions)
    meanings = {a.symbol.name: a.definition for a in system.auxiliaries}
    for given_one, found in zip(expressions, extra, strict=True):
        back = to_expression(system.polynomial(found), meanings)
        values = {X: 1.3, Y: 0.6, N: 0.7, M: 2.2}
        assert abs(float(back.subs(values) - given_one.subs(values))) < 1e-12
    return [str(a.definition) for a in system.auxiliaries if a.function.name == "power"]


@pytest.mark.parametrize(
    ("expressions", "symbols"),
    [
        ((X**N, X ** (N + 2), X ** (2 * N)), ["x**n"]),
        ((X**N, X ** (N - 1)), ["x**(n - 1)"]),
        ((X**N, X ** (N / 2 - 1)), ["x**(n/2 - 1)"]),
        ((X ** (2 * N / 3), X ** (N / 2)), ["x**(n/6)"]),
        ((X ** (-N),), ["x**n"]),
        ((X ** (N + M), X ** (N - M)), ["x**m", "x**n"]),
        (((X * Y) ** N, X**N), ["x**n", "y**n"]),
        (((X**2 + Y**2) ** ((N + 1) / 2),), ["(x**2 + y**2)**(n/2 + 1/2)"]),
    ],
)  # fmt: skip
def test_powers_that_are_whole_powers_of_one_are_written_by_it(expressions, symbols):
    assert sorted(symbols_for(*expressions)) == sorted(symbols)


@given(st.lists(st.tuples(st.integers(-4, 4), st.integers(1, 4), st.integers(-3, 3)), min_size=1, max_size=4))
def test_any_powers_are_written_by_symbols_that_mean_the_same(exponents):
    symbols = symbols_for(*(X ** (sympy.Rational(a, b) * N + c) for a, b, c in exponents))
    assert len(symbols) == any(a for a, _, _ in exponents)


@pytest.mark.parametrize("power", [X**Y, X ** (1 / N), X ** (sympy.sqrt(2) * N)])
def test_other_exponents_are_refused_in_one_line(power):
    with pytest.raises(NoRule, match="has no rule"):
        polynomial_system([X, Y], [Y, power], [N])


@pytest.mark.parametrize(
    ("text", "parameters", "laws"),
    [
        ("x' = v; v' = -x**n", "n", ("n*v**2 + v**2 + 2*x**(n + 1)",)),
        ("x' = x**a*y**b; y' = -x**(a + 1)*y**(b - 1)", "a b", ("x**2 + y**2",)),
        ("x' = x**n*y; y' = x*y**n", "n", ()),
    ],
)
def test_laws_hold_for_every_exponent(text, parameters, laws):
    found = Invariants(4, orbits=0).explain(Dynamics.parse(text, parameters)).artifact
    assert found.expressions == laws or not laws
    assert all(proof.claim.strength == "Proved" for proof in prove_conserved(found))


def test_a_law_with_the_time_holds_the_reciprocal_of_a_power():
    found = Invariants(orbits=0).explain(Dynamics.parse("x' = -k*x**n", "k n")).artifact
    x, k, n, t = sympy.symbols("x k n t", real=True)
    (law,) = (parse(text, "xknt") for text in found.timed)
    assert sympy.simplify(sympy.diff(law, t) - sympy.diff(law, x) * k * x**n) == 0


def test_special_values_of_an_exponent_are_said_to_be_open():
    finding = SpecialCases().explain(Dynamics.parse("x' = v; v' = -x**n", "n"))
    assert "x**n holds a parameter in its exponent" in finding.artifact.problem
    assert any(claim.strength == "Undecided" for claim in finding.claims)


def test_the_scaling_of_a_power_force_is_found():
    finding = open_symmetries(Dynamics.parse("x' = v; v' = -x**n", "n"))
    assert len(finding.artifact.generators) == 2
    assert any(claim.strength == "Proved" for claim in finding.claims)

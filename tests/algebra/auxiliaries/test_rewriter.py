"""Expressions in symbols: what stands for a symbol gives the expression back."""

from __future__ import annotations

import pytest
import sympy

pytest.importorskip("flint")

from pellucid.algebra.auxiliaries.rewriter import NoRule, Rewriter

X, Y, N = sympy.symbols("x y n", real=True)


@pytest.mark.parametrize(
    "expression",
    [
        X**3 + 2 * X * Y, 1 / (X**2 + Y), sympy.sqrt(X**2 + 1) * Y, sympy.exp(X) + sympy.exp(2 * X), sympy.sin(X) * Y,
        sympy.log(X + 2) ** 2, sympy.tanh(X * Y), sympy.exp(-X) * sympy.exp(Y) + sympy.exp(X - Y), X**N,
    ],
)  # fmt: skip
def test_what_the_symbols_mean_gives_the_expression_back(expression):
    rewriter = Rewriter({"x", "y", "n"}, frozenset({N}))
    rewritten = rewriter.rewrite(expression)
    assert rewritten.is_polynomial(*rewritten.free_symbols)
    back = rewritten.xreplace({one.symbol: one.definition for one in reversed(rewriter.found)})
    for x, y in ((0.7, 0.4), (1.3, 2.1)):
        assert abs(complex((back - expression).subs({X: x, Y: y, N: 1.7}))) < 1e-12


def test_one_function_has_one_symbol():
    rewriter = Rewriter({"x", "y"})
    first = rewriter.rewrite(sympy.exp(X * Y))
    assert rewriter.rewrite(sympy.exp(Y * X)) == first
    assert rewriter.rewrite(sympy.exp(3 * X * Y)) == first**3
    assert len(rewriter.found) == 1


def test_names_that_are_taken_are_given_to_no_symbol():
    rewriter = Rewriter({"x", "e1"})
    assert rewriter.rewrite(sympy.exp(X)).name == "e2"


def test_floats_are_the_decimals_that_they_print_as():
    assert Rewriter(set()).rewrite(sympy.Float(0.1) * X) == X / 10


@pytest.mark.parametrize(
    ("expression", "told"),
    [
        (sympy.pi * X, "the number pi is not rational; declare it as a parameter"),
        (X ** sympy.Rational(1, 3), "has no rule beside these equations"),
        (sympy.erf(X), "has no rule for its derivative"),
    ],
)
def test_what_has_no_rule_is_refused(expression, told):
    with pytest.raises(NoRule, match=told):
        Rewriter({"x"}).rewrite(expression)

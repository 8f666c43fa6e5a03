"""Exponentials: which are whole combinations of others, and the symbols that stand for them."""

from __future__ import annotations

import pytest
import sympy

pytest.importorskip("flint")

from hypothesis import given
from hypothesis import strategies as st

from pellucid.algebra.auxiliaries.exponential import combination
from pellucid.algebra.auxiliaries.rewriter import Rewriter

X, Y = sympy.symbols("x y", real=True)
E1, E2 = sympy.symbols("e1 e2", real=True)


@given(st.integers(-4, 4), st.integers(-4, 4))
def test_whole_combinations_are_found(n, m):
    known = {E1: 2 * X - Y, E2: X * Y + 1}
    argument = sympy.expand(n * known[E1] + m * known[E2])
    found = combination(argument, known.items())
    assert found is not None
    assert dict(found) == {symbol: k for symbol, k in ((E1, n), (E2, m)) if k}


@pytest.mark.parametrize("argument", [X, (2 * X - Y) / 2, 2 * X - Y + 1, X**2])
def test_what_is_no_whole_combination_is_none(argument):
    assert combination(argument, [(E1, 2 * X - Y)]) is None
    assert combination(argument, []) is None


def test_multiples_are_powers_and_combinations_have_a_symbol_with_their_own_relation():
    rewriter = Rewriter({"x", "y"})
    one, other, both = (rewriter.rewrite(sympy.exp(e)) for e in (X, Y, X - Y))
    assert rewriter.rewrite(sympy.exp(3 * X)) == one**3
    (last,) = [a for a in rewriter.found if a.symbol == both]
    assert last.powers == ((one, 1), (other, -1))
    assert rewriter.rewrite(sympy.exp(-X + Y)) not in (one, other, both)

"""Matrices over u^(a + k n): what coincides at a value of n, and what ranks are there."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
import sympy
from flint import Ordering, fmpq_mpoly_ctx
from hypothesis import given
from hypothesis import strategies as st

from pellucid.algebra.auxiliaries.power import prepare
from pellucid.algebra.auxiliaries.rewriter import Rewriter
from pellucid.algebra.fields.jets import Jets
from pellucid.algebra.parameters.assumptions import Assumptions
from pellucid.algebra.parameters.parametric_drift import NotCovered
from pellucid.algebra.parameters.power_rows import PowerRows, raised_symbols
from pellucid.algebra.parameters.special_exponents import ExponentSearch
from pellucid.algebra.parameters.special_parameters import rank_at_random

U, N = sympy.symbols("u n", real=True)


def rows_of(expressions: list[sympy.Expr]) -> PowerRows:
    """Each expression in u and u^n as a column."""
    rewriter = Rewriter({"u", "n"}, frozenset([N]))
    prepare([expressions, [U**N]], rewriter)
    written = [sympy.expand(rewriter.rewrite(e)) for e in expressions]
    ring = Jets((("u", "u_x"),), ("n",), tuple(rewriter.found))
    return PowerRows.of([(ring.reduced(ring.polynomial(e)),) for e in written], ring, ("n",))


COEFFICIENTS = st.sampled_from([sympy.Integer(1), N, N - 2, N + 1, 2 * N - 1])
POWERS = st.tuples(COEFFICIENTS, st.integers(0, 4), st.integers(0, 2))
FUNCTIONS = st.lists(st.lists(POWERS, min_size=1, max_size=3), min_size=2, max_size=5)


def functions(drawn: list[list[tuple[sympy.Expr, int, int]]]) -> list[sympy.Expr]:
    return [sympy.Add(*(c * U**a * (U**N) ** k for c, a, k in terms)) for terms in drawn]


def rank_of_functions(expressions: list[sympy.Expr], value: Fraction) -> int:
    """How many are independent with n = value: by what they are at random places."""
    places = np.random.default_rng(0).uniform(0.5, 2, 40)
    put = [sympy.lambdify(U, e.subs(N, sympy.Rational(value.numerator, value.denominator))) for e in expressions]
    table = np.stack([np.broadcast_to(f(places), 40) for f in put], 1).astype(float)
    return int(np.linalg.matrix_rank(table, tol=1e-9))


@given(FUNCTIONS, st.sampled_from([Fraction(n) for n in ("1", "2", "-1", "1/2", "3/2", "4", "-2/3")]))
def test_the_rank_at_a_value_is_that_of_the_functions_there(drawn, value):
    expressions = functions(drawn)
    assert rank_at_random(rows_of(expressions).at(value), 0) == rank_of_functions(expressions, value)


@given(FUNCTIONS)
def test_no_exponent_of_smaller_rank_is_missed(drawn):
    rows = rows_of(functions(drawn))
    search = ExponentSearch(rows, len(drawn), lambda n: (len(drawn), rows.at(n)), 2, 10**6, 0, Assumptions(("n",)),
                            lambda a, b: None)  # fmt: skip
    found = search.run()
    special = {Fraction(dict(values)["n"]) for values, _ in found.cases}
    for value in (Fraction(p, q) for p in range(-9, 10) for q in (1, 2, 3) if p):
        smaller = rank_at_random(rows.at(value), 0) < len(drawn) - found.vectors
        assert smaller == (value in special)


def test_what_is_related_otherwise_is_not_covered():
    def ring(*expressions: sympy.Expr) -> Jets:
        rewriter = Rewriter({"u", "n", "m"}, frozenset(sympy.symbols("n m", real=True)))
        for e in expressions:
            rewriter.rewrite(e)
        return Jets((("u", "u_x"),), ("n", "m"), tuple(rewriter.found))

    m = sympy.Symbol("m", real=True)
    for expressions in ([U**N, U**m], [(U + 1) ** N], [U**N, 1 / (1 + U)], [U ** (N**2)]):
        with pytest.raises(NotCovered):
            raised_symbols(ring(*expressions), ("n", "m"))
    assert fmpq_mpoly_ctx.get(["n"], Ordering.degrevlex) is not None

"""Polynomials of FLINT's and expressions of sympy's are the same thing written twice."""

from __future__ import annotations

from typing import Any

import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

pytest.importorskip("flint")

import flint

from pellucid.algebra.arithmetic.polynomials import by_power, to_expression, to_polynomial
from pellucid.algebra.expressions.text import parse

RING: Any = flint.fmpq_mpoly_ctx.get(["x", "y", "k"], flint.Ordering.degrevlex)
GENERATORS: dict[str, Any] = dict(zip(("x", "y", "k"), RING.gens(), strict=True))
exponents = st.tuples(*[st.integers(0, 4)] * 3)
numbers = st.fractions(-50, 50, max_denominator=30).filter(bool)


@st.composite
def polynomials(draw):
    terms = draw(st.dictionaries(exponents, numbers, max_size=6))
    return RING.from_dict({powers: flint.fmpq(n.numerator, n.denominator) for powers, n in terms.items()})


@settings(max_examples=40, deadline=None)
@given(polynomials())
def test_there_and_back(polynomial):
    assert to_polynomial(to_expression(polynomial), GENERATORS, RING) == polynomial


@settings(max_examples=40, deadline=None)
@given(polynomials(), st.sampled_from(sorted(GENERATORS)))
def test_coefficients_times_powers_are_the_polynomial(polynomial, name):
    parts = by_power(polynomial, name)
    assert sum((part * GENERATORS[name] ** k for k, part in parts.items()), RING.constant(0)) == polynomial
    assert all(part.derivative(name) == 0 for part in parts.values())


def test_a_float_is_the_decimal_it_prints_as():
    assert to_polynomial(sympy.Float(0.1), GENERATORS, RING) == RING.constant(flint.fmpq(1, 10))


@pytest.mark.parametrize("text", ["1/x", "sqrt(x)", "z", "x**k"])
def test_what_is_no_polynomial_is_told(text):
    expression = parse(text, "xyzk")
    with pytest.raises(ValueError, match="is no polynomial in the fields; write"):
        to_polynomial(expression, GENERATORS, RING, "the fields")


def test_meanings_are_put_in():
    x, y = GENERATORS["x"], GENERATORS["y"]
    assert to_expression(2 * x * y, {"y": sympy.Integer(3)}) == 6 * sympy.Symbol("x", real=True)

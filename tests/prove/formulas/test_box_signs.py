"""Signs over a box: what is said holds at every point that is tried, and what is easy is said."""

from __future__ import annotations

import math

import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st

from pellucid.prove.formulas.arb_functions import NotBounded, upper
from pellucid.prove.formulas.box_signs import enclosure, is_defined, sign_on

X, Y = sympy.symbols("x y", real=True)
LEAVES = st.sampled_from([X, Y, sympy.Integer(0), sympy.Integer(2), sympy.Rational(-3, 2), sympy.pi])
UNARY = (sympy.exp, sympy.sin, sympy.tanh, sympy.Abs, sympy.sqrt, sympy.log, sympy.atan, sympy.sign, sympy.Heaviside)


def larger(parts):
    powers = st.sampled_from([2, 3, -1, -2, sympy.Rational(1, 2), sympy.Rational(-1, 3)])
    return st.one_of(
        st.tuples(parts, parts).map(lambda pair: pair[0] + pair[1]),
        st.tuples(parts, parts).map(lambda pair: pair[0] * pair[1]),
        st.tuples(parts, parts).map(lambda pair: sympy.Max(*pair)),
        st.tuples(parts, powers).map(lambda pair: pair[0] ** pair[1]),
        st.tuples(st.sampled_from(UNARY), parts).map(lambda pair: pair[0](pair[1])),
    )


EXPRESSIONS = st.recursive(LEAVES, larger, max_leaves=5)
ENDS = st.tuples(st.integers(-3, 3), st.integers(0, 3)).map(lambda pair: (float(pair[0]), float(sum(pair))))
FITS = {
    "+": lambda value: value > 0,
    "0+": lambda value: value >= 0,
    "0": lambda value: value == 0,
    "0-": lambda value: value <= 0,
    "-": lambda value: value < 0,
    "?": lambda value: True,
}


def values(expression, box):
    """The real values at a grid of the box; None where there is none."""
    for i in range(4):
        for j in range(4):
            at = {s: sympy.Rational(low) + (sympy.Rational(high) - sympy.Rational(low)) * sympy.Rational(k, 3)
                  for (s, (low, high)), k in zip(box.items(), (i, j), strict=True)}  # fmt: skip
            value = expression.subs(at)
            real = value.is_number and not value.has(sympy.zoo, sympy.nan, sympy.oo) and value.is_extended_real
            yield value if real else None


@given(EXPRESSIONS, ENDS, ENDS)
def test_no_point_of_the_box_has_another_sign(expression, first, second) -> None:
    if expression.has(sympy.zoo, sympy.nan, sympy.oo, sympy.I):
        return
    box = {X: first, Y: second}
    sign, defined = sign_on(expression, box), is_defined(expression, box)
    for value in values(expression, box):
        assert value is None or FITS[sign](value), (expression, box, sign, value)
        assert value is not None or not defined, (expression, box)


@pytest.mark.parametrize(
    ("expression", "box", "sign"),
    [
        (X * Y, {X: (0.0, 1.0), Y: (-2.0, -1.0)}, "0-"),
        (X**3, {X: (0.0, 0.0)}, "0"),
        (X**-2, {X: (-1.0, 2.0)}, "0+"),
        (X ** sympy.Rational(1, 2), {X: (0.0, 4.0)}, "0+"),
        (X ** sympy.Rational(-1, 2), {X: (0.0, 4.0)}, "?"),
        (1 / X, {X: (0.0, 0.0)}, "?"),
        (1 / X, {X: (-2.0, -1.0)}, "-"),
        (sympy.exp(Y) + X**2, {X: (-1.0, 1.0), Y: (-9.0, 9.0)}, "+"),
        (sympy.Max(X, Y), {X: (1.0, 2.0), Y: (3.0, 4.0)}, "+"),
        (sympy.besselj(0, X), {X: (0.0, 1.0)}, "?"),
    ],
)
def test_signs_that_are_told(expression, box, sign) -> None:
    assert sign_on(expression, box) == sign


def test_single_points_may_be_left_out() -> None:
    assert sign_on(X**-2, {X: (0.0, 1.0)}, almost=True) == "+"
    assert sign_on(1 / X, {X: (0.0, 1.0)}, almost=True) == "0+"


def test_an_enclosure_holds_the_values_or_there_is_none() -> None:
    box = {X: (-1.0, 2.0)}
    assert upper(enclosure(X**2 - X, box)) >= 2
    assert math.isinf(upper(enclosure(sympy.log(X), box)))
    with pytest.raises(NotBounded, match="no enclosure"):
        enclosure(sympy.besselj(0, X), box)

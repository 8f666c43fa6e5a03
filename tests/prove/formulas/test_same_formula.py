"""Equal formulas are found equal, impostors are refuted with a point, and what is only tested is not called more."""

from __future__ import annotations

import pytest
import sympy

from pellucid.algebra.expressions.text import parse
from pellucid.core.claim import Refuted, Tested, Undecided
from pellucid.prove.formulas.same_formula import _symbol, same_formula

x, y, z = sympy.symbols("x y z", real=True)

EQUAL = [
    ("(x + y)**2", "x**2 + 2*x*y + y**2"),
    ("sqrt(x*y)", "sqrt(x)*sqrt(y)"),
    ("exp(-x**2/2)/sqrt(2*pi)", "sqrt(2)*exp(-x**2/2)/(2*sqrt(pi))"),
    ("1/(1/x + y/z)", "x*z/(z + x*y)"),
    ("2*(1 - cos(x))", "4*sin(x/2)**2"),
    ("y/(exp(x) + exp(-x))", "y/(2*cosh(x))"),
    ("log(y/x)", "log(y) - log(x)"),
    ("(1 + x/z)/sqrt(1 - x**2/z**2)", "sqrt((z + x)/(z - x))"),
    ("x*tanh(y)", "x*(exp(2*y) - 1)/(exp(2*y) + 1)"),
]
BOX = {"x": (1, 2), "y": (1, 5), "z": (3, 10)}


def parsed(text: str) -> sympy.Expr:
    return sympy.parse_expr(text, {"x": x, "y": y, "z": z})


@pytest.mark.parametrize(("a", "b"), EQUAL)
def test_equal_formulas(a, b):
    verdict = same_formula(parsed(a), parsed(b), list(BOX.values()), list(BOX))
    assert verdict.same
    assert verdict.counterexample is None
    assert isinstance(verdict.claim("a = b"), Tested)


def test_most_are_decided_by_algebra():
    kinds = [same_formula(parsed(a), parsed(b), list(BOX.values()), list(BOX)).kind for a, b in EQUAL]
    assert kinds.count("equal") >= 7


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("sin(x)", "x - x**3/6"),
        ("x/(4*pi)", "x*Rational(7957747154594767, 100000000000000000)"),
        ("exp(x) - 1", "exp(x) - 1 + x*Rational(1, 10**40)"),
        ("x*y", "x*y + z/1000"),
        ("sqrt(x - y)", "sqrt(abs(x - y))"),
        ("x*0.5", "x*0.500000001"),
    ],
)
def test_impostors_are_refuted(a, b):
    a, b = parsed(a), parsed(b)
    verdict = same_formula(a, b, list(BOX.values()), list(BOX))
    assert verdict.kind == "different"
    assert verdict.counterexample is not None
    point = {
        sympy.Symbol(k, real=True): sympy.Rational(v.numerator, v.denominator)
        for k, v in verdict.counterexample.items()
    }
    assert sympy.N(a.subs(point) - b.subs(point), 60) != 0
    assert isinstance(verdict.claim("a = b"), Refuted)


def test_signs_of_the_box_are_used():
    assert same_formula(sympy.sqrt(x**2), x, [(1, 2)]).kind == "equal"
    assert same_formula(sympy.sqrt(x**2), -x, [(-2, -1)]).kind == "equal"
    assert same_formula(sympy.sqrt(x**2), x, [(-1, 1)]).kind == "different"


def test_without_a_limit_on_operations_it_is_only_tested():
    verdict = same_formula(2 * (1 - sympy.cos(x)), 4 * sympy.sin(x / 2) ** 2, operations=1)
    assert verdict.kind == "tested"
    assert "algebra did not decide" in verdict.claim("a = b").statement


def test_nowhere_real_is_undecided():
    verdict = same_formula(sympy.sqrt(-x), sympy.log(-x), [(1, 2)])
    assert verdict.kind == "undecided"
    assert verdict.points == 0
    assert isinstance(verdict.claim("a = b"), Undecided)


def test_how_it_was_decided_is_told():
    assert same_formula(x, x).reason == "identical"
    assert same_formula(x, x).points == 24
    assert same_formula(x, x, points=5).points == 5
    assert same_formula(x * (x + 1), x**2 + x).reason == "rewritten to 0 by expanding"


@pytest.mark.parametrize(
    ("low", "high", "signs"),
    [
        (1, 2, (True, True, False)),
        (0, 2, (None, True, False)),
        (-0.5, 2, (None, None, None)),
        (-2, 0, (None, None, None)),
        (-2, -1, (False, False, True)),
        (-2, -1e-9, (False, False, True)),
    ],
)
def test_a_sign_is_taken_only_where_the_whole_range_has_it(low, high, signs):
    symbol = _symbol("x", low, high)
    assert (symbol.is_positive, symbol.is_nonnegative, symbol.is_negative) == signs
    assert symbol.is_real


@pytest.mark.parametrize("other", ["8*exp(-0.4*x + 2.4*floor(x/6))", "8/exp(0.4*Mod(x, 6))"])
def test_a_modulus_is_the_same_when_it_is_written_out(other):
    a, b = (parse(text, ("x",)) for text in ("8*exp(-0.4*Mod(x, 6))", other))
    assert same_formula(a, b, [(0, 30)], ["x"]).same


def test_constants_need_no_box():
    assert same_formula(sympy.sqrt(2) * sympy.sqrt(3), sympy.sqrt(6)).same


def test_wrong_boxes_and_names_are_refused():
    with pytest.raises(ValueError, match="box has 1"):
        same_formula(x, y, [(1, 2)])
    with pytest.raises(ValueError, match="not among names"):
        same_formula(x, y, [(1, 2)], ["x"])


@pytest.mark.parametrize(("apart", "kind"), [(5, "tested"), (20, "different")])
def test_numbers_are_different_where_they_are_10_to_the_minus_50_apart(apart, kind):
    assert same_formula(x, x * (1 + sympy.Rational(apart, 10**51))).kind == kind


def test_a_zero_that_is_reached_through_complex_numbers_is_real():
    assert same_formula(sympy.sqrt(x - 2) * sympy.floor(x / 4), sympy.Integer(0), [(1, 1.5)]).kind == "tested"

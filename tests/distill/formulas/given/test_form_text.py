"""Forms as users write them: what is a column, a constant, an unknown function, and what is refused."""

import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from pellucid.distill.formulas.given.form_text import read_form


def test_names_are_constants_in_the_order_they_stand_and_pi_is_a_number():
    form = read_form("k = A*exp(-E/(R*T)) + pi", ("T",), "k")
    assert [symbol.name for symbol in form.constants] == ["A", "E", "R"]
    assert form.expression.has(sympy.pi)
    assert read_form("a*pi", ("pi",)).expression.free_symbols == set(sympy.symbols("a pi", real=True))


def test_unknown_functions_stand_for_one_value_each():
    form = read_form("a + f(x/z)*f(x/z) + g(z)", ("x", "z"))
    assert [unknown.name for unknown in form.unknowns] == ["f(x / z)", "g(z)"]
    assert form.unknowns[0].argument == sympy.sympify(sympy.Symbol("x", real=True) / sympy.Symbol("z", real=True))


def test_a_constant_for_each_word_of_a_column():
    form = read_form("a[s]*x", ("s_b", "s_c", "x"))
    b, c, x, first, second, third = sympy.symbols("s_b s_c x a a_b a_c", real=True)
    assert sympy.expand(form.expression - x * (first * (1 - b - c) + second * b + third * c)) == 0
    assert {symbol.name for symbol in form.constants} == {"a", "a_b", "a_c"}
    with pytest.raises(ValueError, match="no column of words is called 't'"):
        read_form("a[t]*x", ("s_b", "x"))


@settings(max_examples=40, deadline=None)
@given(st.permutations(["a", "b", "c", "d"]), st.sampled_from(["+", "*", "-"]))
def test_every_name_that_is_no_column_is_fitted(names, sign):
    text = f"{names[0]}*x {sign} exp({names[1]}*x) {sign} {names[2]}*cos({names[3]}*z)"
    assert [symbol.name for symbol in read_form(text, ("x", "z")).constants] == names


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("a*w", "holds no column"),
        ("2*x", "no constant to be fitted; write one"),
        ("a*x +", "is not understood"),
        ("a*x(2)", "calls the column 'x'"),
        ("z = a*x", "is of 'z'; the target is 'y'"),
        ("a*x*y", "holds the target 'y' itself"),
        ("a*x + b - b", "constant 'b' drops out"),
        ("f(x, z)", "has 2 arguments"),
        ("a*x[0]", "Subscript"),
    ],
)
def test_what_is_no_form_is_refused_with_the_remedy(text, told):
    with pytest.raises(ValueError, match=told.replace("(", r"\(")):
        read_form(text, ("x", "z"))


@pytest.mark.parametrize(
    "form", ["a + b*step(d - {})", "a*floor(d/{})", "a*Mod(d, {})", "b*ceiling({}*d) + a", "a*sign(d + {})"]
)
def test_thresholds_are_not_fitted_by_slopes(form):
    with pytest.raises(ValueError, match=r"constant 'c' .* stands inside a function that jumps"):
        read_form(form.format("c"), ("d",))
    assert "a" in [symbol.name for symbol in read_form(form.format("2"), ("d",)).constants]

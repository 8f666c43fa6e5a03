"""Text that is a formula, text that is none, and text that asks for more than any machine can do."""

from __future__ import annotations

import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from pellucid.algebra.text import FUNCTIONS, parse, to_text

NAMES = ("x", "y", "E")
ATOMS = st.sampled_from(["x", "y", "E", "pi", "0", "1", "2", "7", "0.5", "1e300", "1e-300", "1000000000", "9" * 40])
FORMULAS = st.recursive(
    ATOMS,
    lambda inner: st.one_of(
        st.builds("({}){}({})".format, inner, st.sampled_from(["+", "-", "*", "/", "**"]), inner),
        st.builds("-({})".format, inner),
        st.builds("{}({})".format, st.sampled_from([*sorted(FUNCTIONS), "factorial"]), inner),
        st.builds("{}({}, {})".format, st.sampled_from(["Min", "Max", "atan2"]), inner, inner),
    ),
    max_leaves=6,
)


def parsed(text: str) -> sympy.Expr | None:
    """The expression, or None where the text is refused in one line; anything else that is raised is a failure."""
    try:
        return parse(text, NAMES)
    except ValueError as error:
        message = str(error)
    assert "\n" not in message
    return None


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=60) | st.text(alphabet="xyE019.e+-*/()[], \n'\"jlogsinpam", max_size=60))
def test_any_text_is_a_formula_or_refused_in_one_line(text):
    parsed(text)


@settings(max_examples=150, deadline=None)
@given(FORMULAS)
def test_a_formula_is_read_back_from_its_own_text(text):
    expression = parsed(text)
    if expression is None or expression.has(sympy.oo, sympy.zoo, sympy.nan, sympy.I, sympy.Float):
        return
    try:
        again = parse(to_text(expression, NAMES), NAMES)
    except ValueError:
        return  # sympy has put powers together, and together they are too large
    assert again == expression


ENDLESS = [
    "10**(10**9)*x",
    "10**10**10**10",
    "2**2**2**2**2**2",
    "(2*x)**(10**9)",
    "(10**300*x)**10000",
    "(1/3)**(10**6)",
    "exp(exp(exp(exp(9))))",
    "Max(cosh(exp(99)), 2)",
    f"sqrt({'9' * 4000})",
    f"Max({', '.join(f'x**{i}' for i in range(200))})",
    "log(" * 60 + "7" + ")" * 60,
    "factorial(10**9)",
    "(" * 1_000_000 + "x" + ")" * 1_000_000,
    "(" * 9_000 + "x" + ")" * 9_000,
    "-" * 19_000 + "x",
    "x**" * 600 + "x",
    "9" * 5000,
    "sin(" * 1000 + "x" + ")" * 1000,
]


@pytest.mark.parametrize("text", ENDLESS, ids=lambda text: f"{text[:20]}{len(text)}")
def test_what_no_machine_can_write_out_is_refused(text):
    with pytest.raises(ValueError) as refusal:
        parse(text, NAMES)
    assert "\n" not in str(refusal.value)
    assert len(str(refusal.value)) < 400


@pytest.mark.parametrize(
    ("text", "value"),
    [("x**100", 2**100), ("10**100*x", 2 * 10**100), ("sqrt(sqrt(x**8))", 4), ("exp(x)**2", sympy.exp(4))],
)
def test_large_but_possible_formulas_are_read(text, value):
    assert parse(text, NAMES).subs({sympy.Symbol("x", real=True): 2}) == value


def test_a_sum_of_many_terms_is_not_deep():
    text = " + ".join(f"{i}*x**{i}" for i in range(1, 300))
    assert len(parse(text, NAMES).args) == 299

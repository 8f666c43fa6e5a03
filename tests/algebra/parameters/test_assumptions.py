import itertools

import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st

from pellucid.algebra.parameters.assumptions import Assumptions

A, B = sympy.symbols("a b", real=True)
POSITIVE = Assumptions(("a", "b"), ("a > 0", "b > 0"))
ORDERED = Assumptions(("a", "b"), ("a > b", "b > 1"))
NEGATIVE = Assumptions(("a", "b"), ("a < 0",))


@pytest.mark.parametrize(
    ("known", "expression", "never"),
    [
        (POSITIVE, A + B, True), (POSITIVE, A - B, False), (ORDERED, A - B, True), (ORDERED, A - 1, True),
        (ORDERED, A - 2, False), (NEGATIVE, A - B**2, True), (NEGATIVE, A - B, False), (NEGATIVE, A**2 + B, False),
        (Assumptions(("a", "b")), A**2 + B**2, True), (POSITIVE, 1 / A + 1 / B, True),
    ],
)  # fmt: skip
def test_never_zero(known, expression, never):
    assert known.never_zero(expression) is never


@pytest.mark.parametrize(
    ("known", "values", "contradicted"),
    [
        (POSITIVE, [("b", "-a")], True), (POSITIVE, [("b", "a/4")], False), (ORDERED, [("a", "b")], True),
        (ORDERED, [("a", "2*b")], False), (ORDERED, [("b", "a"), ("a", "3")], True), (ORDERED, [("b", "1/2")], True),
        (NEGATIVE, [("a", "b**2")], True), (NEGATIVE, [("a", "-b**2")], False),
        (Assumptions(("a", "b")), [("b", "-a")], False),
    ],
)  # fmt: skip
def test_contradictions(known, values, contradicted):
    assert known.contradicts(values) is contradicted


@given(
    coefficients=st.lists(st.integers(-3, 3), min_size=4, max_size=4),
    a=st.integers(1, 6),
    b=st.integers(1, 6),
)
def test_what_is_ruled_out_has_no_zero(coefficients, a, b):
    c = coefficients
    expression = c[0] * A**2 + c[1] * A * B + c[2] * B**2 + c[3] * A
    if sympy.expand(expression) != 0 and POSITIVE.never_zero(expression):
        assert expression.subs({A: a, B: b}) != 0


@pytest.mark.parametrize("text", ["a >= 0", "a", "a > c", "a = b"])
def test_what_is_no_inequality_is_refused(text):
    with pytest.raises(ValueError, match=r"assumption|unknown|not|is no|'c'"):
        Assumptions(("a", "b"), (text,))


@pytest.mark.parametrize("inequalities", list(itertools.permutations(("a > b", "c > a", "b > 0", "d > c"))))
def test_a_chain_of_inequalities_is_followed_in_whatever_order_it_is_given(inequalities):
    a, b, c, d = sympy.symbols("a b c d", real=True)
    known = Assumptions(("a", "b", "c", "d"), inequalities)
    assert known.never_zero(d - b)
    assert known.never_zero(c * d - a * b)
    assert not known.never_zero(d - 2 * b)
    assert known.contradicts([("d", "b")])


@pytest.mark.parametrize(
    "texts", [("k > 0", "k < 0"), ("k > m", "m > k"), ("k > 2", "k < 1"), ("k > 0", "m > k", "m < 0")]
)
def test_assumptions_that_contradict_each_other_are_refused(texts):
    with pytest.raises(ValueError, match="contradicts"):
        Assumptions(("k", "m"), texts)


def test_assumptions_that_can_all_be_true_are_not_refused():
    assert Assumptions(("k", "m"), ("k > 0", "m > k", "k < 3", "m > 1")).inequalities

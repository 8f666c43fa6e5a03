"""States of loops, and what they refute."""

from __future__ import annotations

import pytest

from pellucid.prove.hints.traces import nearby, refuted, signature, states_of
from pellucid.subjects.dafny.dafny_program import DafnyProgram
from pellucid.subjects.dafny.running.evaluation import Evaluator

SUM = """
function Total(s: seq<int>): int { if |s| == 0 then 0 else Total(s[..|s| - 1]) + s[|s| - 1] }
method Sum(a: array<int>) returns (t: int)
  requires a.Length > 0
  ensures t == Total(a[..])
{
  var i := 0;
  t := 0;
  while i < a.Length { t := t + a[i]; i := i + 1; }
}
"""
PROGRAM = DafnyProgram(SUM)
STATES = states_of(PROGRAM, 0)[0]


def test_every_state_meets_the_precondition_and_occurs():
    assert len(STATES) > 100
    for state in STATES:
        assert state["a"].items
        assert state["t"] == sum(state["a"].items[: state["i"]])


@pytest.mark.parametrize(
    ("text", "is_refuted"),
    [
        ("t == Total(a[..i])", False),
        ("t == Total(a[..i + 1])", True),
        ("t >= 0", True),
        ("a[i] == a[i]", True),  # has no value at the end
        ("q <= a.Length", True),  # is not in scope
        ("Unknown(t)", False),  # is not understood
        ("t ==", False),
    ],
)
def test_what_the_states_refute(text: str, is_refuted: bool):
    assert refuted(Evaluator(PROGRAM), text, STATES) is is_refuted


def test_equal_expressions_have_equal_signatures_and_others_do_not():
    others = nearby(STATES, 0)
    evaluator = Evaluator(PROGRAM)
    at_most, turned, below = (signature(evaluator, text, others) for text in ("i <= t", "!(t < i)", "i < t"))
    assert at_most == turned != below
    assert set(at_most) == {True, False}


def test_a_method_that_is_not_understood_has_no_states():
    assert states_of(DafnyProgram("method M() { var x := Foreign(); while x > 0 { x := x - 1; } }"), 0) == {}
    narrow = "method M(n: int) requires n == 123456 { var i := n; while i > 0 { i := i / 2; } }"
    assert states_of(DafnyProgram(narrow), 0) == {}

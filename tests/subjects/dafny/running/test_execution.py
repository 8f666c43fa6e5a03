"""Methods that are run, with the states at the heads of their loops."""

from __future__ import annotations

from random import Random

import pytest

from pellucid.subjects.dafny.dafny_program import DafnyProgram
from pellucid.subjects.dafny.running.execution import Runner
from pellucid.subjects.dafny.running.values import DafnyArray, NotRun, OutOfSteps, Undefined


def run(text: str, **variables: object) -> tuple[list[tuple[int, dict]], dict]:
    """The states at the heads of the first method's loops, and the variables at its end."""
    program, given = DafnyProgram(text), dict(variables)
    heads = Runner(program, Random(0)).run(program.routines[0], given)
    return heads, given


def test_a_loop_tells_its_states():
    text = "method Up(n: nat) returns (s: int) { var i := 0; s := 0; while i < n { s := s + i; i := i + 1; } }"
    heads, end = run(text, n=3)
    assert [(loop, state["i"], state["s"]) for loop, state in heads] == [(0, 0, 0), (0, 1, 0), (0, 2, 1), (0, 3, 3)]
    assert end["s"] == 3


def test_arrays_are_shared_and_their_states_are_not():
    text = """method Reverse(a: array<int>) modifies a {
      var i, j := 0, a.Length - 1;
      while i < j { a[i], a[j] := a[j], a[i]; i, j := i + 1, j - 1; }
    }"""
    array = DafnyArray([1, 2, 3, 4])
    heads, _ = run(text, a=array)
    assert array.items == [4, 3, 2, 1]
    assert array.entry == (1, 2, 3, 4)
    assert [state["a"].items for _, state in heads] == [[1, 2, 3, 4], [4, 2, 3, 1], [4, 3, 2, 1]]


def test_methods_call_methods_return_and_break():
    text = """method Main() returns (r: int, found: bool) {
      r := Twice(4);
      var k := 0;
      while true { k := k + 1; if k == 3 { break; } }
      if k == 3 { return r + k, true; }
      r := 0;
    }
    method Twice(x: int) returns (y: int) { if x > 0 { return 2 * x; } else { y := 0; } }"""
    _, end = run(text)
    assert (end["r"], end["found"]) == (11, True)


def test_what_only_the_verifier_reads_does_nothing():
    text = "method M(x: int) returns (y: int) { y := x; assert y == x; calc { 1; 1; } L(x); } lemma L(x: int) {}"
    assert run(text, x=2)[1]["y"] == 2


@pytest.mark.parametrize(
    ("statement", "error"),
    [
        ("x := a[9];", Undefined),
        ("a[-1] := 2;", Undefined),
        ("x := 1 / (x - x);", Undefined),
        ("while true { x := x + 1; }", OutOfSteps),
        ("x := Unknown(x);", NotRun),
        ("x :| 3 < x < 3;", Undefined),
        ("forall i | 0 <= i < a.Length { a[i] := 0; }", NotRun),
    ],
)
def test_what_cannot_be_run(statement: str, error: type[Exception]):
    with pytest.raises(error):
        run(f"method M(a: array<int>) modifies a {{ var x := 1; {statement} }}", a=DafnyArray([1]))


def test_such_that_takes_what_the_condition_allows():
    text = "method M(s: set<int>) returns (x: int) { x :| x in s && x > 2; }"
    assert run(text, s=frozenset({1, 2, 5}))[1]["x"] == 5


def test_what_is_left_open_takes_several_values():
    text = "method M() returns (x: int) { if * { x := 1; } else { x := 2; } }"
    program = DafnyProgram(text)
    found = set()
    for seed in range(20):
        given: dict = {}
        Runner(program, Random(seed)).run(program.routines[0], given)
        found.add(given["x"])
    assert found == {1, 2}

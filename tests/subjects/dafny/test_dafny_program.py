"""Dafny files are read as far as they are understood; what is not is left as it stands."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pellucid.subjects.dafny.dafny_program import DafnyProgram, read_dafny
from pellucid.subjects.dafny.tokens import UnreadableDafny, tokens_of

SEARCH = """
predicate sorted(s: seq<int>) { forall i, j :: 0 <= i < j < |s| ==> s[i] <= s[j] }
method Find<T(==)>(a: array<T>, key: T) returns (i: int, found: bool)
  requires a.Length > 0
  ensures found ==> 0 <= i < a.Length && a[i] == key
{
  i, found := 0, false;
  while i < a.Length && !found
    invariant 0 <= i <= a.Length
  {
    if a[i] == key { found := true; return; }
    assert i < a.Length;
    i := i + 1;
  }
}
"""


def test_contracts_loops_and_hints_are_found():
    program = DafnyProgram(SEARCH)
    predicate, method = program.routines
    assert (predicate.kind, predicate.inputs) == ("predicate", (("s", "seq<int>"),))
    assert method.inputs == (("a", "array<T>"), ("key", "T"))
    assert method.outputs == (("i", "int"), ("found", "bool"))
    assert [program.words(e) for e in method.clauses_of("ensures")] == ["found ==> 0 <= i < a.Length && a[i] == key"]
    (loop,) = program.loops
    assert program.words(loop.guard) == "i < a.Length && !found"
    assert [clause.word for clause in loop.clauses] == ["invariant"]
    assert program.routine_of(loop).name == "Find"
    assert [program.reading.words(*span) for span in program.reading.ghost] == ["assert i < a.Length;"]


EXPRESSIONS = {
    "a < b < c": ("chain", "< <"),
    "a ==> b ==> c": ("binary", "==>"),
    "|s| + |t|": ("binary", "+"),
    "|s[..|t|]| == 1": ("binary", "=="),
    "x !in s": ("binary", "!in"),
    "forall i | 0 <= i :: p(i)": ("quantifier", "forall"),
    "exists i: int :: s[i] == 3": ("quantifier", "exists"),
    "if a then b else c": ("if", ""),
    "set x | x in s :: x + 1": ("comprehension", "set"),
    "old(a[..])": ("old", "old"),
    "multiset(a[..i])": ("multiset", "("),
    "f(x)(y).z": ("field", "z"),
    "s[i := v]": ("update", ""),
    "x => x + 1": ("other", "lambda"),
    "(x: int) => x + 1": ("other", "lambda"),
    "&& a && b": ("binary", "&&"),
    "var y := x; y + 1": ("let", ""),
}


@pytest.mark.parametrize("text", EXPRESSIONS)
def test_expressions(text):
    program = DafnyProgram(f"function F(): int {{ {text} }}")
    (routine,) = program.routines
    assert routine.body is not None
    assert (routine.body.kind, routine.body.word) == EXPRESSIONS[text]
    assert program.words(routine.body) == text


def test_what_is_not_understood_keeps_its_contract_out_and_costs_nothing_else():
    program = DafnyProgram("method A() { while ### { } }\nmethod B(n: nat) ensures n >= 0 { }")
    assert [routine.name for routine in program.routines] == ["B"]
    assert program.reading.unread[0].startswith("A: line 1")
    assert program.loops == []


@settings(max_examples=200)
@given(st.text(alphabet="while(){}<>=!|&:;.,+-*/[]ab1 \n\"'_", max_size=80))
def test_any_text_is_read_or_refused_in_one_line(text):
    try:
        reading, problem = DafnyProgram(text).reading, ""
    except UnreadableDafny as error:
        reading, problem = None, str(error)
    assert "\n" not in problem
    assert reading is None or [t.text for t in reading.tokens] == [t.text for t in tokens_of(text)]


def test_files(tmp_path):
    with pytest.raises(ValueError, match="no such file"):
        read_dafny(tmp_path / "none.dfy")
    (tmp_path / "latin.dfy").write_bytes(b"// \xff")
    with pytest.raises(ValueError, match="UTF-8"):
        read_dafny(tmp_path / "latin.dfy")

"""Dafny files are read as far as they are understood; what is not is left as it stands."""

from __future__ import annotations

import pytest

from pellucid.subjects.dafny.dafny_program import DafnyProgram, read_dafny

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


def test_what_is_not_understood_keeps_its_contract_out_and_costs_nothing_else():
    program = DafnyProgram("method A() { while ### { } }\nmethod B(n: nat) ensures n >= 0 { }")
    assert [routine.name for routine in program.routines] == ["B"]
    assert program.reading.unread[0].startswith("A: line 1")
    assert program.loops == []


def test_files(tmp_path):
    with pytest.raises(ValueError, match="no such file"):
        read_dafny(tmp_path / "none.dfy")
    (tmp_path / "latin.dfy").write_bytes(b"// \xff")
    with pytest.raises(ValueError, match="UTF-8"):
        read_dafny(tmp_path / "latin.dfy")

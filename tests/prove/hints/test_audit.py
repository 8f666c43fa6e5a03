"""An annotated file is the given one and nothing but hints, or the audit says what was changed."""

from __future__ import annotations

import pytest

from pellucid.prove.hints.audit import added_hints, changes, unproved
from pellucid.subjects.dafny.dafny_program import DafnyProgram

GIVEN = """method Sum(n: nat) returns (s: nat)
  requires n < 1000
  ensures 2 * s == n * (n + 1)
{
  s := 0;
  var i := 0;
  while i < n
  {
    i := i + 1;
    s := s + i;
  }
}
"""
HINTED = GIVEN.replace(
    "while i < n\n", "while i < n\n    invariant i <= n && 2 * s == i * (i + 1)\n    decreases n - i\n"
)

HARMLESS = {
    "invariant and measure": HINTED,
    "assertion": HINTED.replace("s := s + i;", "s := s + i; assert s >= i by { assert i >= 0; }"),
    "a proof for all": HINTED.replace("s := 0;", "s := 0; forall k | k > 0 ensures k >= 1 { assert k > 0; }"),
    "a trigger": HINTED.replace("i <= n &&", "(forall k {:trigger k * k} :: k * k >= 0) && i <= n &&"),
    "calculation": HINTED.replace("s := s + i;", "calc { s + 0; s; } s := s + i;"),
    "a lemma of its own": HINTED + "lemma Triangle(n: nat) ensures n * (n + 1) >= n { }\n",
    "layout and comments": HINTED.replace("  ", "    ").replace("s := 0;", "s := 0; // from nothing"),
}
CHANGES = {
    "a weaker postcondition": ("2 * s == n * (n + 1)", "2 * s >= 0", "'>='"),
    "a stronger precondition": ("n < 1000", "n < 1", "'1'"),
    "one more precondition": ("requires n < 1000", "requires n < 1000 requires n == 0", "'requires'"),
    "a missing postcondition": ("ensures 2 * s == n * (n + 1)", "", "'{'"),
    "another guard": ("while i < n", "while i <= n", "'<='"),
    "another statement": ("s := s + i", "s := s + 1", "'1'"),
    "an assumption": ("s := 0;", "s := 0; assume false;", "'assume'"),
    "an assumption in an assertion's clothes": ("s := 0;", "s := 0; assert {:assumption} false;", "{:assumption}"),
    "a lemma without a body": ("method Sum", "lemma Free() ensures false\nmethod Sum", "'lemma'"),
    "a lemma that is an axiom": ("method Sum", "lemma {:axiom} Free() ensures false { }\nmethod Sum", "{:axiom}"),
    "a method that need not end": ("requires n < 1000", "requires n < 1000 decreases *", "'decreases'"),
    "a loop that need not end": ("decreases n - i", "decreases *", "'decreases'"),
    "an attribute that nobody knows": ("s := 0;", "s := 0; assert {:surely} false;", "{:surely}"),
    "an assumption inside a proof": ("s := 0;", "s := 0; assert s == 1 by { assume false; }", "assume"),
    "a loop that assigns to all": ("s := 0;", "s := 0; forall k | 0 <= k < 1 { a[k] := 0; }", "'forall'"),
    "no verification": ("method Sum", "method {:verify false} Sum", "'{'"),
    "code behind the end": ("    s := s + i;\n  }\n}", "    s := s + i;\n  }\n  s := 0;\n}", "'s'"),
}


@pytest.mark.parametrize("what", HARMLESS)
def test_hints_are_no_changes(what):
    assert changes(DafnyProgram(GIVEN), DafnyProgram(HARMLESS[what])) == []


@pytest.mark.parametrize("what", CHANGES)
def test_every_other_difference_is_told(what):
    old, new, word = CHANGES[what]
    assert old in HINTED
    (said, *_) = changes(DafnyProgram(GIVEN), DafnyProgram(HINTED.replace(old, new)))
    assert word in said


def test_a_given_file_may_itself_leave_something_unproved():
    given = DafnyProgram(GIVEN.replace("s := 0;", "s := 0; assume n > 1;"))
    assert unproved(given) == ["line 5: assume"]
    assert changes(given, given) == []
    more = DafnyProgram(given.text.replace("var i := 0;", "var i := 0; assert i == 1 by { assume false; }"))
    assert changes(given, more) == ["assume was added"]


CALLED = ("s := 0;", "s := 0; L();", "method Sum")
LIES = {
    "code behind a carriage return": ("s := 0;", "s := 0; // from nothing\rassume false;\n"),
    "a contract in a comment that nests": ("ensures 2", "/* /* */ ensures 2", "\n{\n  s := 0", " // */\n{\n  s := 0"),
    "a contract between directives": ("  ens", "/*\n#if NEVER\n*/\n  ens", "\n{\n  s", "\n/*\n#endif\n*/{\n  s"),
    "a free postcondition of a lemma": (*CALLED, "lemma L() free ensures (false) { }\nmethod Sum"),
    "a free invariant": ("while i < n\n", "while i < n\n free invariant (false)\n"),
    "a proof for all without a body": ("s := 0;", "s := 0; forall k | k == 0 ensures false assert true by { }"),
    "the same inside a calculation": ("s := 0;", "s := 0; calc { 1; { forall k: int ensures false } 2; }"),
    "the same inside a lemma": (*CALLED, "lemma L() ensures false { forall k: int ensures false }\nmethod Sum"),
    "a method by a lemma's name": (*CALLED, "method L() ensures true { }\nmethod Sum"),
    "a lemma in an expression": (
        "s := 0;",
        "s := 0; var x := L();",
        "method Sum",
        "lemma L() returns (x: int) {}\nmethod Sum",
    ),
}


@pytest.mark.parametrize("what", LIES)
def test_what_dafny_would_believe_is_told(what):
    text = GIVEN
    for old, new in zip(LIES[what][::2], LIES[what][1::2], strict=True):
        assert old in text
        text = text.replace(old, new, 1)
    assert changes(DafnyProgram(GIVEN), DafnyProgram(text)) != []


def test_a_lemma_that_is_called_is_a_hint():
    text = GIVEN.replace("s := 0;", "s := 0; Small(n);") + "lemma Small(n: nat) ensures n + 1 > n { }\n"
    assert changes(DafnyProgram(GIVEN), DafnyProgram(text)) == []
    found = added_hints(DafnyProgram(GIVEN), DafnyProgram(text))
    assert found == ["Small(n);", "lemma Small(n: nat) ensures n + 1 > n { }"]
    free = DafnyProgram("method M() returns (x: int) free ensures x > 0 { x := 1; }")
    assert unproved(free) == ["line 1: free ensures"]

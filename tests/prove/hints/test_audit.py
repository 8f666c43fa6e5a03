"""An annotated file is the given one and nothing but hints, or the audit says what was changed."""

from __future__ import annotations

import pytest

from pellucid.prove.hints.audit import changes, unproved
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

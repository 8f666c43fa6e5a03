"""What is read off a loop before anything is proved."""

from __future__ import annotations

import pytest

from pellucid.prove.hints.hint import FAMILIES
from pellucid.prove.hints.loop_view import Part, spaced, tokens
from pellucid.prove.hints.proposals import views_of
from pellucid.subjects.dafny.dafny_program import DafnyProgram

TEXT = """
method Fill(a: array<int>, n: nat) returns (s: seq<int>, total: int)
  modifies a
  requires n <= a.Length
  ensures |s| == n
{
  var i, done := 0, false;
  var k := a.Length - 1;
  var name := "x";
  s := [];
  total := 0;
  while i < n && !done
  {
    a[i] := i;
    s := s + [i];
    total := total + a[i];
    i := i + 1;
    if k == i { done := true; }
  }
}
"""
(VIEW,) = views_of(DafnyProgram(TEXT))


def test_types_are_those_that_are_written_or_that_first_values_show() -> None:
    shown = {"i": "int", "done": "bool", "k": "int", "name": "string", "a": "array<int>", "s": "seq<int>", "n": "nat"}
    assert {name: VIEW.types[name] for name in shown} == shown
    assert VIEW.integers == ["n", "total", "i", "k"]


def test_what_a_loop_changes_and_what_it_writes() -> None:
    assert VIEW.changed == {"s", "total", "i", "done"}
    assert VIEW.written == {"a"}
    assert VIEW.counters == ["total", "i"]


def test_counters_run_towards_conditions_lengths_and_given_numbers() -> None:
    limits = [(counter, " ".join(term)) for counter, term in VIEW.limits]
    assert limits[0] == ("i", "n")
    assert set(limits) == {(c, t) for c in ("i", "total") for t in ("n", "| s |", "| name |", "a . Length")}
    assert len(limits) == len(set(limits))


@pytest.mark.parametrize(
    ("family", "said", "never"),
    [
        ("products", "total == n * k", "k == n * total"),
        ("products", "total + n * i == k", "total + n * k == n"),
        ("sizes", "|s| == i", "|a| == i"),
        ("sizes", "|s| > 0 ==> s[0] == a[0]", "|s| > 0 ==> s[0] == s[0]"),
        ("bounds", "i <= n", "i != n"),
        ("sums", "total + i == n", "n == k"),
    ],
)
def test_a_family_speaks_of_what_changes(family: str, said: str, never: str) -> None:
    found = set(FAMILIES[family](VIEW))
    assert said in found
    assert never not in found


def test_words_are_put_in_the_place_of_whole_terms_only() -> None:
    part = Part(tuple(tokens("a.i + i < i.i && f(i) == i[0]")))
    assert str(part.replaced(("i",), ("n", "+", "1"))) == "a.i + n + 1 < i.i && f(n + 1) == i[0]"
    assert spaced(tokens("|s|+1<=|s[..i]|")) == "|s| + 1 <= |s[..i]|"

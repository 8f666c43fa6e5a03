"""What loops keep of all elements of a part."""

from __future__ import annotations

from pellucid.prove.hints.hint import FAMILIES
from pellucid.prove.hints.proposals import views_of
from pellucid.prove.hints.traces import states_of
from pellucid.subjects.dafny.dafny_program import DafnyProgram


def proposed(family: str, text: str, loop: int = 0) -> list[str]:
    program = DafnyProgram(text)
    return list(FAMILIES[family](views_of(program, states_of(program, 0))[loop]))


def test_a_copy_with_a_shift():
    text = """method Join(a: array<int>, b: array<int>) returns (c: array<int>)
      ensures c[..] == a[..] + b[..]
    { c := new int[a.Length + b.Length]; var i := 0;
      while i < a.Length { c[i] := a[i]; i := i + 1; }
      i := 0;
      while i < b.Length { c[a.Length + i] := b[i]; i := i + 1; } }"""
    assert "forall k :: 0 <= k < i ==> c[k] == a[k]" in proposed("elementwise", text)
    assert "c[..i] == a[..i]" not in proposed("slices_of_goals", text)
    assert any("c[k] == b[k - a.Length]" in each for each in proposed("elementwise", text, 1))


def test_the_three_parts_of_a_flag():
    text = """method Flag(a: array<int>) modifies a requires forall k :: 0 <= k < a.Length ==> 0 <= a[k] <= 2
    { var i, j, n := 0, 0, a.Length;
      while j < n {
        if a[j] == 0 { a[i], a[j] := a[j], a[i]; i := i + 1; j := j + 1; }
        else if a[j] == 1 { j := j + 1; }
        else { n := n - 1; a[j], a[n] := a[n], a[j]; } } }"""
    found = proposed("parts", text)
    assert "forall k :: 0 <= k < i ==> a[k] == 0" in found
    assert "forall k :: i <= k < j ==> a[k] == 1" in found
    assert any(each.startswith("forall k :: n <= k < a.Length ==>") for each in found)


def test_selection_keeps_a_sorted_part_below_the_rest():
    text = """method Sort(a: array<int>) modifies a ensures forall i, j :: 0 <= i < j < a.Length ==> a[i] <= a[j]
    { var n := 0;
      while n < a.Length { var m, k := n, n;
        while k < a.Length { if a[k] < a[m] { m := k; } k := k + 1; }
        a[n], a[m] := a[m], a[n]; n := n + 1; } }"""
    found = proposed("sorted_spans", text)
    assert "forall k :: 0 <= k < n ==> (forall q :: k < q < n ==> a[k] <= a[q])" in found
    assert "forall p, q :: 0 <= p < n && n <= q < a.Length ==> a[p] <= a[q]" in found

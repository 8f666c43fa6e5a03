"""Polynomials that loops conserve, found in their runs."""

from __future__ import annotations

import pytest

from pellucid.prove.hints.families.conserved import conserved
from pellucid.prove.hints.proposals import views_of
from pellucid.prove.hints.traces import states_of
from pellucid.subjects.dafny.dafny_program import DafnyProgram


def laws(text: str) -> list[str]:
    program = DafnyProgram(text)
    (view,) = views_of(program, states_of(program, 0))
    return list(conserved(view))


def test_division_by_subtraction():
    text = """method Divide(x: nat, y: nat) returns (q: nat, r: nat) requires y > 0 {
      q, r := 0, x; while r >= y { r := r - y; q := q + 1; } }"""
    (law,) = laws(text)
    left, right = law.split(" == ")
    assert {frozenset(side.split(" + ")) for side in (left, right)} <= {
        *(frozenset({"r", product}) for product in ("q * y", "y * q")),
        frozenset({"x"}),
    }


def test_cubes_by_adding():
    text = """method Cube(n: nat) returns (c: nat) {
      var i, k, m := 0, 1, 6; c := 0; while i != n { c, k, m := c + k, k + m, m + 6; i := i + 1; } }"""
    assert set(laws(text)) == {"m == 6 + 6 * i", "k == 1 + 3 * i + 3 * i * i", "c == i * i * i"}


def test_a_function_of_the_file_takes_part():
    text = """function Power(b: int, e: nat): int { if e == 0 then 1 else b * Power(b, e - 1) }
    method M(b: int, e: nat) returns (r: int) { var k := e; r := 1; while k > 0 { r := b * r; k := k - 1; } }"""
    assert any("Power(b, k)" in law and "Power(b, e)" in law and "r" in law.split() for law in laws(text))


@pytest.mark.parametrize("step", ["x := *;", "x := x * x + i;"])
def test_nothing_is_conserved_where_nothing_is(step: str):
    assert laws(f"method M(n: nat) {{ var i, x := 0, 1; while i < n {{ {step} i := i + 1; }} }}") == []

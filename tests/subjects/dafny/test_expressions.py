"""Dafny's expressions, each with its kind and its word."""

from __future__ import annotations

import pytest

from pellucid.subjects.dafny.dafny_program import DafnyProgram

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
    "var y := x; y + 1": ("let", "y"),
}


@pytest.mark.parametrize("text", EXPRESSIONS)
def test_expressions(text):
    program = DafnyProgram(f"function F(): int {{ {text} }}")
    (routine,) = program.routines
    assert routine.body is not None
    assert (routine.body.kind, routine.body.word) == EXPRESSIONS[text]
    assert program.words(routine.body) == text

"""Values of expressions, compared with what Dafny proves of them."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pellucid.prove.programs.dafny_run import dafny_path, run_dafny
from pellucid.subjects.dafny.dafny_program import DafnyProgram
from pellucid.subjects.dafny.running.evaluation import Evaluator
from pellucid.subjects.dafny.running.literals import characters
from pellucid.subjects.dafny.running.values import DafnyArray, NotRun, OutOfSteps, Undefined

FUNCTIONS = """
function Sum(s: seq<int>): int { if |s| == 0 then 0 else s[0] + Sum(s[1..]) }
function Forever(n: int): int { Forever(n) }
function Positive(n: int): int requires n > 0 { n }
predicate Sorted(a: array<int>) reads a { forall i, j :: 0 <= i < j < a.Length ==> a[i] <= a[j] }
"""
STATE = {"s": (3, 1, 2), "a": DafnyArray([1, 2, 2]), "x": 5, "b": True, "t": ("a", "b"), "e": frozenset({1, 2})}


def value(text: str) -> object:
    return Evaluator(DafnyProgram(FUNCTIONS)).of_text(text)(dict(STATE))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Sum(s) - |s|", 3),
        ("Sorted(a) && a[..] == [1, 2, 2]", True),
        ("exists k :: 0 <= k < |s| && s[k] == 2", True),
        ("forall k | 0 <= k < |s| :: s[k] < 3", False),
        ("forall p, q :: 0 <= p < q < a.Length ==> a[p] < a[q]", False),
        ("s[1..] + s[..1] == [1, 2, 3]", True),
        ("s[1 := 9]", (3, 9, 2)),
        ("multiset(s)", Counter([1, 2, 3])),
        ("multiset(a[..])[2]", 2),
        ("x in s || x !in e", True),
        ("set k | k in s && k > 1 :: k * k", frozenset({4, 9})),
        ("var y := x + 1; y * y", 36),
        ("if b then x as real / 2.0 else 0.0", 2.5),
        ("t[0] < t[1] && 'a' as int == 97", True),
        ("b <==> (x == 4 ==> false)", True),
    ],
)
def test_values(text: str, expected: object):
    assert value(text) == expected


def test_the_state_at_the_entry_is_what_old_reads():
    array = DafnyArray([1, 2])
    array.items[0] = 7
    holds = Evaluator(DafnyProgram(FUNCTIONS)).of_text("a[0] == 7 && old(a[0]) == 1 && old(Sorted(a)) && !Sorted(a)")
    assert holds({"a": array}) is True


@pytest.mark.parametrize("text", ["s[3]", "s[-1]", "s[2..1]", "x / 0", "x % (x - 5)", "Positive(0)", "unknown + 1"])
def test_what_dafny_refuses_has_no_value(text: str):
    with pytest.raises(Undefined):
        value(text)


@pytest.mark.parametrize(
    "text", ["this", "Other(x)", "x.field", "(k => k)(x)", "a[0, 1]", "forall s: seq<int> :: |s| >= 0"]
)
def test_what_is_not_understood_is_said_to_be_so(text: str):
    with pytest.raises(NotRun):
        value(text)


def test_a_function_without_end_spends_its_steps():
    with pytest.raises((OutOfSteps, RecursionError)):
        value("Forever(1)")


def test_characters():
    assert characters(r'"a\u0041\\"') == ("a", "A", "\\")


NUMBERS = st.integers(-9, 9)


@st.composite
def expressions(draw: st.DrawFn, depth: int = 3) -> str:
    """Arithmetic with every sign, on which languages differ."""
    if depth == 0 or draw(st.booleans()):
        return f"({draw(NUMBERS)})"
    operator = draw(st.sampled_from(["+", "-", "*", "/", "%"]))
    return f"({draw(expressions(depth - 1))} {operator} {draw(expressions(depth - 1))})"


@pytest.mark.skipif(dafny_path() is None, reason="no dafny program")
@settings(max_examples=1)
@given(st.lists(expressions(), min_size=40, max_size=40))
def test_dafny_proves_the_values_of_arithmetic(texts: list[str]):
    lemmas = []
    for number, text in enumerate(texts):
        try:
            found = Evaluator(DafnyProgram("")).of_text(text)({})
        except Undefined:
            continue
        lemmas.append(f"lemma L{number}() {{ assert {text} == {found}; }}")
    executable = dafny_path()
    assert executable is not None
    code, output = run_dafny(executable, "\n".join(lemmas), 10.0)
    assert code == 0, output

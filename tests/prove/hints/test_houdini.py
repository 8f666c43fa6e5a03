"""Hints are dropped for what is said of their lines, and thinned to what is needed; the verifier here is a function."""

from __future__ import annotations

import os
import subprocess
import sys

from hypothesis import given
from hypothesis import strategies as st

from pellucid.prove.hints.dafny_output import DafnyOutput, Message, read_output
from pellucid.prove.hints.hint import FAMILIES, Hint
from pellucid.prove.hints.houdini import houdini, render, thinned
from pellucid.prove.hints.proposals import STAGES, propose, views_of
from pellucid.subjects.dafny.dafny_program import DafnyProgram

TEXT = (
    "method M(n: nat) returns (i: nat)\n  ensures i == n\n{\n  i := 0;\n  while i < n\n  {\n    i := i + 1;\n  }\n}\n"
)
PROGRAM = DafnyProgram(TEXT)
PLACE = PROGRAM.loops[0].place


def verifier(true: set[str], needed: set[str]):
    """Complains of every hint that is not true, and of the postcondition (line 2) where a needed one is missing."""

    def verify(text: str) -> DafnyOutput:
        lines = [line.strip() for line in text.splitlines()]
        wrong = [k + 1 for k, line in enumerate(lines) if line.startswith("invariant") and line not in true]
        messages = [Message(k, "This loop invariant might not be maintained by the loop.") for k in wrong]
        if not needed <= set(lines):
            messages.append(Message(2, "A postcondition might not hold."))
        return DafnyOutput(tuple(messages), not messages, False, "")

    return verify


@given(st.sets(st.integers(0, 9)), st.sets(st.integers(0, 9)))
def test_exactly_the_hints_that_hold_stay_and_the_needed_ones_suffice(true, needed):
    hints = [Hint(PLACE, f"invariant {k}", "bounds") for k in range(10)]
    verify = verifier({f"invariant {k}" for k in true}, {f"invariant {k}" for k in needed & true})
    outcome = houdini(PROGRAM, hints, verify)
    assert outcome.verified
    assert {hint.text for hint in outcome.hints} == {f"invariant {k}" for k in true}
    fewer = thinned(PROGRAM, outcome.hints, verify, most_calls=100)
    assert {hint.text for hint in fewer} == {f"invariant {k}" for k in needed & true}


def test_what_remains_unproved_is_said():
    outcome = houdini(PROGRAM, [Hint(PLACE, "invariant true", "bounds")], verifier(set(), {"never"}))
    assert not outcome.verified
    assert [message.line for message in outcome.messages] == [2]


def test_lines_of_hints_are_known():
    hints = [Hint(PLACE, "invariant i <= n", "bounds"), Hint(PLACE, "decreases n - i", "decreases")]
    text, lines = render(TEXT, hints)
    assert len(lines) == len(text.splitlines()) + 1
    for number, line in enumerate(text.splitlines()):
        assert (lines[number] is not None) == line.strip().startswith(("invariant", "decreases"))
    assert DafnyProgram(text).loops[0].clauses[0].word == "invariant"


def test_proposals_hold_what_a_person_would_write():
    proposed = {hint.text for hint in propose(views_of(PROGRAM), 0)}
    assert {"invariant i <= n", "invariant i >= 0"} <= proposed
    assert all(DafnyProgram(render(TEXT, [hint])[0]).loops for hint in propose(views_of(PROGRAM), 1))


def test_every_family_stands_in_a_stage():
    assert {name for stage in STAGES.stages for name in stage} == set(FAMILIES)


def test_output_is_read():
    printed = "a.dfy(7,4): Error BP5003: A postcondition might not hold.\na.dfy(2,10): Related location: it.\n\n"
    printed += "Dafny program verifier finished with 1 verified, 1 error"
    assert [message.line for message in read_output(4, printed).messages] == [7]
    assert read_output(0, "Dafny program verifier finished with 2 verified, 0 errors").verified
    assert not read_output(1, "Dafny program verifier finished with 2 verified, 0 errors").verified
    assert not read_output(0, "Dafny program verifier finished with 2 verified, 0 errors, 1 time out").verified
    assert read_output(2, "1 parse errors detected in a.dfy").unreadable


def test_routines_are_thinned_side_by_side():
    """Two routines with six hints each, of which one is needed: a call leaves out one of each."""
    program = DafnyProgram(TEXT + TEXT.replace("method M", "method N"))
    places = [loop.place for loop in program.loops]
    hints = [Hint(place, f"invariant {k}", "bounds") for place in places for k in range(6)]
    needed, calls = "invariant 2", []

    def verify(text: str) -> DafnyOutput:
        calls.append(text)
        parts = text.partition("method N")
        lines = [2, parts[0].count("\n") + 2]
        missing = [line for line, part in zip(lines, (parts[0], parts[2]), strict=True) if needed not in part]
        return DafnyOutput(tuple(Message(line, "it might not hold", 3) for line in missing), not missing, False, "")

    assert [hint.text for hint in thinned(program, hints, verify)] == [needed] * 2
    assert len(calls) == 7


def believing(true: set[str]):
    """As Dafny: of one line after another only the first that is false is told, but on a branch of its own each."""

    def verify(text: str) -> DafnyOutput:
        lines = [line.strip() for line in text.splitlines()]
        false = [k for k, line in enumerate(lines) if line.startswith("invariant") and line not in true][:1]
        branches = [k for k, line in enumerate(lines) if line.startswith("if * { assert")]
        claims = {k: "invariant " + lines[k].removeprefix("if * { assert ").removesuffix("; }") for k in branches}
        wrong = sorted([*false, *(k for k in branches if claims[k] not in true)])
        messages = tuple(Message(k + 1, "it might not hold") for k in wrong)
        return DafnyOutput(messages, not messages, False, "")

    return verify


@given(st.sets(st.integers(0, 59)))
def test_all_that_is_false_is_told_in_one_call(true):
    hints = [Hint(PLACE, f"invariant {k}", "bounds") for k in range(60)]
    outcome = houdini(PROGRAM, hints, believing({f"invariant {k}" for k in true}))
    assert outcome.verified
    assert {hint.text for hint in outcome.hints} == {f"invariant {k}" for k in true}
    assert outcome.calls <= 3


def test_calls_that_are_spent_are_told_of():
    hints = [Hint(PLACE, f"invariant {k}", "bounds") for k in range(10)]
    outcome = houdini(PROGRAM, hints, believing(set()), most_calls=1)
    assert not outcome.verified
    assert outcome.messages[-1].text == "1 call was spent on weeding out"


def test_a_chain_is_weakened_link_by_link():
    root = "method Root(n: nat) returns (r: nat) ensures r * r <= n < (r + 1) * (r + 1)\n"
    root += "{ r := 0; while (r + 1) * (r + 1) <= n { r := r + 1; } }"
    assert "invariant r * r <= n" in {hint.text for hint in propose(views_of(DafnyProgram(root)), 0)}


def test_proposals_do_not_depend_on_how_python_orders_sets():
    text = "function F(n: int): int { n }\n" + TEXT.replace("i := 0;", "i := 0; var j, k := 0, 0;")
    text = text.replace("i := i + 1;", "i := i + 1; j := j + 2; k := k + j;")
    code = "from pellucid.prove.hints.proposals import propose, views_of\n"
    code += "from pellucid.subjects.dafny.dafny_program import DafnyProgram\n"
    code += f"print([hint.text for hint in propose(views_of(DafnyProgram({text!r})), 1)])"
    environments = [{**os.environ, "PYTHONHASHSEED": seed} for seed in ("0", "1")]
    printed = [subprocess.check_output([sys.executable, "-c", code], env=env) for env in environments]
    assert printed[0] == printed[1]
    assert b"invariant k == F(i)" in printed[0]

"""Hints are dropped for what is said of their lines, and thinned to what is needed; the verifier here is a function."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pellucid.prove.hints.dafny_output import DafnyOutput, Message, read_output
from pellucid.prove.hints.hint import FAMILIES, Hint
from pellucid.prove.hints.houdini import houdini, render, thinned
from pellucid.prove.hints.proposals import STAGES, propose
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
    proposed = {hint.text for hint in propose(PROGRAM, 0)}
    assert {"invariant i <= n", "invariant i >= 0"} <= proposed
    assert all(DafnyProgram(render(TEXT, [hint])[0]).loops for hint in propose(PROGRAM, 1))


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

"""Answers to a Dafny file by someone else, judged."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from pellucid.cli import app
from pellucid.core.claim import Measured, Proved, Refuted, Undecided
from pellucid.jobs.verify import open_dafny
from pellucid.prove.hints.dafny_answer import DafnyAnswer
from pellucid.prove.programs.dafny_run import dafny_path
from pellucid.subjects.dafny.dafny_program import DafnyProgram

GIVEN = "method Up(n: nat) returns (i: nat)\n  ensures i == n\n{\n  i := 0;\n  while i < n { i := i + 1; }\n}\n"
RIGHT = GIVEN.replace("while i < n {", "while i < n\n    invariant i <= n\n  {")
WRONG = GIVEN.replace("while i < n {", "while i < n\n    invariant i < n\n  {")
CHEAT = RIGHT.replace("i == n", "i >= n")

pytestmark = pytest.mark.skipif(dafny_path() is None, reason="no dafny program")


def judged(answer: str, given: str = GIVEN):
    return open_dafny(DafnyProgram(given, "up"), method=DafnyAnswer(answer))


def test_a_right_answer_is_proved_beside_the_floor():
    proved, *measured = judged(RIGHT).claims
    assert isinstance(proved, Proved)
    values = {claim.key: claim.value for claim in measured if isinstance(claim, Measured)}
    assert values == {"hints": 1.0, "floor": 0.0}


def test_a_file_that_needs_no_hints_says_so():
    easy = "method M(n: int) returns (r: int) ensures r > n { r := n + 1; }"
    assert any(claim.key == "floor" and claim.value == 1.0 for claim in judged("", easy).claims)


def test_a_wrong_answer_is_what_dafny_says_of_it():
    (claim,) = [claim for claim in judged(WRONG).claims if isinstance(claim, Undecided)]
    assert "invariant" in claim.reason


def test_an_answer_that_changes_the_contract_is_refuted_though_it_verifies(tmp_path: Path):
    (claim,) = [claim for claim in judged(CHEAT).claims if isinstance(claim, Refuted)]
    assert claim.counterexample == "line 2: '>=' stands in the place of '=='"
    given, answer = tmp_path / "given.dfy", tmp_path / "answer.dfy"
    given.write_text(GIVEN)
    answer.write_text(CHEAT)
    told = CliRunner().invoke(app, ["verify", str(answer), "--against", str(given), "--output", str(tmp_path / "out")])
    assert told.exit_code == 1
    assert "only hints were added" in told.output

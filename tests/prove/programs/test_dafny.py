"""Theorems for all lengths, by Dafny; false ones refuted by a sequence, or not verified."""

from __future__ import annotations

from pathlib import Path
from shutil import which

import pytest
from pairs_of_programs import BITS, NUMBER, PAIRS, program

from pellucid.core import Proved, Refuted, Undecided
from pellucid.datasets import mips_tasks
from pellucid.prove import Theorem, prove_theorem
from pellucid.prove.programs import dafny as dafny_module
from pellucid.prove.programs import dafny_run
from pellucid.prove.programs.dafny_run import verify

needs_dafny = pytest.mark.skipif(which("dafny") is None, reason="no dafny program")
SLOW = [(name, task) for name, task in mips_tasks().items() if task.theorem is not None]


@needs_dafny
def test_the_binary_adder_adds() -> None:
    proof = prove_theorem(PAIRS["adder 2"][1], Theorem("digits_of_sum", 2))
    assert isinstance(proof.claim, Proved), proof.claim
    assert proof.claim.by == "Dafny"
    assert proof.claim.command == "dafny /compile:0 proofs/program.dfy"
    assert proof.claim.statement.startswith("program satisfies: out = digits of (a + b) in base 2")
    text = proof.files["proofs/program.dfy"]
    changed = text.replace("Digit(n / 2, i - 1)", "Digit(n / 2 + 1, i - 1)")
    assert changed != text
    assert not verify(changed, 20).holds


@needs_dafny
def test_the_running_maximum_in_two_registers() -> None:
    proof = prove_theorem(
        program(NUMBER, "a = 0; b = 0", "x", "a, b = max(a, x), -a", "yield a"), Theorem("running_max")
    )
    assert isinstance(proof.claim, Proved), proof.claim


@needs_dafny
@pytest.mark.slow
@pytest.mark.parametrize(("name", "task"), SLOW, ids=[name for name, _ in SLOW])
def test_every_theorem_of_the_tasks(name: str, task) -> None:
    claim = prove_theorem(task.reference, Theorem(*task.theorem)).claim
    assert isinstance(claim, Proved), claim


def test_false_theorems_are_refuted_by_running() -> None:
    wrong = program(BITS, "c = 0", "a, b", "yield (a + b + c) % 2", "c = int(a + b + c >= 1)")
    claim = prove_theorem(wrong, Theorem("digits_of_sum", 2)).claim
    assert isinstance(claim, Refuted)
    assert claim.counterexample == "inputs (0,1) (0,0): program gives 1, reference gives 0 at step 2"


@needs_dafny
def test_what_does_not_hold_or_is_left_open_is_not_verified() -> None:
    assert not verify("lemma L(a: int) ensures a == a + 1 {}\n", 20).holds
    assert not verify("method M() {\n", 20).holds
    assert "assume" in verify("lemma L() ensures false { assume false; }\n", 20).problem
    assert "axiom" in verify("lemma {:axiom} L() ensures false\n", 20).problem


def test_output_of_dafny_that_is_no_proof() -> None:
    said = "Dafny program verifier finished with 3 verified, 0 errors"
    assert dafny_run._verdict(0, said, "p.dfy").holds
    assert not dafny_run._verdict(4, said, "p.dfy").holds
    assert not dafny_run._verdict(0, said + ", 1 time out", "p.dfy").holds
    assert not dafny_run._verdict(0, "Dafny program verifier finished with 3 verified, 1 error", "p.dfy").holds
    assert not dafny_run._verdict(0, "", "p.dfy").holds


def test_missing_dafny_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dafny_module, "dafny_path", lambda: None)
    claim = prove_theorem(PAIRS["parity"][0], Theorem("sum_mod", 2)).claim
    assert claim == Undecided(
        "program satisfies: out = sum of the inputs so far, modulo 2", "dafny not found", "apt-get install dafny"
    )


@needs_dafny
def test_too_little_time_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    verdict = verify("lemma L() ensures true {}\n", 0.1)
    assert verdict.unchecked
    assert "out of time" in verdict.problem


def test_a_solver_that_stopped_answering_is_no_proof() -> None:
    counted = "Dafny program verifier finished with 0 verified, 0 errors"
    mute = f'Prover error: Invalid PING response from the prover: (error "max. resource limit exceeded")\n{counted}'
    died = f"Prover error: Unexpected prover response\n{counted}"
    for output in (mute, died):
        verdict = dafny_run._verdict(0, output, "p.dfy", 0)
        assert not verdict.holds
        assert verdict.unchecked
    unknown = f"Prover error: line 18 column 28: unknown parameter 'model_compress'\n{counted}"
    assert dafny_run._verdict(0, unknown, "p.dfy", 0).holds


def test_theorems_about_other_inputs_are_refused() -> None:
    with pytest.raises(ValueError, match="unknown; use one of"):
        Theorem("product", 2)
    with pytest.raises(ValueError, match="too small"):
        Theorem("digits_of_sum", 1)
    with pytest.raises(ValueError, match="about 2 inputs a step"):
        prove_theorem(PAIRS["parity"][0], Theorem("digits_of_sum", 2))
    with pytest.raises(ValueError, match=r"range over 0\.\.1"):
        prove_theorem(PAIRS["adder 3"][0], Theorem("digits_of_sum", 2))
    with pytest.raises(ValueError, match="one output a step"):
        prove_theorem(PAIRS["magnetic"][0], Theorem("sum_mod", 2))


@needs_dafny
def test_dafny_says_its_version() -> None:
    assert all(part.isdigit() for part in dafny_run.dafny_version().split("."))
    assert len(dafny_run.dafny_version().split(".")) >= 3


@pytest.mark.parametrize(
    ("code", "output", "holds", "unchecked"),
    [
        (0, "3 verified, 0 errors", True, False),
        (0, "1 verified, 0 errors", True, False),
        (0, "0 verified, 0 errors", False, False),
        (1, "3 verified, 0 errors", False, False),
        (0, "3 verified, 1 errors", False, False),
        (0, "3 verified, 0 errors, 1 time out", False, True),
        (4, "p.dfy(3,4): Verification of 'Same' timed out", False, True),
        (4, "p.dfy(3,4): Error: a postcondition might not hold", False, False),
        (2, "", False, False),
    ],
)
def test_what_counts_as_verified(code: int, output: str, holds: bool, unchecked: bool) -> None:
    verdict = dafny_run._verdict(code, output, "p.dfy")
    assert (verdict.holds, verdict.unchecked) == (holds, unchecked)
    assert bool(verdict.detail) == holds


@pytest.mark.parametrize(
    "text", ["assume x;", "lemma {:axiom} L()", 'include "a"', "/* a */", "@Axiom", "{:verify false}"]
)
def test_what_leaves_something_unproved_is_not_run(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dafny_run, "dafny_path", lambda: "/no/such/program")
    verdict = verify(text, 1)
    assert "leaves something unproved" in verdict.problem
    assert not verdict.unchecked


def test_a_few_words_are_no_proof_of_many_lemmas() -> None:
    """28 lemmas and methods in the file, and a tool that says "1 verified": what about the others?"""
    said = "Dafny program verifier finished with 1 verified, 0 errors"
    verdict = dafny_run._verdict(0, said, "p.dfy", 28)
    assert "28 lemmas and methods were to be verified" in verdict.problem
    assert dafny_run._verdict(0, said, "p.dfy", 1).holds


@pytest.mark.parametrize(
    "script",
    [
        "echo 'Dafny program verifier finished with 999 verified, 0 errors'",
        "grep -q Canary $4 && exit 1; echo 'Dafny program verifier finished with 999 verified, 0 errors'",
    ],
)
def test_a_program_that_only_says_so_is_no_dafny(script: str, tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake = tmp_path / "dafny"
    fake.write_text(f"#!/bin/sh\n{script}\n")
    fake.chmod(0o755)
    monkeypatch.setattr(dafny_run, "dafny_path", lambda: str(fake))
    verdict = verify("lemma L() ensures 1 == 2 {}\n", 20)
    assert not verdict.holds
    assert "no Dafny to be believed" in verdict.problem


def pretended(folder: Path, script: str) -> str:
    """A program in `folder` that is called dafny."""
    path = folder / "dafny"
    path.write_text(script)
    path.chmod(0o755)
    return str(path)


@pytest.mark.parametrize(
    ("script", "version"),
    [
        (None, ""),
        ("neither a script nor a program\0", ""),
        ("#!/bin/sh\necho no number\n", ""),
        ('#!/bin/sh\n[ "$1" = /version ] && echo Dafny 2.3.0.10506\n', "2.3.0.10506"),
        ('#!/bin/sh\n[ "$1" = --version ] && echo 4.9.1+abc\n', "4.9.1"),
    ],
)
def test_a_version_is_a_text(script: str | None, version: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Empty where there is no Dafny, where it cannot be run, and where it says none."""
    executable = None if script is None else pretended(tmp_path, script)
    monkeypatch.setattr(dafny_run, "dafny_path", lambda: executable)
    assert dafny_run.dafny_version.__wrapped__() == version


def test_what_takes_too_long_is_ended(tmp_path: Path) -> None:
    """With what it started: neither of them lives to write its file."""
    slow = pretended(tmp_path, f"#!/bin/sh\n(sleep 6; echo > {tmp_path}/child) &\nsleep 5\necho > {tmp_path}/self\n")
    assert dafny_run.run_dafny(slow, "", 0.05) == (None, "")
    assert [path.name for path in tmp_path.iterdir()] == ["dafny"]

"""What Dafny verified is certified for the file that was given, and for nothing else."""

from __future__ import annotations

import pytest
from certificate_examples import Example, Forgeries, example

from pellucid.artifacts.programs.annotated_program import AddedHint, AnnotatedProgram
from pellucid.core.claim import Proved, Undecided
from pellucid.jobs.verify import open_dafny
from pellucid.prove.hints import dafny_hints
from pellucid.prove.hints.hint_certificate import STATEMENT, HintCertificate, domain_of
from pellucid.prove.programs import dafny_run
from pellucid.prove.programs.dafny_run import dafny_path
from pellucid.prove.proof import CertificateError
from pellucid.subjects.dafny.dafny_program import DafnyProgram

GIVEN = """method Up(n: nat) returns (i: nat)
  ensures i == n
{
  i := 0;
  while i < n { i := i + 1; }
}
"""
HINT = AddedHint("invariant i <= n", "bounds")
ANSWER = GIVEN.replace("while i < n {", f"while i < n\n    {HINT.text}\n  {{")
TRUE = AnnotatedProgram("up", GIVEN, ANSWER, (HINT,))


def signed(given: str, answer: str, statement: str = STATEMENT, domain: str = "") -> Example:
    """As a dishonest writer would make it: no audit, no Dafny."""
    artifact = AnnotatedProgram("up", given, answer, (HINT,))
    domain = domain or domain_of(DafnyProgram(given))
    proof = HintCertificate().build("proofs/program.dfy", answer, statement, domain)
    return Example(artifact, [proof])


def _forgeries() -> Forgeries:
    yield "no hint", signed(GIVEN, GIVEN)
    yield "a false hint", signed(GIVEN, ANSWER.replace("i <= n", "i < n"))
    yield "a weaker contract", signed(GIVEN, ANSWER.replace("i == n", "i <= n"))
    yield "an assumption", signed(GIVEN, ANSWER.replace("i := 0;", "i := 0; assume n == 0;"))
    yield "a stronger statement", signed(GIVEN, ANSWER, statement="the method halts within 3 steps")
    hidden = GIVEN.replace("i := 0;", "i := 0; assume n == 0;"), ANSWER.replace("i := 0;", "i := 0; assume n == 0;")
    yield "a hidden assumption", signed(*hidden, domain="all inputs that the contracts allow")


@example("annotated_program", _forgeries)
def _annotated() -> Example:
    return Example(TRUE, [HintCertificate().prove(TRUE)])


def test_more_than_hints_is_not_certified():
    with pytest.raises(CertificateError, match="'<=' stands in the place of '=='"):
        HintCertificate().prove(AnnotatedProgram("up", GIVEN, ANSWER.replace("i == n", "i <= n")))


@pytest.mark.skipif(dafny_path() is None, reason="no dafny program")
def test_a_loop_is_proved_with_the_hint_it_lacks():
    finding = open_dafny(DafnyProgram(GIVEN, "up"))
    assert isinstance(finding.claims[0], Proved)
    assert [hint.text for hint in finding.artifact.hints] == ["invariant i <= n"]


@pytest.mark.skipif(dafny_path() is None, reason="no dafny program")
def test_what_is_false_stays_undecided_with_what_dafny_says():
    finding = open_dafny(DafnyProgram("method M(n: int) returns (r: int) ensures r > n { r := n; }"))
    (claim,) = finding.claims
    assert isinstance(claim, Undecided)
    assert "postcondition" in claim.reason


def test_a_dafny_that_verifies_everything_is_not_believed(tmp_path, monkeypatch):
    fake = tmp_path / "dafny"
    fake.write_text('#!/bin/sh\necho "Dafny program verifier finished with 99 verified, 0 errors"\n')
    fake.chmod(0o755)
    for module in (dafny_run, dafny_hints):
        monkeypatch.setattr(module, "dafny_path", lambda: str(fake))
    finding = open_dafny(DafnyProgram("method M(n: int) returns (r: int) ensures r > n { r := n; }"))
    assert not any(isinstance(claim, Proved) for claim in finding.claims)
    assert any("no Dafny to be believed" in getattr(claim, "reason", "") for claim in finding.claims)


@pytest.mark.skipif(dafny_path() is None, reason="no dafny program")
def test_what_dafny_refuses_is_not_certified():
    claim = HintCertificate().prove(AnnotatedProgram("up", GIVEN, ANSWER.replace("i <= n", "i < n"))).claim
    assert isinstance(claim, Undecided)

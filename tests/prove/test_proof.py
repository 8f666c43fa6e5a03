"""What every certificate is built of, and what becomes of a check."""

from __future__ import annotations

from typing import Any

import pytest

from pellucid.artifacts.laws.invariants import Invariants
from pellucid.core import Proved
from pellucid.prove import CERTIFICATES, Certificate, CertificateError, Proof, Verdict
from pellucid.prove.proof import RanOut, read_tensors, verdict_of

LAW = Invariants(("x", "v"), ("v", "-x"), (), ("x**2 + v**2",), 2, ("x", "v"), 1)


def failing(error: BaseException) -> Any:
    def check() -> str:
        raise error

    return check


def test_what_was_seen_is_told() -> None:
    verdict = verdict_of(lambda: "3 identities")
    assert verdict == Verdict(detail="3 identities")
    assert verdict.holds
    assert not verdict.unchecked


def test_what_is_wrong_is_told() -> None:
    verdict = verdict_of(failing(CertificateError("H is not conserved")))
    assert verdict == Verdict("H is not conserved")
    assert not verdict.holds


def test_time_that_ran_out_is_no_fault() -> None:
    verdict = verdict_of(failing(RanOut()), timeout=2.5)
    assert verdict == Verdict("2.5 s of effort (counted in steps) were spent while checking", unchecked=True)
    assert not verdict.holds


@pytest.mark.parametrize(
    "error", [KeyError("a"), IndexError(), TypeError(), ValueError(), ZeroDivisionError(), AttributeError()]
)
def test_whatever_cannot_be_read_does_not_hold(error: Exception) -> None:
    verdict = verdict_of(failing(error))
    assert not verdict.holds
    assert type(error).__name__ in verdict.problem
    assert not verdict.unchecked


def test_a_fault_of_the_checker_is_not_hidden() -> None:
    with pytest.raises(MemoryError):
        verdict_of(failing(MemoryError()))


def test_a_proof_says_how_it_is_checked() -> None:
    certificate = CERTIFICATES["conserved"]()
    proof = certificate.build(
        "proofs/a.json", "{}", "H is conserved", "everywhere", beside={"b": "c"}, seconds=2.0, part=3
    )
    assert proof.claim == Proved("H is conserved", "everywhere", "FLINT", "proofs/a.json", "pellucid check")
    assert proof.files == {"proofs/a.json": "{}", "b": "c"}
    assert proof.about == {"kind": "conserved", "part": 3}
    assert proof.seconds == 2.0
    assert proof.invariant is None
    assert proof.invariant_text == ""
    named = CERTIFICATES["equivalence"]().build("p.smt2", "", "a", "b", by="z3+cvc5").claim
    assert (named.by, named.command) == ("z3+cvc5", "z3 p.smt2")


def test_every_kind_says_what_it_rests_on() -> None:
    for kind in CERTIFICATES:
        certificate = CERTIFICATES[kind]()
        assert certificate.kind == kind
        assert certificate.format == 1
        assert certificate.assumptions
        assert certificate.by
        assert "pellucid" in certificate.tools()
    assert CERTIFICATES["conserved"]().stated(LAW) == {"invariants": LAW.to_dict()}
    assert CERTIFICATES["conserved"]().beside({}) == []
    with pytest.raises(ValueError, match="certificate kind 'astrology' is unknown"):
        CERTIFICATES["astrology"]


def test_a_kind_registers_itself() -> None:
    class Toy(Certificate):
        kind = "toy of a test"
        about = Invariants
        by = "hand"
        assumptions = ("none",)

        def verify(self, saved: Any, entry: Any, text: str, timeout: float) -> Verdict:
            return Verdict()

    try:
        assert CERTIFICATES["toy of a test"] is Toy
        assert Toy().build("a", "b", "c", "d").about == {"kind": "toy of a test"}
    finally:
        CERTIFICATES._entries.pop("toy of a test")


def test_weights_that_are_none_are_refused() -> None:
    with pytest.raises(CertificateError, match="weights cannot be read"):
        read_tensors(b"nothing")


def test_a_proof_of_nothing_has_no_files() -> None:
    assert Proof(Proved("a", "b", "c", "d", "e")).files == {}

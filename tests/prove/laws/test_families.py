"""Families: what does not hold of one is told with its equation."""

from __future__ import annotations

from dataclasses import replace

from certificate_examples import KDV, _families_of

from pellucid.core import Proved, Refuted
from pellucid.prove.laws.families import check_families, prove_families


def test_what_does_not_hold_is_told_with_its_equation() -> None:
    wrong = replace(KDV, fluxes=("", ""), densities=("u", "u**4"))
    proofs = prove_families(_families_of(KDV, wrong))
    assert [type(proof.claim) for proof in proofs] == [Proved, Proved, Refuted, Refuted]
    assert all(proof.claim.statement.startswith("u_t = 6*u*u_x - u_xxx: ") for proof in proofs)
    assert [list(proof.files) for proof in proofs] == [
        ["proofs/family-0-identity.json"], ["proofs/family-0-completeness.json"], [], [],
    ]  # fmt: skip
    assert {proof.about["kind"] for proof in proofs} == {"integrable_families"}


def test_a_family_that_is_not_there() -> None:
    found = _families_of(KDV)
    (text,) = prove_families(found)[0].files.values()
    assert check_families(text, found).detail == "2 identities"
    for number in ("1", "-1", '"0"', "0.0"):
        assert "no family" in check_families(text.replace('"family": 0', f'"family": {number}'), found).problem
    assert "cannot be read" in check_families("[]", found).problem

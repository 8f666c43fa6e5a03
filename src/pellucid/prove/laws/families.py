"""Certificates about families of integrable equations: of each, what `divergence` proves of its densities."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ...artifacts.laws.integrable_families import IntegrableFamilies
from ...core.claim import Proved
from ..proof import CertificateError, Proof, Verdict, refuse_other_claim, verdict_of
from .divergence import check_densities, prove_densities
from .exact_certificate import LawCertificate

if TYPE_CHECKING:
    from ..saved import Saved


def prove_families(found: IntegrableFamilies, seed: int = 0) -> list[Proof]:
    """For every family: its densities are conserved, and there are no others within the degree and order."""
    return [
        _of_family(proof, number, family.equation)
        for number, family in enumerate(found.families)
        for proof in prove_densities(family.law, seed)
    ]


def check_families(text: str, found: IntegrableFamilies) -> Verdict:
    """Whether the certificate `text` proves what it says about one of the families."""

    def again() -> str:
        data = json.loads(text)
        law = found.families[_number(data, found)].law
        del data["family"]
        checked = check_densities(json.dumps(data), law)
        if not checked.holds:
            raise CertificateError(checked.problem)
        return checked.detail

    return verdict_of(again)


class FamiliesCertificate(LawCertificate):
    """A certificate of the densities of one family, with the family's number."""

    kind = "integrable_families"
    about = IntegrableFamilies

    def verify(self, saved: Saved, entry: Mapping[str, Any], text: str, timeout: float) -> Verdict:
        data, found = json.loads(text), saved.artifact(IntegrableFamilies)
        statement = f"{found.families[_number(data, found)].equation}: {data['statement']}"
        refuse_other_claim(entry, statement, data["domain"])
        return check_families(text, found)


def _of_family(proof: Proof, number: int, equation: str) -> Proof:
    """A proof about the densities of one family, with the equation in front and paths of its own."""
    claim = replace(proof.claim, statement=f"{equation}: {proof.claim.statement}")
    about = {"kind": FamiliesCertificate.kind}
    if not isinstance(claim, Proved):
        return replace(proof, claim=claim, about=about)
    path = claim.certificate.replace("proofs/", f"proofs/family-{number}-")
    text = json.dumps({"family": number, **json.loads(proof.files[claim.certificate])}, indent=1) + "\n"
    return replace(proof, claim=replace(claim, certificate=path), files={path: text}, about=about)


def _number(data: Mapping[str, Any], found: IntegrableFamilies) -> int:
    number = data["family"]
    if not isinstance(number, int) or not 0 <= number < len(found.families):
        raise CertificateError(f"there is no family {number!r}")
    return number

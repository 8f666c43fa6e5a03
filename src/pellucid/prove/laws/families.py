"""Certificates about families of integrable equations: of each, what `divergence` proves of its densities."""

from __future__ import annotations

import json
from dataclasses import replace

from ...artifacts.laws.integrable_families import IntegrableFamilies
from ...core.claim import Proved
from ..networks.enclosure_certificate import Verdict
from ..programs.equivalence import Proof
from .divergence import check_densities, prove_densities

KIND = "integrable_families"


def prove_families(found: IntegrableFamilies, seed: int = 0) -> list[Proof]:
    """For every family: its densities are conserved, and there are no others within the degree and order."""
    proofs = []
    for number, family in enumerate(found.families):
        for proof in prove_densities(family.law, seed):
            claim = replace(proof.claim, statement=f"{family.equation}: {proof.claim.statement}")
            files = {}
            for path, text in proof.files.items():
                place = path.replace("proofs/", f"proofs/family-{number}-")
                files[place] = json.dumps({"family": number, **json.loads(text)}, indent=1) + "\n"
                if isinstance(claim, Proved):
                    claim = replace(claim, certificate=place)
            proofs.append(Proof(claim, files, seconds=proof.seconds, about={"kind": KIND}))
    return proofs


def check_families(text: str, found: IntegrableFamilies) -> Verdict:
    """Whether the certificate `text` proves what it says about one of the families."""
    try:
        data = json.loads(text)
        number = data.pop("family")
        if not isinstance(number, int) or not 0 <= number < len(found.families):
            return Verdict(f"there is no family {number!r}")
        return check_densities(json.dumps(data), found.families[number].law)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        return Verdict(f"it cannot be read ({type(error).__name__}: {error})")


def family_statement(text: str, found: IntegrableFamilies) -> str:
    """What the certificate says, the equation in front."""
    data = json.loads(text)
    return f"{found.families[data['family']].equation}: {data['statement']}"

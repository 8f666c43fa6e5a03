"""A finding about equations with the certificates of all that it states."""

from __future__ import annotations

from typing import Any

from ..core.finding import Finding
from ..prove.laws.law_proofs import prove_laws
from ..prove.manifest import certificate_files


def with_proofs(found: Finding[Any], seed: int) -> Finding[Any]:
    """With a certificate for each law; what was only measured has none."""
    if not prove_laws.covers(type(found.artifact)):
        return found
    proofs = prove_laws(found.artifact, seed)
    stated = []
    for name, part in found.parts.items():
        more = prove_laws(part, seed, f"{name}_")
        proofs += more
        stated += [part] if more else []
    files = certificate_files(found.artifact, proofs, *stated)
    return found.plus(*(proof.claim for proof in proofs), proofs=files)

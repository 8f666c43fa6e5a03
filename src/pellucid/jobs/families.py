"""The job `families`: monomials become the equations over them that conserve much, each with its certificates.

monomials -> gradient and exact search -> equations with symbols -> densities and fluxes -> certificates -> finding
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from ..core.finding import Finding
from ..core.reporter import SILENT, Reporter
from ..discover import OptPDE
from ..prove.laws.families import prove_families
from ..prove.manifest import certificate_files
from ..subjects.equations.pde_family import PdeFamily
from .laws import strongest_first
from .resume import keep, resumed


def open_families(
    family: PdeFamily,
    *,
    method: OptPDE | None = None,
    seed: int = 0,
    reporter: Reporter = SILENT,
    checkpoint: Path | None = None,
) -> Finding[Any]:
    """The families over the monomials with the most conserved densities, every one proved. Raises ValueError."""
    method = method or OptPDE()
    found = resumed(checkpoint, method, family, seed)
    if found is None:
        found = method.explain(family, seed, reporter=reporter, checkpoint=checkpoint)
        keep(found, checkpoint)
    proofs = prove_families(found.artifact, seed)
    proved = found.plus(*(proof.claim for proof in proofs), proofs=certificate_files(found.artifact, proofs))
    return replace(proved, claims=strongest_first(proved.claims))

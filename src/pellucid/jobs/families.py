"""The job `families`: monomials become the equations over them that conserve much, each with its certificates.

monomials -> gradient and exact search -> equations with symbols -> densities and fluxes -> certificates -> finding
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ..core.finding import Finding
from ..core.reporter import SILENT, Reporter
from ..discover import OptPDE
from ..prove.laws.families import prove_families
from ..prove.manifest import certificate_files
from ..run.cached import cached
from ..subjects.equations.pde_family import PdeFamily


def open_families(
    family: PdeFamily,
    *,
    method: OptPDE | None = None,
    seed: int = 0,
    reporter: Reporter = SILENT,
    checkpoint: Path | None = None,
) -> Finding[Any]:
    """The families over the monomials with the most conserved densities, every one proved. Raises ValueError."""
    found = cached(method or OptPDE(), family, seed, folder=checkpoint, reporter=reporter)
    proofs = prove_families(found.artifact, seed)
    return found.plus(*(proof.claim for proof in proofs), proofs=certificate_files(found.artifact, proofs))

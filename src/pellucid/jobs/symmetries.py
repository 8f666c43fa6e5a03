"""The job `symmetries`: equations become their Lie point symmetries, each proved, and how many there are.

equations -> determining equations -> generators and their algebra -> certificates -> finding
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from ..core.finding import Finding
from ..core.reporter import SILENT, Reporter
from ..discover import LieSymmetries
from ..prove.laws.symmetry_identity import prove_symmetries
from ..prove.manifest import certificate_files
from ..subjects.equations.dynamics import Dynamics
from ..subjects.equations.evolution import Evolution
from .laws import Equations, Subject, strongest_first
from .resume import keep, resumed

DEGREE = 2


def open_symmetries(
    subject: Subject | Equations,
    *,
    degree: int = DEGREE,
    first_order: bool = False,
    seed: int = 0,
    reporter: Reporter = SILENT,
    checkpoint: Path | None = None,
) -> Finding[Any]:
    """Every point symmetry with components polynomial up to `degree`, proved. Raises ValueError."""
    if not isinstance(subject, Subject):
        subject = Subject(subject, "")
    method, equations = LieSymmetries(degree, first_order), subject.equations
    if not isinstance(equations, Dynamics | Evolution):
        raise ValueError("symmetries are found from equations; recover them from the table first: `pellucid laws`")
    if isinstance(equations, Dynamics) and equations.constraints:
        raise ValueError("constraints are not covered for symmetries; use coordinates in which there are none")
    found = resumed(checkpoint, method, equations, seed)
    if found is None:
        found = method.explain(equations, seed, reporter=reporter, checkpoint=checkpoint)
        keep(found, checkpoint)
    proofs = prove_symmetries(found.artifact, seed)
    proved = found.plus(*(proof.claim for proof in proofs), proofs=certificate_files(found.artifact, proofs))
    told = replace(found.provenance, settings={**found.provenance.settings, "system": subject.name})
    return replace(proved, claims=strongest_first(proved.claims), provenance=told)

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
from ..run.cached import cached
from ..subjects.equations.discrete_map import DiscreteMap
from ..subjects.equations.dynamics import Dynamics
from ..subjects.equations.evolution import Evolution
from ..subjects.equations.field_equations import FieldEquations
from .subjects.equations import Equations, NamedEquations


def open_symmetries(
    subject: NamedEquations | Equations,
    *,
    degree: int = 2,
    first_order: bool = False,
    seed: int = 0,
    reporter: Reporter = SILENT,
    checkpoint: Path | None = None,
) -> Finding[Any]:
    """Every point symmetry with components polynomial up to `degree`, proved. Raises ValueError."""
    named = subject if isinstance(subject, NamedEquations) else NamedEquations(subject)
    method, equations = LieSymmetries(degree, first_order), named.equations
    if isinstance(equations, DiscreteMap):
        raise ValueError("symmetries are found for equations of motion and fields; maps x[n+1] = ... are not covered")
    if not isinstance(equations, Dynamics | Evolution | FieldEquations):
        raise ValueError("symmetries are found from equations; recover them from the table first: `pellucid laws`")
    if isinstance(equations, Dynamics) and equations.constraints:
        raise ValueError("constraints are not covered for symmetries; use coordinates in which there are none")
    found = cached(method, equations, seed, folder=checkpoint, reporter=reporter)
    proofs = prove_symmetries(found.artifact, seed)
    settings = {**found.provenance.settings, "system": named.name}
    found = replace(found, provenance=replace(found.provenance, settings=settings))
    return found.plus(*(proof.claim for proof in proofs), proofs=certificate_files(found.artifact, proofs))

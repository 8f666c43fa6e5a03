"""The job `symmetries`: equations become their Lie point symmetries, each proved, and how many there are.

equations -> determining equations -> generators and their algebra -> certificates -> finding
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from ..core.finding import Finding
from ..core.reporter import SILENT, Reporter
from ..discover import LieSymmetries, SpecialSymmetries
from ..run.cached import cached
from ..subjects.equations.discrete_map import DiscreteMap
from ..subjects.equations.dynamics import Dynamics
from ..subjects.equations.evolution import Evolution
from ..subjects.equations.field_equations import FieldEquations
from .assumptions import with_assumptions
from .law_proofs import with_proofs
from .subjects.equations import Equations, NamedEquations


def open_symmetries(
    subject: NamedEquations | Equations,
    *,
    degree: int = 2,
    first_order: bool = False,
    assume: Sequence[str] = (),
    positive: bool = False,
    special: int = 2,
    seed: int = 0,
    reporter: Reporter = SILENT,
    checkpoint: Path | None = None,
) -> Finding[Any]:
    """Every point symmetry with components polynomial up to `degree`, proved. Raises ValueError.

    With symbolic parameters, values at which there are more are found and proved, too: at most `special` conditions
    together (0: none are looked for), under what `assume` says, all parameters `positive` or not.
    """
    named = subject if isinstance(subject, NamedEquations) else NamedEquations(subject)
    method, equations = LieSymmetries(degree, first_order), named.equations
    if isinstance(equations, DiscreteMap):
        raise ValueError("symmetries are found for equations of motion and fields; maps x[n+1] = ... are not covered")
    if not isinstance(equations, Dynamics | Evolution | FieldEquations):
        raise ValueError("symmetries are found from equations; recover them from the table first: `pellucid laws`")
    if isinstance(equations, Dynamics) and equations.constraints:
        raise ValueError("constraints are not covered for symmetries; use coordinates in which there are none")
    equations, assumed = with_assumptions(equations, assume, positive)
    found = cached(method, equations, seed, folder=checkpoint, reporter=reporter)
    if special and isinstance(equations, Dynamics | Evolution | FieldEquations) and equations.parameters:
        cases = SpecialSymmetries(degree, first_order, special, assumed=assumed.inequalities)
        folder = None if checkpoint is None else checkpoint / "special_cases"
        there = cached(cases, equations, seed, folder=folder, reporter=reporter)
        found = replace(found, parts={**found.parts, "special_cases": there.artifact}).plus(*there.claims)
    settings = {**found.provenance.settings, "system": named.name}
    return with_proofs(replace(found, provenance=replace(found.provenance, settings=settings)), seed)

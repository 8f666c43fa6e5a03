"""The job `laws`: equations or trajectories become what they conserve, each law proved, and how many there are.

maps         -> MapInvariants                                          -> certificates -> finding
motion       -> Invariants (and SpecialCases)                          -> certificates -> finding
fields       -> Densities, or Multipliers, with their fluxes           -> certificates -> finding
trajectories -> TrajectoryLaws: recovered equations, their Invariants  -> certificates -> finding
fields seen on a grid -> FieldLaws: recovered equations, their Densities and Symmetries -> certificates -> finding
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from ..artifacts.laws.conservation_laws import ConservationLaws
from ..artifacts.laws.densities import Densities as ExactDensities
from ..artifacts.laws.invariants import Invariants as ExactInvariants
from ..artifacts.laws.map_invariants import MapInvariants as ExactMapInvariants
from ..artifacts.laws.special_cases import SpecialCases as Cases
from ..artifacts.laws.symmetries import Symmetries
from ..core.finding import Finding
from ..core.reporter import SILENT, Reporter
from ..discover import Densities, Invariants, MapInvariants, Multipliers, SpecialCases, SpecialDensities
from ..discover.field_laws import FieldLaws
from ..discover.trajectory_laws import TrajectoryLaws
from ..distill import Algebraic
from ..prove.laws.conserved import prove_conserved
from ..prove.laws.divergence import prove_densities
from ..prove.laws.map_invariants import prove_map_invariants
from ..prove.laws.multipliers import prove_multipliers
from ..prove.laws.special_cases import prove_special_cases
from ..prove.laws.symmetry_identity import prove_symmetries
from ..prove.manifest import certificate_files
from ..run.cached import cached
from ..subjects.equations.discrete_map import DiscreteMap
from ..subjects.equations.dynamics import Dynamics
from ..subjects.equations.evolution import Evolution
from ..subjects.equations.field_equations import FieldEquations
from ..subjects.equations.field_grid import FieldGrid
from ..subjects.equations.trajectories import Trajectories
from ..subjects.equations.trajectory_files import TableReading
from ..subjects.tables.preparing import Missing
from .assumptions import with_assumptions
from .equations import Equations, NamedEquations


def open_laws(
    subject: NamedEquations | Equations,
    *,
    degree: int | None = None,
    order: int | None = None,
    basis: Sequence[str] = (),
    explicit: bool = False,
    terms: Sequence[str] = (),
    known: Sequence[str] = (),
    assume: Sequence[str] = (),
    positive: bool = False,
    special: int = 2,
    seed: int = 0,
    reporter: Reporter = SILENT,
    checkpoint: Path | None = None,
) -> Finding[Any]:
    """Every conserved quantity of the equations up to a degree, proved, the strongest claims first. Raises ValueError.

    Of equations of motion these are polynomials in `basis`; of field equations, densities in derivatives up to
    `order`, with their fluxes; of field equations of another form than u_t = F(u, u_x, ...), or where densities may
    hold t and x (`explicit`), they are those that a multiplier gives. With symbolic parameters, values at which more is
    conserved are found and proved, too: at most `special` conditions together (0: none are looked for), under what
    `assume` says ("a > b", "c = a + b"), all parameters `positive` or not. Of trajectories the equations are recovered
    first, with `terms` among those that are tried and with what is `known` of them; the proofs are about these.
    """
    named = subject if isinstance(subject, NamedEquations) else NamedEquations(subject)
    equations, assumed = with_assumptions(named.equations, assume, positive)
    if explicit and isinstance(equations, Evolution):
        equations = FieldEquations.of(equations)
    _refuse_misplaced(equations, order, basis, explicit)
    if (terms or known) and not isinstance(equations, Trajectories):
        raise ValueError("terms and known equations are for trajectories, whose equations are found; leave them out")
    wanted, degree = degree, named.degree if degree is None else degree
    find = partial(cached, seed=seed, reporter=reporter)
    if isinstance(equations, Evolution):
        method: Any = Densities(named.order if order is None else order, degree)
    elif isinstance(equations, FieldEquations):
        chosen = {"order": order, "degree": wanted}
        method = Multipliers(**{name: n for name, n in chosen.items() if n is not None}, explicit=explicit)
    elif isinstance(equations, DiscreteMap):
        method = MapInvariants(degree, tuple(basis))
    elif isinstance(equations, FieldGrid):
        method = FieldLaws(named.order if order is None else order, degree, name=named.name)
    elif isinstance(equations, Trajectories):
        method = TrajectoryLaws(degree, tuple(basis), Algebraic(thorough=False), name=named.name, terms=tuple(terms),
                                known=tuple(known))  # fmt: skip
    else:
        method = Invariants(degree, tuple(basis) or named.basis)
    found = find(method, equations, folder=checkpoint)
    if special and isinstance(equations, Dynamics | Evolution) and equations.parameters:
        folder = None if checkpoint is None else checkpoint / "special_cases"
        if isinstance(equations, Dynamics):
            cases: Any = SpecialCases(degree, found.artifact.basis, special, assumed=assumed.inequalities)
        else:
            cases = SpecialDensities(method.order, degree, special, assumed=assumed.inequalities)
        there = find(cases, equations, folder=folder)
        found = replace(found, parts={**found.parts, "special_cases": there.artifact}).plus(*there.claims)
    settings = {**found.provenance.settings, "system": named.name}
    return _proved(replace(found, provenance=replace(found.provenance, settings=settings)), seed)


def table_reading(
    variables: str | None, inputs: str | None, time: str | None, trajectory: str | None, missing: str | None, sort: bool
) -> TableReading:
    """How a table of trajectories is read, from the words of a command line. Raises ValueError."""
    columns, driving = (tuple(part.strip() for part in (text or "").split(",") if part.strip())
                        for text in (variables, inputs))  # fmt: skip
    return TableReading(time, trajectory, columns, driving, None if missing is None else Missing.parse(missing), sort)


def _proved(found: Finding[Any], seed: int) -> Finding[Any]:
    """With a certificate for each law; what was only measured has none."""
    artifact, cases = found.artifact, [part for part in found.parts.values() if isinstance(part, Cases)]
    if isinstance(artifact, ExactMapInvariants):
        proofs = prove_map_invariants(artifact, seed)
    elif isinstance(artifact, ExactInvariants):
        proofs = prove_conserved(artifact, seed)
    elif isinstance(artifact, ExactDensities):
        proofs = prove_densities(artifact, seed)
    elif isinstance(artifact, ConservationLaws):
        proofs = prove_multipliers(artifact, seed)
    else:
        return found
    proofs += [proof for part in cases for proof in prove_special_cases(part, seed)]
    symmetries = [part for part in found.parts.values() if isinstance(part, Symmetries)]
    proofs += [proof for part in symmetries for proof in prove_symmetries(part, seed, "symmetries_")]
    parts = [*cases, *symmetries]
    return found.plus(*(proof.claim for proof in proofs), proofs=certificate_files(artifact, proofs, *parts))


def latex_files(finding: Finding[Any]) -> dict[str, bytes]:
    """The laws alone, for a paper: a line for each."""
    artifact = finding.artifact
    lines = [rf"{left} &= {right} \\" for left, right in artifact.equations_latex()]
    return {f"{artifact.kind}.tex": "\n".join([r"\begin{align*}", *lines, r"\end{align*}", ""]).encode()}


def _refuse_misplaced(equations: Equations, order: int | None, basis: Sequence[str], explicit: bool) -> None:
    """Raises ValueError for an option of the other kind of equations."""
    if isinstance(equations, Evolution | FieldEquations | FieldGrid):
        if basis:
            raise ValueError("basis is for equations of motion; densities are polynomials in fields and derivatives")
    elif order is not None:
        raise ValueError("order is for field equations u_t = ...; leave it out")
    elif explicit:
        raise ValueError("explicit is for field equations u_t = ...; write t into the equations, or t' = 1 beside them")

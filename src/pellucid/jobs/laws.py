"""The job `laws`: equations or trajectories become what they conserve, each law proved, and how many there are.

maps         -> MapInvariants                                          -> certificates -> finding
motion       -> Invariants (and SpecialCases)                          -> certificates -> finding
fields       -> Densities, or Multipliers, with their fluxes           -> certificates -> finding
trajectories -> TrajectoryLaws: recovered equations, their Invariants  -> certificates -> finding
reactions    -> ReactionLaws: totals, deficiency, siphons, their Invariants -> certificates -> finding
fields seen on a grid -> FieldLaws: recovered equations, their Densities and Symmetries -> certificates -> finding
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from ..algebra.parameters.assumptions import Assumptions
from ..core.finding import Finding
from ..core.reporter import SILENT, Reporter
from ..discover import Densities, SpecialCases, SpecialDensities
from ..run.cached import cached
from ..subjects.equations.dynamics import Dynamics
from ..subjects.equations.evolution import Evolution
from ..subjects.equations.field_equations import FieldEquations
from ..subjects.equations.trajectory_files import TableReading
from .assumptions import with_assumptions
from .law_options import LawOptions
from .law_proofs import with_proofs
from .sources import READERS
from .subjects.equations import Equations, NamedEquations, find_system


def open_laws(
    subject: NamedEquations | Equations,
    *,
    degree: int | None = None,
    order: int | None = None,
    basis: Sequence[str] = (),
    explicit: bool = False,
    terms: Sequence[str] = (),
    known: Sequence[str] = (),
    signs: Sequence[str] = (),
    ensembles: int = 0,
    assume: Sequence[str] = (),
    positive: bool = False,
    special: int | None = None,
    seed: int = 0,
    reporter: Reporter = SILENT,
    checkpoint: Path | None = None,
) -> Finding[Any]:
    """Every conserved quantity of the equations up to a degree, proved, the strongest claims first. Raises ValueError.

    Of equations of motion these are polynomials in `basis`; of field equations, densities in derivatives up to
    `order`, with their fluxes; of field equations of another form than u_t = F(u, u_x, ...), or where densities may
    hold t and x (`explicit`), they are those that a multiplier gives. With symbolic parameters, values at which more is
    conserved are found and proved, too: at most `special` conditions together (2; 0: none are looked for), under what
    `assume` says ("a > b", "c = a + b"), all parameters `positive` or not. Of trajectories the equations are recovered
    first, with `terms` among those that are tried, with what is `known` of them and the `signs` that coefficients have;
    the proofs are about these. Of so many `ensembles`, drawn from the data, it is said how often each term is chosen.
    """
    named = subject if isinstance(subject, NamedEquations) else NamedEquations(subject)
    equations, assumed = with_assumptions(named.equations, assume, positive)
    if explicit and isinstance(equations, Evolution):
        equations = FieldEquations.of(equations)
    wanted = LawOptions(named, degree, order, tuple(basis), explicit, tuple(terms), tuple(known),
                        tuple(signs), ensembles, special)  # fmt: skip
    wanted.refuse_misplaced(equations)
    method = wanted.method(equations)
    find = partial(cached, seed=seed, reporter=reporter)
    found = find(method, equations, folder=checkpoint)
    most = 2 if special is None else special
    if most and isinstance(equations, Dynamics | Evolution) and equations.parameters:
        folder = None if checkpoint is None else checkpoint / "special_cases"
        there = find(_cases(method, found.artifact, most, assumed), equations, folder=folder)
        found = replace(found, parts={**found.parts, "special_cases": there.artifact}).plus(*there.claims)
    settings = {**found.provenance.settings, "system": named.name}
    return with_proofs(replace(found, provenance=replace(found.provenance, settings=settings)), seed)


def _cases(method: Any, found: Any, special: int, assumed: Assumptions) -> SpecialCases | SpecialDensities:
    """What finds the values of parameters at which more is conserved than `method` found."""
    if isinstance(method, Densities):
        return SpecialDensities(method.order, method.degree, special, assumed=assumed.inequalities)
    return SpecialCases(method.degree, found.basis, special, assumed=assumed.inequalities)


@READERS.add("laws")
def _read_again(text: str, seed: int, **columns: Any) -> Equations:
    """The table of trajectories, or the field; equations need not be read, laws hold them."""
    words = {name: columns.get(name) for name in ("variables", "inputs", "time", "trajectory", "missing")}
    return find_system(text, reading=TableReading.of_words(**words, sort=bool(columns.get("sort")))).equations


def latex_files(finding: Finding[Any]) -> dict[str, bytes]:
    """The laws alone, for a paper: a line for each."""
    artifact = finding.artifact
    lines = [rf"{left} &= {right} \\" for left, right in artifact.equations_latex()]
    return {f"{artifact.kind}.tex": "\n".join([r"\begin{align*}", *lines, r"\end{align*}", ""]).encode()}

"""The job `laws`: equations or trajectories become what they conserve, each law proved, and how many there are.

maps         -> MapInvariants                                          -> certificates -> finding
motion       -> Invariants (and SpecialCases)                          -> certificates -> finding
fields       -> Densities, or Multipliers, with their fluxes           -> certificates -> finding
trajectories -> TrajectoryLaws: recovered equations, their Invariants  -> certificates -> finding
reactions    -> ReactionLaws: totals, deficiency, siphons, their Invariants -> certificates -> finding
fields seen on a grid -> FieldLaws: recovered equations, their Densities and Symmetries -> certificates -> finding
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from ..algebra.parameters.assumptions import Assumptions
from ..artifacts.laws.conservation_laws import ConservationLaws
from ..artifacts.laws.densities import Densities as ExactDensities
from ..artifacts.laws.invariants import Invariants as ExactInvariants
from ..artifacts.laws.map_invariants import MapInvariants as ExactMapInvariants
from ..artifacts.laws.special_cases import SpecialCases as Cases
from ..artifacts.laws.symmetries import Symmetries
from ..artifacts.reactions.reaction_structure import ReactionStructure
from ..core.finding import Finding
from ..core.reporter import SILENT, Reporter
from ..discover import Densities, Invariants, MapInvariants, Multipliers, SpecialCases, SpecialDensities
from ..prove.laws.conserved import prove_conserved
from ..prove.laws.divergence import prove_densities
from ..prove.laws.map_invariants import prove_map_invariants
from ..prove.laws.multipliers import prove_multipliers
from ..prove.laws.reaction_structure import prove_reaction_structure
from ..prove.laws.reaction_theorems import prove_reaction_theorems
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
from ..subjects.reactions.reaction_network import ReactionNetwork
from ..subjects.tables.preparing import Missing
from .assumptions import with_assumptions
from .equations import Equations, NamedEquations, find_system
from .sources import READERS

Kind = TypeVar("Kind")


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
    wanted = _Wanted(named, degree, order, tuple(basis), explicit, tuple(terms), tuple(known),
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
    return _proved(replace(found, provenance=replace(found.provenance, settings=settings)), seed)


@dataclass(frozen=True)
class _Wanted:
    """What was asked for; None and () where the equations' name, or the method, says it."""

    named: NamedEquations
    degree: int | None
    order: int | None
    basis: tuple[str, ...]
    explicit: bool
    terms: tuple[str, ...]
    known: tuple[str, ...]
    signs: tuple[str, ...]
    ensembles: int
    special: int | None

    def method(self, equations: Equations) -> Any:
        """What finds the laws of such equations."""
        named = self.named
        degree = named.degree if self.degree is None else self.degree
        order = named.order if self.order is None else self.order
        match equations:
            case Evolution():
                return Densities(order, degree)
            case FieldEquations():
                return self._multipliers()
            case DiscreteMap():
                return MapInvariants(degree, self.basis)
            case ReactionNetwork():
                from ..discover import ReactionLaws

                return ReactionLaws() if self.degree is None else ReactionLaws(self.degree)
            case FieldGrid():
                from ..discover import FieldLaws

                return FieldLaws(order, degree, name=named.name)
            case Trajectories():
                from ..discover.trajectory_laws import TrajectoryLaws
                from ..distill import Algebraic

                return TrajectoryLaws(degree, self.basis, Algebraic(thorough=False), name=named.name, terms=self.terms,
                                      known=self.known, signs=self.signs, ensembles=self.ensembles)  # fmt: skip
            case _:
                return Invariants(degree, self.basis or named.basis)

    def _multipliers(self) -> Multipliers:
        """With the method's own order and degree where none was asked for."""
        chosen = {"order": self.order, "degree": self.degree}
        return Multipliers(**{name: n for name, n in chosen.items() if n is not None}, explicit=self.explicit)

    def refuse_misplaced(self, equations: Equations) -> None:
        """Raises ValueError for an option of the other kind of equations."""
        for place in _PLACES:
            misplaced = [name for name in place.options if self._asks_for(name)]
            if misplaced and not isinstance(equations, place.kinds):
                raise ValueError(place.trouble.format(misplaced[0]))

    def _asks_for(self, option: str) -> bool:
        """No conditions and no ensembles ask for nothing; the order 0 is one."""
        return self.order is not None if option == "order" else bool(getattr(self, option))


class _Place(NamedTuple):
    """Options, the kinds of equations that they are for, and what is said of them beside others."""

    options: tuple[str, ...]
    kinds: tuple[type[Any], ...]
    trouble: str


_MOTION, _WRITTEN_FIELDS = (Dynamics, DiscreteMap, Trajectories), (Evolution, FieldEquations)
_PLACES = (
    _Place(
        ("basis", "order", "explicit", "terms", "known", "signs", "ensembles", "special"),
        (*_MOTION, *_WRITTEN_FIELDS, FieldGrid),
        "{} is not for reactions, whose rates and amounts are all there is; leave it out",
    ),
    _Place(
        ("basis",), _MOTION, "basis is for equations of motion; densities are polynomials in fields and derivatives"
    ),
    _Place(
        ("explicit",),
        (*_MOTION, *_WRITTEN_FIELDS),
        "explicit is for field equations u_t = ... that are written; leave it out for a field",
    ),
    _Place(("order",), (*_WRITTEN_FIELDS, FieldGrid), "order is for field equations u_t = ...; leave it out"),
    _Place(
        ("explicit",),
        (*_WRITTEN_FIELDS, FieldGrid),
        "explicit is for field equations u_t = ...; write t into the equations, or t' = 1 beside them",
    ),
    _Place(
        ("terms", "known", "signs", "ensembles"),
        (Trajectories,),
        "terms, known equations, signs and ensembles are for trajectories, whose equations are found; leave them out",
    ),
    _Place(
        ("special",),
        (Dynamics, Evolution),
        "special is for the parameters of equations x' = ... and u_t = F(u, u_x, ...); leave it out",
    ),
)


def _cases(method: Any, found: Any, special: int, assumed: Assumptions) -> SpecialCases | SpecialDensities:
    """What finds the values of parameters at which more is conserved than `method` found."""
    if isinstance(method, Densities):
        return SpecialDensities(method.order, method.degree, special, assumed=assumed.inequalities)
    return SpecialCases(method.degree, found.basis, special, assumed=assumed.inequalities)


def table_reading(
    variables: str | None, inputs: str | None, time: str | None, trajectory: str | None, missing: str | None, sort: bool
) -> TableReading:
    """How a table of trajectories is read, from the words of a command line. Raises ValueError."""
    columns, driving = (tuple(part.strip() for part in (text or "").split(",") if part.strip())
                        for text in (variables, inputs))  # fmt: skip
    return TableReading(time, trajectory, columns, driving, None if missing is None else Missing.parse(missing), sort)


@READERS.add("laws")
def _read_again(text: str, seed: int, **columns: Any) -> Equations:
    """The table of trajectories, or the field; equations need not be read, laws hold them."""
    words = {name: columns.get(name) for name in ("variables", "inputs", "time", "trajectory", "missing")}
    return find_system(text, reading=table_reading(**words, sort=bool(columns.get("sort")))).equations


def _proved(found: Finding[Any], seed: int) -> Finding[Any]:
    """With a certificate for each law; what was only measured has none."""
    artifact, prove = found.artifact, _prover(found.artifact)
    if prove is None:
        return found
    cases, symmetries = _parts(found, Cases), _parts(found, Symmetries)
    laws = _parts(found, ExactInvariants)
    proofs = list(prove(artifact, seed))
    proofs += [proof for part in cases for proof in prove_special_cases(part, seed)]
    proofs += [proof for part in symmetries for proof in prove_symmetries(part, seed, "symmetries_")]
    proofs += [proof for part in laws for proof in prove_conserved(part, seed, "laws_")]
    files = certificate_files(artifact, proofs, *cases, *symmetries, *laws)
    return found.plus(*(proof.claim for proof in proofs), proofs=files)


def _prover(artifact: Any) -> Callable[[Any, int], list[Any]] | None:
    """What proves laws of this kind; None for what is no exact law."""
    provers: dict[type[Any], Callable[[Any, int], list[Any]]] = {
        ExactMapInvariants: prove_map_invariants,
        ExactInvariants: prove_conserved,
        ExactDensities: prove_densities,
        ConservationLaws: prove_multipliers,
        ReactionStructure: lambda found, _: [*prove_reaction_structure(found), *prove_reaction_theorems(found)],
    }
    return next((prove for kind, prove in provers.items() if isinstance(artifact, kind)), None)


def _parts(found: Finding[Any], kind: type[Kind]) -> list[Kind]:
    """The finding's parts of a kind."""
    return [part for part in found.parts.values() if isinstance(part, kind)]


def latex_files(finding: Finding[Any]) -> dict[str, bytes]:
    """The laws alone, for a paper: a line for each."""
    artifact = finding.artifact
    lines = [rf"{left} &= {right} \\" for left, right in artifact.equations_latex()]
    return {f"{artifact.kind}.tex": "\n".join([r"\begin{align*}", *lines, r"\end{align*}", ""]).encode()}

"""The job `laws`: equations become their conserved quantities, each proved, and a proof of how many there are.

equations -> exact null space -> readable independent invariants (or densities with fluxes) -> certificates -> finding
"""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeAlias

from ..artifacts.laws.special_cases import SpecialCases as Cases
from ..core.claim import STRENGTHS, Claim
from ..core.finding import Finding
from ..core.reporter import SILENT, Reporter
from ..datasets.field_equations import field_equations
from ..datasets.systems import systems
from ..discover import Densities, Invariants
from ..discover.conserved.special_cases import SpecialCases
from ..prove.laws.conserved import prove_conserved
from ..prove.laws.divergence import prove_densities
from ..prove.laws.special_cases import prove_special_cases
from ..prove.manifest import certificate_files
from ..subjects.equations.dynamics import Dynamics, read_dynamics
from ..subjects.equations.evolution import Evolution
from ..subjects.equations.trajectories import Trajectories
from ..subjects.equations.trajectory_files import read_trajectories
from ..subjects.tables.sample_files import identifiers
from .resume import keep, resumed
from .trajectories import open_trajectories

DEGREE = 4
ORDER = 2
_FIELD = re.compile(r"(^|[;\n])\s*[A-Za-z]\w*?_t\s*=")
_TABLES = (".csv", ".tsv", ".jsonl", ".npz", ".parquet")

Equations: TypeAlias = Dynamics | Evolution | Trajectories


@dataclass(frozen=True)
class Subject:
    """Equations with a name for the results, and how far to search where nothing else is asked for."""

    equations: Equations
    name: str
    degree: int = DEGREE
    order: int = ORDER
    basis: tuple[str, ...] = ()


def list_systems() -> list[tuple[str, str]]:
    """Every built-in system with its one line."""
    found = [(name, system.dynamics.title) for name, system in systems().items()]
    return found + [(name, equation.evolution.title) for name, equation in field_equations().items()]


def find_system(text: str, *, parameters: Iterable[str] = (), constraints: Iterable[str] = ()) -> Subject:
    """What `text` names: a built-in system, a TOML file, a table of trajectories, or equations as they are written.

    `parameters` and `constraints` are for written equations. Raises ValueError.

    >>> find_system("kdv").equations.describe()
    'u_t = 6*u*u_x - u_xxx'
    >>> find_system("x' = v; v' = -k*x", parameters=["k"]).equations.parameters
    ('k',)
    """
    path = Path(text) if "=" not in text else Path()
    if path.suffix.lower() in _TABLES:
        if tuple(parameters) or tuple(constraints):
            raise ValueError(f"parameters and constraints are for equations, and {text!r} is a table; leave them")
        return Subject(read_trajectories(path), identifiers([path.stem])[0])
    if "=" in text:
        return Subject(_written(text, tuple(parameters), tuple(constraints)), "laws")
    if tuple(parameters) or tuple(constraints):
        raise ValueError(f"parameters and constraints are for written equations, and {text!r} has its own; leave them")
    if text in systems():
        known = systems()[text]
        return Subject(known.dynamics, text, known.degree, basis=known.basis)
    if text in field_equations():
        field = field_equations()[text]
        return Subject(field.evolution, text, field.degree, field.order)
    if path.suffix.lower() == ".toml" or path.is_file():
        return Subject(_read(path), path.stem)
    raise ValueError(f"system {text!r} is unknown{_nearest(text)}; see --list, or write equations: \"x' = v; v' = -x\"")


def open_laws(
    subject: Subject | Equations,
    *,
    degree: int | None = None,
    order: int | None = None,
    basis: Sequence[str] = (),
    seed: int = 0,
    reporter: Reporter = SILENT,
    checkpoint: Path | None = None,
) -> Finding[Any]:
    """Every conserved quantity of the equations up to a degree, proved, the strongest claims first. Raises ValueError.

    Of equations of motion these are polynomials in `basis`; of field equations, densities in derivatives up to
    `order`, with their fluxes. With symbolic parameters, values at which more is conserved are found and proved, too.
    Of trajectories the equations are recovered first; the proofs are about these.
    """
    if not isinstance(subject, Subject):
        subject = Subject(subject, "")
    equations, degree = subject.equations, subject.degree if degree is None else degree
    if isinstance(equations, Trajectories):
        if order is not None:
            raise ValueError("order is for field equations u_t = ...; leave it out")
        given = {"name": subject.name, "degree": degree, "basis": basis, "seed": seed}
        seen = open_trajectories(equations, **given, reporter=reporter, checkpoint=checkpoint)
        return replace(seen, claims=strongest_first(seen.claims))
    if isinstance(equations, Evolution):
        if basis:
            raise ValueError("basis is for equations of motion; densities are polynomials in fields and derivatives")
        found = _found(
            Densities(subject.order if order is None else order, degree), equations, seed, reporter, checkpoint
        )
        proofs = prove_densities(found.artifact, seed)
    else:
        if order is not None:
            raise ValueError("order is for field equations u_t = ...; leave it out")
        basis = tuple(basis) or subject.basis
        found = _found(Invariants(degree, basis), equations, seed, reporter, checkpoint)
        proofs = prove_conserved(found.artifact, seed)
        if equations.parameters:
            aside = None if checkpoint is None else checkpoint / "special_cases"
            special = _found(SpecialCases(degree, basis), equations, seed, reporter, aside)
            proofs += prove_special_cases(special.artifact, seed)
            found = replace(found, parts={**found.parts, "special_cases": special.artifact}).plus(*special.claims)
    parts = [part for part in found.parts.values() if isinstance(part, Cases)]
    proved = found.plus(*(proof.claim for proof in proofs), proofs=certificate_files(found.artifact, proofs, *parts))
    told = replace(found.provenance, settings={**found.provenance.settings, "system": subject.name})
    return replace(proved, claims=strongest_first(proved.claims), provenance=told)


def strongest_first(claims: Iterable[Claim]) -> tuple[Claim, ...]:
    """Proved, then exhausted, tested and measured, each in the order that they came in."""
    return tuple(sorted(claims, key=lambda claim: STRENGTHS.index(type(claim))))


def latex_files(finding: Finding[Any]) -> dict[str, bytes]:
    """The laws alone, for a paper: a line for each."""
    artifact = finding.artifact
    lines = [rf"{left} &= {right} \\" for left, right in artifact.equations_latex()]
    return {f"{artifact.kind}.tex": "\n".join([r"\begin{align*}", *lines, r"\end{align*}", ""]).encode()}


def _found(method: Any, equations: Equations, seed: int, reporter: Reporter, folder: Path | None) -> Finding[Any]:
    found = resumed(folder, method, equations, seed)
    if found is None:
        found = method.explain(equations, seed, reporter=reporter, checkpoint=folder)
        keep(found, folder)
    return found


def _written(text: str, parameters: tuple[str, ...], constraints: tuple[str, ...]) -> Equations:
    """Equations of motion, or of fields where one begins with u_t."""
    if _FIELD.search(text):
        if constraints:
            raise ValueError("constraints are for equations of motion; leave them out for u_t = ...")
        return Evolution.parse(text, parameters)
    return Dynamics.parse(text, parameters, constraints)


def _read(path: Path) -> Equations:
    """A TOML file; its equations are of fields where all their names end in _t: u_t = "6*u*u_x - u_xxx"."""
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError):
        return read_dynamics(path)  # which tells what is wrong
    equations = table.get("equations")
    if not isinstance(equations, dict) or not equations or not all(name.endswith("_t") for name in equations):
        return read_dynamics(path)
    parameters, title = table.get("parameters", ()), str(table.get("title", ""))
    lines = "\n".join(f"{name} = {rhs}" for name, rhs in equations.items())
    return Evolution.parse(lines, parameters, title)


def _nearest(text: str) -> str:
    near = difflib.get_close_matches(text, [*systems(), *field_equations()], 3)
    return f" (did you mean {', '.join(near)}?)" if near else ""

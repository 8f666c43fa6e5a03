"""What a person's word for equations stands for: a built-in system, a file, equations or reactions as written."""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeAlias

from ..datasets.field_equations import field_equations
from ..datasets.systems import systems
from ..subjects.equations.discrete_map import DiscreteMap
from ..subjects.equations.dynamics import Dynamics, read_dynamics
from ..subjects.equations.evolution import Evolution
from ..subjects.equations.field_equations import FieldEquations, read_fields
from ..subjects.equations.field_files import SUFFIXES as GRIDS
from ..subjects.equations.field_files import find_field, read_field
from ..subjects.equations.field_grid import FieldGrid
from ..subjects.equations.field_text import is_of_fields
from ..subjects.equations.map_text import is_of_maps
from ..subjects.equations.trajectories import Trajectories
from ..subjects.equations.trajectory_files import PLAIN, TableReading, read_trajectories
from ..subjects.equations.trajectory_files import SUFFIXES as TABLES
from ..subjects.reactions.reaction_network import ReactionNetwork
from ..subjects.reactions.reaction_text import is_of_reactions
from ..subjects.tables.identifiers import identifiers

Equations: TypeAlias = Dynamics | DiscreteMap | Evolution | FieldEquations | FieldGrid | ReactionNetwork | Trajectories
SBML = (".xml", ".sbml")


@dataclass(frozen=True)
class NamedEquations:
    """Equations with a name for the results, and how far to search where nothing else is asked for."""

    equations: Equations
    name: str = ""
    degree: int = 4
    """Of the polynomials: energies are of degree 2, and most invariants that textbooks name are below 4."""
    order: int = 2
    """Of the derivatives in densities."""
    basis: tuple[str, ...] = ()


def list_systems() -> list[tuple[str, str]]:
    """Every built-in system with its one line."""
    found = [(name, system.dynamics.title) for name, system in systems().items()]
    return found + [(name, equation.evolution.title) for name, equation in field_equations().items()]


def find_system(
    text: str,
    *,
    parameters: Iterable[str] = (),
    constraints: Iterable[str] = (),
    reading: TableReading = PLAIN,
) -> NamedEquations:
    """What `text` names: a built-in system, a file, or equations or reactions as they are written.

    Files are TOML with equations, tables of trajectories, fields on a grid, lines of reactions, or SBML. `parameters`
    and `constraints` are for written equations, `reading` is for tables. Raises ValueError.

    >>> find_system("kdv").equations.describe()
    'u_t = 6*u*u_x - u_xxx'
    >>> find_system("x' = v; v' = -k*x", parameters=["k"]).equations.parameters
    ('k',)
    """
    options = tuple(parameters), tuple(constraints)
    if reading != PLAIN and Path(text).suffix.lower() not in TABLES:
        raise ValueError(f"input, missing, sort and columns are for tables, and {text!r} is none; leave them out")
    reactions = find_reactions(text)
    if reactions is not None:
        if any(options):
            raise ValueError(
                "parameters and constraints are for equations, and reactions say their own; leave them out"
            )
        return reactions
    if "=" in text:
        return NamedEquations(_written(text, *options), "laws")
    path = Path(text)
    if path.suffix.lower() in (*TABLES, *GRIDS):
        if any(options):
            raise ValueError(f"parameters and constraints are for equations, and {text!r} is a table; leave them")
        return NamedEquations(_measured(path, reading), identifiers([path.stem])[0])
    if any(options):
        raise ValueError(f"parameters and constraints are for written equations, and {text!r} has its own; leave them")
    known = _built_in(text)
    if known is not None:
        return known
    if path.suffix.lower() == ".toml" or path.is_file():
        return NamedEquations(_read(path), path.stem)
    raise ValueError(f"system {text!r} is unknown{_nearest(text)}; see --list, or write equations: \"x' = v; v' = -x\"")


def find_reactions(text: str) -> NamedEquations | None:
    """The network that `text` writes with arrows, or that a file of such lines or of SBML holds; None for all else.

    Raises ValueError where it is one that is not understood.

    >>> find_reactions("A <-> B").equations.describe()
    'A -> B; B -> A'
    """
    path = Path(text)
    if path.suffix.lower() in SBML:
        return NamedEquations(ReactionNetwork.from_sbml(path), identifiers([path.stem])[0])
    others = {*TABLES, *GRIDS, ".toml"} - {".txt"}
    if "\n" not in text and len(text) < 256 and path.suffix.lower() not in others and path.is_file():
        try:
            lines = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            return None
        if is_of_reactions(lines):
            return NamedEquations(ReactionNetwork.from_text(lines, path.stem), identifiers([path.stem])[0])
        return None
    return NamedEquations(ReactionNetwork.from_text(text), "reactions") if is_of_reactions(text) else None


def _built_in(name: str) -> NamedEquations | None:
    if name in systems():
        known = systems()[name]
        return NamedEquations(known.dynamics, name, known.degree, basis=known.basis)
    if name in field_equations():
        field = field_equations()[name]
        return NamedEquations(field.evolution, name, field.degree, field.order)
    return None


def _measured(path: Path, reading: TableReading) -> FieldGrid | Trajectories:
    """A field where the file holds a grid; trajectories where it does not, or where it is said how to read these."""
    if path.suffix.lower() not in TABLES:
        return read_field(path)
    field = find_field(path) if reading == PLAIN else None
    return read_trajectories(path, reading) if field is None else field


def _written(text: str, parameters: tuple[str, ...], constraints: tuple[str, ...]) -> Equations:
    """Equations of motion; of maps where they say what x[n+1] is, of fields where they hold derivatives such as u_x."""
    of_maps = is_of_maps(text)
    if not of_maps and not is_of_fields(text):
        return Dynamics.parse(text, parameters, constraints)
    if constraints:
        raise ValueError("constraints are for equations of motion; leave them out for u_t = ... and x[n+1] = ...")
    return DiscreteMap.parse(text, parameters) if of_maps else read_fields(text, parameters)


def _read(path: Path) -> Equations:
    """A TOML file; its equations are of fields where all their names end in _t: u_t = "6*u*u_x - u_xxx"."""
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError):
        return read_dynamics(path)  # which tells what is wrong
    equations = table.get("equations")
    if not isinstance(equations, dict) or not equations or not all(map(is_of_fields, equations)):
        return read_dynamics(path)
    parameters, title = table.get("parameters", ()), str(table.get("title", ""))
    lines = "\n".join(f"{name} = {rhs}" for name, rhs in equations.items())
    found = read_fields(lines, parameters)
    return replace(found, title=title or found.title)


def _nearest(text: str) -> str:
    near = difflib.get_close_matches(text, [*systems(), *field_equations()], 3)
    return f" (did you mean {', '.join(near)}?)" if near else ""

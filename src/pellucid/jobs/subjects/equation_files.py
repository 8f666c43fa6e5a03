"""Equations and reactions as they are written, and the files that hold them, or what was measured of them."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from pathlib import Path

from ...subjects.equations.discrete_map import DiscreteMap
from ...subjects.equations.dynamics import Dynamics, read_dynamics
from ...subjects.equations.evolution import Evolution
from ...subjects.equations.field_equations import FieldEquations, read_fields
from ...subjects.equations.field_files import SUFFIXES as GRIDS
from ...subjects.equations.field_files import find_field, read_field
from ...subjects.equations.field_grid import FieldGrid
from ...subjects.equations.field_text import is_of_fields
from ...subjects.equations.map_text import is_of_maps
from ...subjects.equations.trajectories import Trajectories
from ...subjects.equations.trajectory_files import PLAIN, TableReading, read_trajectories
from ...subjects.equations.trajectory_files import SUFFIXES as TABLES
from ...subjects.reactions.reaction_network import ReactionNetwork
from ...subjects.reactions.reaction_text import is_of_reactions
from ...subjects.tables.identifiers import identifiers

SBML = (".xml", ".sbml")


def find_reactions(text: str) -> tuple[ReactionNetwork, str] | None:
    """The network that `text` writes with arrows, or that a file of such lines or of SBML holds, and its name.

    None for all else. Raises ValueError where it is one that is not understood.

    >>> network, name = find_reactions("A <-> B")
    >>> network.describe(), name
    ('A -> B; B -> A', 'reactions')
    """
    path = Path(text)
    if path.suffix.lower() in SBML:
        return ReactionNetwork.from_sbml(path), identifiers([path.stem])[0]
    others = {*TABLES, *GRIDS, ".toml"} - {".txt"}
    if "\n" not in text and len(text) < 256 and path.suffix.lower() not in others and path.is_file():
        try:
            lines = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            return None
        if is_of_reactions(lines):
            return ReactionNetwork.from_text(lines, path.stem), identifiers([path.stem])[0]
        return None
    return (ReactionNetwork.from_text(text), "reactions") if is_of_reactions(text) else None


def equations_of_table(path: Path, reading: TableReading) -> FieldGrid | Trajectories:
    """A field where the file holds a grid; trajectories where it does not, or where it is said how to read these."""
    if path.suffix.lower() not in TABLES:
        return read_field(path)
    field = find_field(path) if reading == PLAIN else None
    return read_trajectories(path, reading) if field is None else field


def equations_of_text(
    text: str, parameters: tuple[str, ...], constraints: tuple[str, ...]
) -> Dynamics | DiscreteMap | Evolution | FieldEquations:
    """Equations of motion; of maps where they say what x[n+1] is, of fields where they hold derivatives such as u_x."""
    of_maps = is_of_maps(text)
    if not of_maps and not is_of_fields(text):
        return Dynamics.parse(text, parameters, constraints)
    if constraints:
        raise ValueError("constraints are for equations of motion; leave them out for u_t = ... and x[n+1] = ...")
    return DiscreteMap.parse(text, parameters) if of_maps else read_fields(text, parameters)


def equations_of_toml(path: Path) -> Dynamics | Evolution | FieldEquations:
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

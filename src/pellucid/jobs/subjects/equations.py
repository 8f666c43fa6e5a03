"""What a person's word for equations stands for: a built-in system, a file, equations or reactions as written."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from ...datasets.field_equations import field_equations
from ...datasets.systems import systems
from ...subjects.equations.discrete_map import DiscreteMap
from ...subjects.equations.dynamics import Dynamics
from ...subjects.equations.evolution import Evolution
from ...subjects.equations.field_equations import FieldEquations
from ...subjects.equations.field_files import SUFFIXES as GRIDS
from ...subjects.equations.field_grid import FieldGrid
from ...subjects.equations.trajectories import Trajectories
from ...subjects.equations.trajectory_files import PLAIN, TableReading
from ...subjects.equations.trajectory_files import SUFFIXES as TABLES
from ...subjects.reactions.reaction_network import ReactionNetwork
from ...subjects.tables.identifiers import identifiers
from .equation_files import equations_of_table, equations_of_text, equations_of_toml, find_reactions

Equations: TypeAlias = Dynamics | DiscreteMap | Evolution | FieldEquations | FieldGrid | ReactionNetwork | Trajectories


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
    return systems().titles() + [(name, equation.evolution.title) for name, equation in field_equations().items()]


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
        _refuse_given(options, "equations, and reactions say their own; leave them out")
        network, name = reactions
        return NamedEquations(network, name)
    if "=" in text:
        return NamedEquations(equations_of_text(text, *options), "laws")
    path = Path(text)
    if path.suffix.lower() in (*TABLES, *GRIDS):
        _refuse_given(options, f"equations, and {text!r} is a table; leave them")
        return NamedEquations(equations_of_table(path, reading), identifiers([path.stem])[0])
    _refuse_given(options, f"written equations, and {text!r} has its own; leave them")
    known = _built_in(text)
    if known is not None:
        return known
    if path.suffix.lower() == ".toml" or path.is_file():
        return NamedEquations(equations_of_toml(path), path.stem)
    raise ValueError(f"system {text!r} is unknown{_nearest(text)}; see --list, or write equations: \"x' = v; v' = -x\"")


def _refuse_given(options: tuple[tuple[str, ...], ...], instead: str) -> None:
    """Raises ValueError where parameters or constraints are given to what says its own."""
    if any(options):
        raise ValueError(f"parameters and constraints are for {instead}")


def _built_in(name: str) -> NamedEquations | None:
    if name in systems():
        known = systems()[name]
        return NamedEquations(known.dynamics, name, known.degree, basis=known.basis)
    if name in field_equations():
        field = field_equations()[name]
        return NamedEquations(field.evolution, name, field.degree, field.order)
    return None


def _nearest(text: str) -> str:
    near = difflib.get_close_matches(text, [*systems(), *field_equations()], 3)
    return f" (did you mean {', '.join(near)}?)" if near else ""

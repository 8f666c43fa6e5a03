"""Equations of motion whose conserved quantities are known, and families of them: bodies that attract, fluid elements.

The fluid element and the chemistry are those of SID (arXiv 2305.19525 section III); the others are textbook systems.
"""

from __future__ import annotations

import itertools
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from importlib.resources import files
from typing import Any

import sympy

from ..algebra.expressions.text import to_text
from ..subjects.equations.dynamics import Dynamics


@dataclass(frozen=True)
class System:
    """Equations of motion, the degree and basis to search, and how many independent invariants are known of."""

    name: str
    dynamics: Dynamics
    degree: int
    basis: tuple[str, ...] = ()
    independent: int | None = None


@dataclass(frozen=True)
class Systems(Mapping[str, System]):
    """Systems by name, each read or made once it is asked for: those of three-dimensional fluids take seconds."""

    makers: Mapping[str, tuple[str, Callable[[], System]]]
    """By name: the title, and what makes the system."""

    def __getitem__(self, name: str) -> System:
        return _made(self.makers[name][1])

    def __iter__(self) -> Iterator[str]:
        return iter(self.makers)

    def __len__(self) -> int:
        return len(self.makers)

    def titles(self) -> list[tuple[str, str]]:
        """Every name with its one line; no system is made for it.

        >>> dict(systems().titles())["bodies_3_2d"]
        '3 bodies in the plane'
        """
        return [(name, title) for name, (title, _) in self.makers.items()]


@cache
def _made(maker: Callable[[], System]) -> System:
    return maker()


@cache
def systems() -> Systems:
    """Every built-in system by name."""
    table = tomllib.loads((files("pellucid.datasets") / "systems.toml").read_text(encoding="utf-8"))
    makers: dict[str, tuple[str, Callable[[], System]]] = {
        name: (entry["title"], partial(_read, name, entry)) for name, entry in table.items()
    }
    for count, dimensions in ((3, 2), (3, 3), (4, 3)):
        makers[f"bodies_{count}_{dimensions}d"] = (
            _title_of_bodies(count, dimensions),
            partial(bodies, count, dimensions),
        )
    for dimensions in (2, 3):
        makers[f"fluid_{dimensions}d"] = _title_of_fluid(dimensions), partial(fluid_element, dimensions)
    return Systems(makers)


def _read(name: str, entry: dict[str, Any]) -> System:
    """A system of the file."""
    equations = entry["equations"]
    dynamics = Dynamics(
        tuple(equations),
        tuple(equations.values()),
        tuple(entry.get("parameters", ())),
        tuple(entry.get("constraints", ())),
        entry["title"],
    )
    return System(name, dynamics, entry["degree"], tuple(entry.get("basis", ())), entry["independent"])


def system(name: str) -> System:
    """The built-in system of this name; raises ValueError with the nearest names."""
    import difflib

    known = systems()
    if name not in known:
        near = difflib.get_close_matches(name, known, 3) or list(known)[:3]
        raise ValueError(f"system {name!r} is unknown; did you mean {', '.join(near)}? `--list` shows all")
    return known[name]


def bodies(count: int, dimensions: int) -> System:
    """`count` bodies of masses 2, 3, 5, ... that attract each other with the inverse square of their distance."""
    masses = [2, 3, 5, 7, 11][:count]
    places = _symbols("xyz", count, dimensions)
    speeds = _symbols("uvw", count, dimensions)
    forces: list[list[Any]] = [[sympy.Integer(0)] * dimensions for _ in range(count)]
    for i, j in itertools.combinations(range(count), 2):
        apart = [a - b for a, b in zip(places[i], places[j], strict=True)]
        inverse_cube = sympy.Add(*(d**2 for d in apart)) ** sympy.Rational(-3, 2)
        for k, d in enumerate(apart):
            forces[i][k] -= masses[j] * d * inverse_cube
            forces[j][k] += masses[i] * d * inverse_cube
    return System(
        f"bodies_{count}_{dimensions}d",
        _second_order(places, speeds, forces, title=_title_of_bodies(count, dimensions)),
        degree=2,
        independent={(3, 2): 5, (3, 3): 9, (4, 3): 9}.get((count, dimensions)),
    )


def _title_of_bodies(count: int, dimensions: int) -> str:
    return f"{count} bodies {'in the plane' if dimensions == 2 else 'in space'}"


def _title_of_fluid(dimensions: int) -> str:
    return f"Incompressible fluid element, {dimensions}D"


def _dot(a: Sequence[sympy.Expr], b: Sequence[sympy.Expr]) -> sympy.Expr:
    return sympy.expand(sympy.Add(*(left * right for left, right in zip(a, b, strict=True))))


def fluid_element(dimensions: int) -> System:
    """A simplex of unit masses whose area (or volume) V a pressure keeps: r'' = lambda grad V, on V' = 0.

    lambda = -(d/dt grad V . v) / |grad V|^2 makes V'' = 0.
    """
    places = _symbols("xyz", dimensions + 1, dimensions)
    speeds = _symbols("uvw", dimensions + 1, dimensions)
    sides = [[a - b for a, b in zip(row, places[0], strict=True)] for row in places[1:]]
    volume = sympy.expand(sympy.Matrix(sides).det())
    r, v = list(itertools.chain(*places)), list(itertools.chain(*speeds))
    slopes = [sympy.diff(volume, s) for s in r]
    growth = _dot(slopes, v)
    pressure = -_dot([sympy.diff(growth, s) for s in r], v) / _dot(slopes, slopes)
    forces = [[pressure * slope for slope in slopes[i : i + dimensions]] for i in range(0, len(slopes), dimensions)]
    return System(
        f"fluid_{dimensions}d",
        _second_order(places, speeds, forces, (to_text(growth),), _title_of_fluid(dimensions)),
        degree={2: 3, 3: 2}[dimensions],
        independent={2: 7, 3: 12}[dimensions],
    )


def _symbols(letters: str, count: int, dimensions: int) -> list[list[sympy.Symbol]]:
    return [[sympy.Symbol(f"{letters[k]}{i + 1}", real=True) for k in range(dimensions)] for i in range(count)]


def _second_order(
    places: list[list[sympy.Symbol]],
    speeds: list[list[sympy.Symbol]],
    forces: list[list[sympy.Expr]],
    constraints: tuple[str, ...] = (),
    title: str = "",
) -> Dynamics:
    """r' = v, v' = force."""
    names = [s.name for row in (*places, *speeds) for s in row]
    rhs = [s.name for row in speeds for s in row] + [to_text(f) for row in forces for f in row]
    return Dynamics(tuple(names), tuple(rhs), (), constraints, title)

"""Field equations u_t = F(u, u_x, ...) whose conserved densities are known, integrable ones and others.

OptPDE's family is from arXiv 2405.04484; the others are textbook equations.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from types import MappingProxyType

from ..subjects.equations.evolution import Evolution


@dataclass(frozen=True)
class FieldEquation:
    """A field equation, the order and degree to search, and how many densities are known within them."""

    name: str
    evolution: Evolution
    order: int
    degree: int
    known: int


@lru_cache(maxsize=1)
def field_equations() -> Mapping[str, FieldEquation]:
    """Every built-in field equation by name.

    >>> field_equations()["kdv"].evolution.describe()
    'u_t = 6*u*u_x - u_xxx'
    """
    table = tomllib.loads((files("pellucid.datasets") / "field_equations.toml").read_text(encoding="utf-8"))
    found = {}
    for name, entry in table.items():
        equations, parameters = entry["equations"], tuple(entry.get("parameters", ()))
        evolution = Evolution(tuple(equations), tuple(equations.values()), parameters, entry["title"])
        found[name] = FieldEquation(name, evolution, entry["order"], entry["degree"], entry["known"])
    return MappingProxyType(found)

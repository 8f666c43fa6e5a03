"""Conserved densities: what a partial differential equation moves about but neither makes nor destroys."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar, Self

import sympy

from ...algebra.expressions.text import parse
from ...core.artifact import Artifact
from ..formulas.formula_source import functions_source
from .invariants import numbered


@dataclass(frozen=True)
class Densities(Artifact):
    """rho_t + J_x = 0 for each density rho and its flux J, for the fields' equations `rhs`.

    No two of them differ by a total derivative, and there are no others among polynomials of at most `degree` in
    derivatives up to `order`. A flux is empty where it was not found in closed form.

    >>> Densities(("u",), ("u*u_x",), (), ("u",), ("-u**2/2",), order=0, degree=1, dimension=1).describe()
    '1 conserved density: u'
    """

    fields: tuple[str, ...]
    rhs: tuple[str, ...]
    parameters: tuple[str, ...]
    densities: tuple[str, ...]
    fluxes: tuple[str, ...]
    order: int
    degree: int
    dimension: int
    """How many there are; those whose coefficients were not found in closed form count, but are not listed."""
    title: str = ""
    functions: tuple[str, ...] = ()
    """What else densities may be polynomials in: 1/u, sin(u), u**n, where the equations lead to such."""

    kind = "densities"
    file: ClassVar[str] = "densities.py"

    def __post_init__(self) -> None:
        for name in ("fields", "rhs", "parameters", "densities", "fluxes", "functions"):
            object.__setattr__(self, name, tuple(getattr(self, name)))
        if len(self.densities) != len(self.fluxes):
            raise ValueError(f"{len(self.densities)} densities have {len(self.fluxes)} fluxes; give one for each")

    def sympy(self) -> tuple[tuple[sympy.Expr, sympy.Expr | None], ...]:
        """Every density with its flux, over real symbols; derivatives are symbols such as u_xx."""
        return self._pairs

    def equations_latex(self) -> tuple[tuple[str, str], ...]:
        """Name and expression of every density and flux, typeset."""
        pairs = [
            (name, e)
            for names, laws in zip(self.names(), self._pairs, strict=True)
            for name, e in zip(names, laws, strict=True)
        ]
        return tuple((sympy.latex(sympy.Symbol(name)), sympy.latex(e)) for name, e in pairs if e is not None)

    def names(self) -> tuple[tuple[str, str], ...]:
        """What densities and fluxes are called: rho1 and J1, rho2 and J2, ..."""
        taken = (*self.fields, *self.parameters)
        names = (numbered(letter, len(self.densities), taken) for letter in ("rho", "J"))
        return tuple(zip(*names, strict=True))

    def to_python(self) -> str:
        """A module with a function for each density and each flux, of fields, derivatives and parameters."""
        functions = []
        for names, (density, flux), text in zip(self.names(), self._pairs, self.densities, strict=True):
            for name, expression, doc in zip(
                names, (density, flux), (f"{text}: a conserved density.", f"The flux of {names[0]}."), strict=True
            ):
                if expression is not None:
                    free = sorted(map(str, expression.free_symbols), key=self._rank)
                    functions.append((name, expression, free, doc))
        equations = [f"    {f}_t = {rhs}" for f, rhs in zip(self.fields, self.rhs, strict=True)]
        return functions_source(f"{self.title or 'Conserved densities'}.", functions, "\n".join(equations))

    def files(self) -> Mapping[str, bytes]:
        return {self.file: self.to_python().encode()} if self.densities else {}

    def describe(self) -> str:
        count = len(self.densities)
        if not count:
            return f"no conserved density of degree <= {self.degree} and order <= {self.order}{self.among_functions}"
        return f"{count} conserved densit{'ies' if count > 1 else 'y'}: {', '.join(self.densities)}"

    @property
    def among_functions(self) -> str:
        """Which functions densities may hold beside fields and derivatives, in words."""
        return f" in fields and {', '.join(self.functions)}" if self.functions else ""

    def to_dict(self) -> dict[str, Any]:
        return {
            "title": self.title,
            "fields": list(self.fields),
            "rhs": list(self.rhs),
            "parameters": list(self.parameters),
            "densities": list(self.densities),
            "fluxes": list(self.fluxes),
            "order": self.order,
            "degree": self.degree,
            "dimension": self.dimension,
            **({"functions": list(self.functions)} if self.functions else {}),
        }

    @classmethod
    def from_dict(cls, data: dict[str, Any], files: Mapping[str, bytes]) -> Self:
        given: dict[str, Any] = {n: tuple(value) if isinstance(value, list) else value for n, value in data.items()}
        return cls(**given)

    def _rank(self, name: str) -> tuple[bool, str, int]:
        """Fields with their derivatives in order, then parameters."""
        field, _, mark = name.partition("_")
        return name in self.parameters, field, int(mark[:-1]) if mark[:-1].isdigit() else len(mark)

    @cached_property
    def _pairs(self) -> tuple[tuple[sympy.Expr, sympy.Expr | None], ...]:
        texts = " ".join((*self.densities, *self.fluxes))
        derivatives = set(re.findall(r"\b[A-Za-z]\w*?_(?:x+|\d+x)\b", texts))
        names = (*self.fields, *sorted(derivatives), *self.parameters)
        pairs = zip(self.densities, self.fluxes, strict=True)
        return tuple((parse(density, names), parse(flux, names) if flux else None) for density, flux in pairs)

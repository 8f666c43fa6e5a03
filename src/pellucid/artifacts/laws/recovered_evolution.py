"""Recovered evolution: field equations that were found from a field on a grid, with how well each constant is known."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import sympy

from ...algebra.expressions.text import to_text
from ..formulas.formula_source import functions_source
from .recovered_equations import RecoveredEquations


@dataclass(frozen=True)
class RecoveredEvolution(RecoveredEquations):
    """fields[i]_t = rhs[i], with constants `parameters` of these `values` and `uncertainties` (standard deviations).

    Other numbers are exact as they stand: the data cannot tell them from simpler ones. `noise` is the standard
    deviation of the noise of every field; `misfit` is what the equations leave over, over what noise would (1: they
    explain all but the noise). `rivals` are other equations that follow the data as well.

    >>> wave = RecoveredEvolution(("u",), ("-k1*u*u_x - u_xxx",), ("k1",), (6.01,), (0.02,), (0.01,))
    >>> wave.describe()
    'u_t = -k1*u*u_x - u_xxx; k1 = 6.01 +- 0.02'
    """

    fields: tuple[str, ...]
    rhs: tuple[str, ...]
    parameters: tuple[str, ...] = ()
    values: tuple[float, ...] = ()
    uncertainties: tuple[float, ...] = ()
    noise: tuple[float, ...] = ()
    misfit: float = 1.0
    rivals: tuple[str, ...] = ()
    planar: bool = False
    """Whether there are derivatives in y as well."""
    title: str = ""

    kind = "recovered_evolution"

    def __post_init__(self) -> None:
        for name in ("fields", "rhs", "parameters", "values", "uncertainties", "noise", "rivals"):
            object.__setattr__(self, name, tuple(getattr(self, name)))
        self._check("fields")

    @property
    def moving(self) -> tuple[str, ...]:
        return self.fields

    @property
    def given(self) -> tuple[str, ...]:
        derivatives = set(re.findall(r"\b[A-Za-z]\w*?_(?:\d*[xy])+\b", " ".join(self.rhs)))
        return (*self.fields, *sorted(derivatives - set(self.fields)))

    def rate(self, name: str) -> str:
        return f"{name}_t"

    def rate_latex(self, name: str) -> str:
        return sympy.latex(sympy.Symbol(self.rate(name)))

    def to_python(self) -> str:
        functions = [
            (f"{name}_rate", e, sorted(map(str, e.free_symbols)), f"d{name}/dt = {to_text(e)}")
            for name, e in zip(self.fields, self.with_values(), strict=True)
        ]
        return functions_source(f"{self.title or 'Equations recovered from a field'}.", functions, self.describe())

    def to_dict(self) -> dict[str, Any]:
        names = ("fields", "rhs", "parameters", "values", "uncertainties", "noise", "rivals")
        given: dict[str, Any] = {name: list(getattr(self, name)) for name in names}
        return {**given, "misfit": self.misfit, "planar": self.planar, "title": self.title}

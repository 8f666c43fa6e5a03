"""Recovered evolution: field equations that were found from a field on a grid, with how well each constant is known."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar, Self, cast

import sympy

from ...algebra.text import parse, symbols_of, to_text
from ...core.artifact import Artifact
from ..formulas.formula_source import functions_source


@dataclass(frozen=True)
class RecoveredEvolution(Artifact):
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
    file: ClassVar[str] = "equations.py"

    def __post_init__(self) -> None:
        for name in ("fields", "rhs", "parameters", "values", "uncertainties", "noise", "rivals"):
            object.__setattr__(self, name, tuple(getattr(self, name)))
        if not len(self.parameters) == len(self.values) == len(self.uncertainties):
            raise ValueError(f"parameters {self.parameters} have values {self.values}; give a value to each")
        if len(self.rhs) != len(self.fields):
            raise ValueError(f"{len(self.fields)} fields have {len(self.rhs)} right-hand sides; give one for each")
        self.sympy()

    @property
    def terms(self) -> int:
        """Terms of all right-hand sides together."""
        return sum(len(sympy.Add.make_args(e)) for e in self._expressions if e != 0)

    def sympy(self) -> tuple[sympy.Expr, ...]:
        """The right-hand sides over real symbols: fields, derivatives such as u_xx, and parameters."""
        return self._expressions

    def with_values(self) -> tuple[sympy.Expr, ...]:
        """The right-hand sides with the parameters' values."""
        symbols = symbols_of(self.parameters)
        table = {symbols[name]: sympy.Float(value, 17) for name, value in zip(symbols, self.values, strict=True)}
        return tuple(cast(sympy.Expr, e.xreplace(table)) for e in self._expressions)

    def equations_latex(self) -> tuple[tuple[str, str], ...]:
        """Rate and right-hand side of every field, typeset; then the parameters."""
        pairs = zip(self.fields, self._expressions, strict=True)
        rates = [(sympy.latex(sympy.Symbol(f"{field}_t")), sympy.latex(e)) for field, e in pairs]
        known = zip(self.parameters, self.values, self.uncertainties, strict=True)
        return (*rates, *((sympy.latex(sympy.Symbol(n)), rf"{v:.8g} \pm {u:.1g}") for n, v, u in known))

    def to_python(self) -> str:
        """A module with the rate of every field as a function of fields and derivatives; it needs no package."""
        functions = [
            (f"{name}_rate", e, sorted(map(str, e.free_symbols)), f"d{name}/dt = {to_text(e)}")
            for name, e in zip(self.fields, self.with_values(), strict=True)
        ]
        return functions_source(f"{self.title or 'Equations recovered from a field'}.", functions, self.describe())

    def files(self) -> Mapping[str, bytes]:
        return {self.file: self.to_python().encode()}

    def describe(self) -> str:
        lines = [f"{name}_t = {text}" for name, text in zip(self.fields, self.rhs, strict=True)]
        known = zip(self.parameters, self.values, self.uncertainties, strict=True)
        return "; ".join([*lines, *(f"{name} = {value:.6g} +- {doubt:.1g}" for name, value, doubt in known)])

    def to_dict(self) -> dict[str, Any]:
        names = ("fields", "rhs", "parameters", "values", "uncertainties", "noise", "rivals")
        given: dict[str, Any] = {name: list(getattr(self, name)) for name in names}
        return {**given, "misfit": self.misfit, "planar": self.planar, "title": self.title}

    @classmethod
    def from_dict(cls, data: dict[str, Any], files: Mapping[str, bytes]) -> Self:
        given: dict[str, Any] = {n: tuple(value) if isinstance(value, list) else value for n, value in data.items()}
        return cls(**given)

    @cached_property
    def _expressions(self) -> tuple[sympy.Expr, ...]:
        derivatives = set(re.findall(r"\b[A-Za-z]\w*?_(?:[xy]+|\d+x)\b", " ".join(self.rhs)))
        names = (*self.fields, *sorted(derivatives - set(self.fields)), *self.parameters)
        return tuple(parse(text, names) for text in self.rhs)

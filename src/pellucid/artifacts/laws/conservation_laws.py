"""Conservation laws of field equations of any form: multipliers, and the densities and fluxes that they give."""

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
class ConservationLaws(Artifact):
    """sum_a Q_a (equation a) = D_t T + D_x X + ... for all fields: where the equations hold, T is conserved.

    `multipliers[i]` are Q_a of law i for each of `equations` (what is 0), `currents[i]` are T, X, ... for each of
    `independent`; empty where they were not found in closed form. There are `dimension` such laws with multipliers of
    at most `degree` in derivatives up to `order`, without the `leading` ones; `explicit`: in t and x themselves, too.

    >>> ConservationLaws(
    ...     ("u",), ("t", "x"), ("u_t + u*u_x",), (), (("1",),), (("u", "u**2/2"),), 0, 0, False, ("u_t",), 1
    ... ).describe()
    '1 conservation law: density u'
    """

    fields: tuple[str, ...]
    independent: tuple[str, ...]
    equations: tuple[str, ...]
    parameters: tuple[str, ...]
    multipliers: tuple[tuple[str, ...], ...]
    currents: tuple[tuple[str, ...], ...]
    order: int
    degree: int
    explicit: bool
    leading: tuple[str, ...]
    dimension: int
    title: str = ""
    functions: tuple[str, ...] = ()
    """What else multipliers may be polynomials in: 1/u, sin(u), u**n, where the equations lead to such."""

    kind = "conservation_laws"
    file: ClassVar[str] = "conservation_laws.py"

    def __post_init__(self) -> None:
        for name in ("fields", "independent", "equations", "parameters", "leading", "functions"):
            object.__setattr__(self, name, tuple(getattr(self, name)))
        for name in ("multipliers", "currents"):
            object.__setattr__(self, name, tuple(tuple(row) for row in getattr(self, name)))
        if len(self.multipliers) != len(self.currents):
            raise ValueError(
                f"{len(self.multipliers)} multipliers have {len(self.currents)} currents; give each its own"
            )

    def sympy(self) -> tuple[tuple[sympy.Expr, ...], ...]:
        """T, X, ... of every law, over real symbols such as u_xx; () where they were not found in closed form."""
        return self._currents

    def equations_latex(self) -> tuple[tuple[str, str], ...]:
        """Name and expression of every density and flux, typeset."""
        pairs = [
            pair
            for names, law in zip(self.names(), self._currents, strict=True)
            for pair in zip(names, law, strict=False)
        ]
        return tuple((sympy.latex(sympy.Symbol(name)), sympy.latex(e)) for name, e in pairs)

    def names(self) -> tuple[tuple[str, ...], ...]:
        """What densities and fluxes are called: T1, X1, T2, X2, ...; in the plane with Y1, Y2."""
        taken = (*self.fields, *self.parameters)
        letters = [s.upper() for s in self.independent]
        return tuple(zip(*(numbered(letter, len(self.multipliers), taken) for letter in letters), strict=True))

    def to_python(self) -> str:
        """A module with a function for each density and flux, of fields, derivatives and parameters."""
        functions = []
        for names, law, multiplier in zip(self.names(), self._currents, self.multipliers, strict=True):
            for name, expression in zip(names, law, strict=False):
                free = sorted(map(str, expression.free_symbols), key=lambda n: (n in self.parameters, n))
                what = "density" if name == names[0] else "flux"
                functions.append(
                    (name, expression, free, f"The {what} that the multiplier {', '.join(multiplier)} gives.")
                )
        equations = "\n".join(f"    {text} = 0" for text in self.equations)
        return functions_source(f"{self.title or 'Conservation laws'}.", functions, equations)

    def files(self) -> Mapping[str, bytes]:
        return {self.file: self.to_python().encode()} if any(self._currents) else {}

    def scope(self) -> str:
        """Which multipliers were searched, in words."""
        own = ", ".join([*(self.independent if self.explicit else ()), "fields", *self.functions])
        own = " and ".join(own.rsplit(", ", 1))
        without = "" if self.explicit else f", without explicit {', '.join(self.independent)}"
        what = f"derivatives up to order {self.order}" if self.order else "no derivatives"
        return (
            f"multipliers of degree <= {self.degree} in {own}, with {what} (none of {', '.join(self.leading)}){without}"
        )

    def describe(self) -> str:
        count = len(self.multipliers)
        if not count:
            return f"no conservation law with {self.scope()}"
        shown = [
            law[0] if law else f"of the multiplier {', '.join(q)}"
            for law, q in zip(self.currents, self.multipliers, strict=True)
        ]
        several = f"{count} conservation laws: densities" if count > 1 else "1 conservation law: density"
        return f"{several} {', '.join(shown)}"

    def to_dict(self) -> dict[str, Any]:
        return {
            "title": self.title,
            "fields": list(self.fields),
            "independent": list(self.independent),
            "equations": list(self.equations),
            "parameters": list(self.parameters),
            "multipliers": [list(row) for row in self.multipliers],
            "currents": [list(row) for row in self.currents],
            "order": self.order,
            "degree": self.degree,
            "explicit": self.explicit,
            "leading": list(self.leading),
            "dimension": self.dimension,
            **({"functions": list(self.functions)} if self.functions else {}),
        }

    @classmethod
    def from_dict(cls, data: dict[str, Any], files: Mapping[str, bytes]) -> Self:
        given: dict[str, Any] = {n: tuple(value) if isinstance(value, list) else value for n, value in data.items()}
        return cls(**given)

    @cached_property
    def _currents(self) -> tuple[tuple[sympy.Expr, ...], ...]:
        texts = " ".join(text for law in self.currents for text in law)
        derivatives = set(re.findall(r"\b[A-Za-z]\w*?_(?:\d*[xyzt])+\b", texts))
        names = (*self.fields, *sorted(derivatives), *self.parameters, *self.independent)
        return tuple(tuple(parse(text, names) for text in law) for law in self.currents)

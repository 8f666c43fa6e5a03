"""DiscreteMap: x[n+1] = F(x[n]), with parameters that may stay symbols."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

import sympy

from ...algebra.expressions.notation import declared
from ...algebra.expressions.text import parse
from ...core.subject import Subject
from .dynamics import read, refuse_names
from .map_text import MapText


@dataclass(frozen=True)
class DiscreteMap(Subject):
    """variables[i] becomes rhs[i], from one step to the next.

    >>> DiscreteMap.parse("x_{n+1} = (a + x_n)/x_{n-1}", parameters="a").describe()
    'x[n+1] = (a + x)/x_prev; x_prev[n+1] = x'
    """

    made_by: ClassVar[str] = 'DiscreteMap.parse("x[n+1] = 2x[n] + y[n]; y[n+1] = x[n] + y[n]")'

    variables: tuple[str, ...]
    rhs: tuple[str, ...]
    parameters: tuple[str, ...] = ()
    title: str = ""

    def __post_init__(self) -> None:
        for name in ("variables", "rhs", "parameters"):
            object.__setattr__(self, name, tuple(getattr(self, name)))
        if not self.variables or len(self.rhs) != len(self.variables):
            raise ValueError(f"{len(self.variables)} variables have {len(self.rhs)} next values; give one for each")
        names = (*self.variables, *self.parameters)
        refuse_names(names)
        pairs = zip(self.variables, self.rhs, strict=True)
        object.__setattr__(self, "rhs", tuple(read(f"{v}[n+1] = ", text, names)[0] for v, text in pairs))

    @classmethod
    def parse(cls, text: str, parameters: str | Iterable[str] = (), title: str = "") -> DiscreteMap:
        """Recurrences as they are typed, separated by semicolons, commas or lines. Raises ValueError.

        >>> DiscreteMap.parse("pₙ₊₁ = pₙ + k xₙ, xₙ₊₁ = xₙ + pₙ₊₁", "k").rhs
        ('k*x + p', 'k*x + p + x')
        """
        words = declared(parameters)
        written = MapText(text, words)
        return cls(written.variables, written.rhs, words, title)

    def expressions(self) -> tuple[sympy.Expr, ...]:
        """The next values over real symbols."""
        return tuple(parse(text, (*self.variables, *self.parameters)) for text in self.rhs)

    def fingerprint(self) -> str:
        """SHA-256 of the equations."""
        return hashlib.sha256(repr(("map", self.variables, self.rhs, self.parameters)).encode()).hexdigest()

    def describe(self) -> str:
        """The equations on one line."""
        return "; ".join(f"{name}[n+1] = {text}" for name, text in zip(self.variables, self.rhs, strict=True))

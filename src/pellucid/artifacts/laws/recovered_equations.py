"""Recovered equations: rates that were found from data, with constants of which it is known how well each is known."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from functools import cached_property
from typing import Any, ClassVar, Self, cast

import sympy

from ...algebra.expressions.text import parse, symbols_of
from ...core.artifact import Artifact


class RecoveredEquations(Artifact):
    """The rate of each of `moving` is one of `rhs`; a frozen dataclass says of what, and has these fields.

    `parameters` are constants of these `values` and `uncertainties` (standard deviations). Other numbers are exact as
    they stand: the data cannot tell them from simpler ones.
    """

    rhs: tuple[str, ...]
    parameters: tuple[str, ...]
    values: tuple[float, ...]
    uncertainties: tuple[float, ...]

    file: ClassVar[str] = "equations.py"

    @property
    @abstractmethod
    def moving(self) -> tuple[str, ...]:
        """What the right-hand sides are the rates of."""

    @property
    @abstractmethod
    def given(self) -> tuple[str, ...]:
        """What the rates are functions of, beside the parameters."""

    @abstractmethod
    def rate(self, name: str) -> str:
        """How the rate of one of `moving` is written."""

    @abstractmethod
    def rate_latex(self, name: str) -> str:
        """The same, typeset."""

    @abstractmethod
    def to_python(self) -> str:
        """A module with every rate as a function; it needs no package."""

    def _check(self, what: str) -> None:
        """Raises ValueError for rates and constants that do not fit, and text that is not understood."""
        if not len(self.parameters) == len(self.values) == len(self.uncertainties):
            raise ValueError(f"parameters {self.parameters} have values {self.values}; give a value to each")
        if len(self.rhs) != len(self.moving):
            raise ValueError(f"{len(self.moving)} {what} have {len(self.rhs)} right-hand sides; give one for each")
        self.sympy()

    @property
    def terms(self) -> int:
        """Terms of all right-hand sides together."""
        return sum(len(sympy.Add.make_args(e)) for e in self._expressions if e != 0)

    def sympy(self) -> tuple[sympy.Expr, ...]:
        """The right-hand sides over real symbols, parameters among them."""
        return self._expressions

    def with_values(self) -> tuple[sympy.Expr, ...]:
        """The right-hand sides with the parameters' values."""
        symbols = symbols_of(self.parameters)
        table = {symbols[name]: sympy.Float(value, 17) for name, value in zip(symbols, self.values, strict=True)}
        return tuple(cast(sympy.Expr, e.xreplace(table)) for e in self._expressions)

    def constants(self, mark: str = "+-") -> list[str]:
        """Every parameter with its value and uncertainty, as a person writes it."""
        return [f"{name} = {value:.6g} {mark} {doubt:.1g}" for name, value, doubt in self._known()]

    def equations_latex(self) -> tuple[tuple[str, str], ...]:
        """Every rate and its right-hand side, typeset; then the parameters."""
        rates = ((self.rate_latex(n), sympy.latex(e)) for n, e in zip(self.moving, self._expressions, strict=True))
        return (*rates, *((sympy.latex(sympy.Symbol(n)), rf"{v:.8g} \pm {u:.1g}") for n, v, u in self._known()))

    def files(self) -> Mapping[str, bytes]:
        return {self.file: self.to_python().encode()}

    def describe(self) -> str:
        lines = [f"{self.rate(name)} = {text}" for name, text in zip(self.moving, self.rhs, strict=True)]
        return "; ".join([*lines, *self.constants()])

    @classmethod
    def from_dict(cls, data: dict[str, Any], files: Mapping[str, bytes]) -> Self:
        given: dict[str, Any] = {n: tuple(value) if isinstance(value, list) else value for n, value in data.items()}
        return cls(**given)

    def _known(self) -> zip[tuple[str, float, float]]:
        return zip(self.parameters, self.values, self.uncertainties, strict=True)

    @cached_property
    def _expressions(self) -> tuple[sympy.Expr, ...]:
        return tuple(parse(text, (*self.given, *self.parameters)) for text in self.rhs)

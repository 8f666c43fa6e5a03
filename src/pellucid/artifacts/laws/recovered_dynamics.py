"""Recovered dynamics: equations of motion that were found from trajectories, with how well each constant is known."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar, Self, cast

import sympy

from ...algebra.text import parse, symbols_of, to_text
from ...core.artifact import Artifact
from ..formulas.formula_source import functions_source, numpy_function


@dataclass(frozen=True)
class RecoveredDynamics(Artifact):
    """variables[i]' = rhs[i], with constants `parameters` of these `values` and `uncertainties` (standard deviations).

    Other numbers in the equations are exact as they stand: the data cannot tell them from simpler ones. `noise` is the
    standard deviation of what the equations leave over in each variable; `misfit` is that over the noise of the samples
    (1: the equations explain all but the noise). `inputs` drive the system, and `time`, where it is named, stands in
    the equations. Each of `relations` is 0 on all orbits that were seen: right-hand sides are known up to multiples of
    these, and the shortest are given.

    >>> spring = RecoveredDynamics(("x", "v"), ("v", "-k1*x"), ("k1",), (2.03,), (0.01,), (0.1, 0.1))
    >>> spring.describe()
    "x' = v; v' = -k1*x; k1 = 2.03 +- 0.01"
    """

    variables: tuple[str, ...]
    rhs: tuple[str, ...]
    parameters: tuple[str, ...] = ()
    values: tuple[float, ...] = ()
    uncertainties: tuple[float, ...] = ()
    noise: tuple[float, ...] = ()
    misfit: float = 1.0
    library: str = ""
    title: str = ""
    inputs: tuple[str, ...] = ()
    time: str = ""
    relations: tuple[str, ...] = ()

    kind = "recovered_dynamics"
    file: ClassVar[str] = "equations.py"

    def __post_init__(self) -> None:
        for name in ("variables", "rhs", "parameters", "values", "uncertainties", "noise", "inputs", "relations"):
            object.__setattr__(self, name, tuple(getattr(self, name)))
        if not len(self.parameters) == len(self.values) == len(self.uncertainties):
            raise ValueError(f"parameters {self.parameters} have values {self.values}; give a value to each")
        if len(self.rhs) != len(self.variables):
            raise ValueError(
                f"{len(self.variables)} variables have {len(self.rhs)} right-hand sides; give one for each"
            )
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

    def numpy(self) -> Callable[..., Any]:
        """A function of one array for each variable, input, and the time where it is named; a list of their rates."""
        rates: Any = sympy.Tuple(*self.with_values())
        return numpy_function(rates, self.given)

    @property
    def given(self) -> tuple[str, ...]:
        """What the rates are functions of."""
        return (*self.variables, *self.inputs, *((self.time,) if self.time else ()))

    def latex(self) -> tuple[str, ...]:
        """Every right-hand side, typeset."""
        return tuple(sympy.latex(expression) for expression in self._expressions)

    def equations_latex(self) -> tuple[tuple[str, str], ...]:
        """Rate and right-hand side of every variable, typeset; then the parameters."""
        rates = [(rf"\dot{{{sympy.latex(sympy.Symbol(v))}}}", text) for v, text in zip(self.variables, self.latex())]  # noqa: B905
        known = zip(self.parameters, self.values, self.uncertainties, strict=True)
        return (*rates, *((sympy.latex(sympy.Symbol(n)), rf"{v:.8g} \pm {u:.1g}") for n, v, u in known))

    def to_python(self) -> str:
        """A module with the rate of every variable as a function; it needs no package."""
        given = zip(self.variables, self.with_values(), strict=True)
        functions = [(f"{name}_rate", e, self.given, f"d{name}/dt = {to_text(e)}") for name, e in given]
        return functions_source(f"{self.title or 'Equations recovered from trajectories'}.", functions, self.describe())

    def files(self) -> Mapping[str, bytes]:
        return {self.file: self.to_python().encode()}

    def describe(self) -> str:
        lines = [f"{name}' = {text}" for name, text in zip(self.variables, self.rhs, strict=True)]
        known = zip(self.parameters, self.values, self.uncertainties, strict=True)
        numbers = [f"{name} = {value:.6g} +- {doubt:.1g}" for name, value, doubt in known]
        related = [f"{text} = 0 on all orbits" for text in self.relations]
        return "; ".join([*lines, *numbers, *related])

    def to_dict(self) -> dict[str, Any]:
        return {
            "variables": list(self.variables),
            "rhs": list(self.rhs),
            "parameters": list(self.parameters),
            "values": list(self.values),
            "uncertainties": list(self.uncertainties),
            "noise": list(self.noise),
            "misfit": self.misfit,
            "library": self.library,
            "title": self.title,
            **({"inputs": list(self.inputs)} if self.inputs else {}),
            **({"time": self.time} if self.time else {}),
            **({"relations": list(self.relations)} if self.relations else {}),
        }

    @classmethod
    def from_dict(cls, data: dict[str, Any], files: Mapping[str, bytes]) -> Self:
        given: dict[str, Any] = {n: tuple(value) if isinstance(value, list) else value for n, value in data.items()}
        return cls(**given)

    @cached_property
    def _expressions(self) -> tuple[sympy.Expr, ...]:
        return tuple(parse(text, (*self.given, *self.parameters)) for text in self.rhs)

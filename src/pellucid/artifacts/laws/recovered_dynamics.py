"""Recovered dynamics: equations of motion that were found from trajectories, with how well each constant is known."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import sympy

from ...algebra.expressions.text import to_text
from ..formulas.formula_source import functions_source, numpy_function
from .recovered_equations import RecoveredEquations


@dataclass(frozen=True)
class RecoveredDynamics(RecoveredEquations):
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

    def __post_init__(self) -> None:
        for name in ("variables", "rhs", "parameters", "values", "uncertainties", "noise", "inputs", "relations"):
            object.__setattr__(self, name, tuple(getattr(self, name)))
        self._check("variables")

    @property
    def moving(self) -> tuple[str, ...]:
        return self.variables

    @property
    def given(self) -> tuple[str, ...]:
        return (*self.variables, *self.inputs, *((self.time,) if self.time else ()))

    def rate(self, name: str) -> str:
        return f"{name}'"

    def rate_latex(self, name: str) -> str:
        return rf"\dot{{{sympy.latex(sympy.Symbol(name))}}}"

    def numpy(self) -> Callable[..., Any]:
        """A function of one array for each variable, input, and the time where it is named; a list of their rates."""
        rates: Any = sympy.Tuple(*self.with_values())
        return numpy_function(rates, self.given)

    def latex(self) -> tuple[str, ...]:
        """Every right-hand side, typeset."""
        return tuple(sympy.latex(expression) for expression in self.sympy())

    def to_python(self) -> str:
        given = zip(self.variables, self.with_values(), strict=True)
        functions = [(f"{name}_rate", e, self.given, f"d{name}/dt = {to_text(e)}") for name, e in given]
        return functions_source(f"{self.title or 'Equations recovered from trajectories'}.", functions, self.describe())

    def describe(self) -> str:
        return "; ".join([super().describe(), *(f"{text} = 0 on all orbits" for text in self.relations)])

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

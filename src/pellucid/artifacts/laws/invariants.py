"""Invariants: functions of the state that keep their value along every solution."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar, Self

import sympy

from ...algebra.text import parse
from ...core.artifact import Artifact
from ..formulas.formula_source import functions_source, numpy_function


@dataclass(frozen=True)
class Invariants(Artifact):
    """Functionally independent conserved quantities of x' = f(x), and how many there are in all.

    `expressions` are text over variables and parameters. `vectors` counts the linearly independent conserved
    polynomials up to `degree` in `basis` (powers and products of the invariants among them), not counting the `trivial`
    ones that are constant because of what the symbols mean; `others` are those that depend on the independent ones,
    where they are few enough to be listed.

    >>> Invariants(("x", "v"), ("v", "-k*x"), ("k",), ("k*x**2 + v**2",), 2, ("x", "v"), vectors=1).describe()
    '1 independent invariant: k*x**2 + v**2'
    """

    variables: tuple[str, ...]
    rhs: tuple[str, ...]
    parameters: tuple[str, ...]
    expressions: tuple[str, ...]
    degree: int
    basis: tuple[str, ...]
    vectors: int
    trivial: int = 0
    others: tuple[str, ...] = ()
    constraints: tuple[str, ...] = ()
    title: str = ""

    kind = "invariants"
    file: ClassVar[str] = "invariants.py"

    def __post_init__(self) -> None:
        for name in ("variables", "rhs", "parameters", "expressions", "basis", "constraints", "others"):
            object.__setattr__(self, name, tuple(getattr(self, name)))
        self.sympy()

    def sympy(self) -> tuple[sympy.Expr, ...]:
        """Every independent invariant over real symbols."""
        return self._expressions

    def latex(self) -> tuple[str, ...]:
        """Every independent invariant, typeset."""
        return tuple(sympy.latex(expression) for expression in self._expressions)

    def numpy(self) -> tuple[Callable[..., Any], ...]:
        """A function for each invariant, of one array for each variable and then each parameter."""
        names = (*self.variables, *self.parameters)
        return tuple(numpy_function(expression, names) for expression in self._expressions)

    def equations_latex(self) -> tuple[tuple[str, str], ...]:
        """Name and expression of every independent invariant, typeset."""
        return tuple(
            (sympy.latex(sympy.Symbol(name)), text) for name, text in zip(self.names(), self.latex(), strict=True)
        )

    def names(self) -> tuple[str, ...]:
        """What the independent invariants are called: H1, H2, ...; another letter where a variable has that name."""
        return numbered("H", len(self.expressions), (*self.variables, *self.parameters))

    def left(self, variable: str) -> str:
        """What stands on the left of a variable's equation."""
        return f"{variable}'"

    def to_python(self) -> str:
        """A module with a function of variables and parameters for each invariant; it needs no package."""
        arguments = (*self.variables, *self.parameters)
        rows = zip(self.names(), self.expressions, self._expressions, strict=True)
        functions = [(name, e, arguments, f"{text}: the same along every solution.") for name, text, e in rows]
        equations = [f"    {self.left(v)} = {rhs}" for v, rhs in zip(self.variables, self.rhs, strict=True)]
        equations += [f"    {text} = 0" for text in self.constraints]
        return functions_source(f"{self.title or 'Conserved quantities'}.", functions, "\n".join(equations))

    def files(self) -> Mapping[str, bytes]:
        return {self.file: self.to_python().encode()} if self.expressions else {}

    def describe(self) -> str:
        count = len(self.expressions)
        if not count:
            return f"no invariant up to degree {self.degree}"
        return f"{count} independent invariant{'s' if count > 1 else ''}: {', '.join(self.expressions)}"

    def to_dict(self) -> dict[str, Any]:
        return {
            "title": self.title,
            "variables": list(self.variables),
            "rhs": list(self.rhs),
            "parameters": list(self.parameters),
            "constraints": list(self.constraints),
            "expressions": list(self.expressions),
            "degree": self.degree,
            "basis": list(self.basis),
            "vectors": self.vectors,
            "trivial": self.trivial,
            "others": list(self.others),
        }

    @classmethod
    def from_dict(cls, data: dict[str, Any], files: Mapping[str, bytes]) -> Self:
        given: dict[str, Any] = {n: tuple(value) if isinstance(value, list) else value for n, value in data.items()}
        return cls(**given)

    @cached_property
    def _expressions(self) -> tuple[sympy.Expr, ...]:
        return tuple(parse(text, (*self.variables, *self.parameters)) for text in self.expressions)


def numbered(letter: str, count: int, taken: Sequence[str]) -> tuple[str, ...]:
    """letter1, letter2, ...; with more letters where such a name is taken.

    >>> numbered("H", 2, ("x",)), numbered("H", 1, ("H1",))
    (('H1', 'H2'), ('HH1',))
    """
    names = tuple(f"{letter}{i + 1}" for i in range(count))
    return numbered(letter + letter[-1], count, taken) if set(names) & set(taken) else names

"""Invariants: functions of the state that keep their value along every solution."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar, Self

import numpy as np
import sympy

from ...algebra.expressions.text import parse
from ...core.artifact import Artifact
from ..formulas.formula_source import functions_source, numpy_function


@dataclass(frozen=True)
class Invariants(Artifact):
    """Functionally independent conserved quantities of x' = f(x), and how many there are in all.

    `expressions` are text over variables and parameters. `vectors` counts the linearly independent conserved
    polynomials up to `degree` in `basis` (powers and products of the invariants among them), not counting the `trivial`
    ones that are constant because of what the symbols mean; `others` are those that depend on the independent ones,
    where they are few enough to be listed.

    The last `outside` of the expressions are no such polynomials: they hold logarithms, quotients, products of powers.
    Others hold the time: `timed` are constant along solutions, too. `darboux` are pairs (f, K) with df/dt = K f, and
    `multipliers` are M with div(M f) = 0. `searched` says in words which functions beyond the basis were looked at,
    `meanings` what the first expressions are called, "" where there is no name.

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
    outside: int = 0
    timed: tuple[str, ...] = ()
    darboux: tuple[tuple[str, str], ...] = ()
    multipliers: tuple[str, ...] = ()
    searched: tuple[str, ...] = ()
    meanings: tuple[str, ...] = ()

    kind = "invariants"
    file: ClassVar[str] = "invariants.py"

    def __post_init__(self) -> None:
        for name in ("variables", "rhs", "parameters", "expressions", "basis", "constraints", "others", "timed"):
            object.__setattr__(self, name, tuple(getattr(self, name)))
        for name in ("multipliers", "searched", "meanings"):
            object.__setattr__(self, name, tuple(getattr(self, name)))
        object.__setattr__(self, "darboux", tuple((str(f), str(k)) for f, k in self.darboux))
        if not 0 <= self.outside <= len(self.expressions):
            count = len(self.expressions)
            raise ValueError(f"outside={self.outside} of {count} expressions; give a number from 0 to {count}")
        self.sympy()

    def sympy(self) -> tuple[sympy.Expr, ...]:
        """Every independent invariant over real symbols."""
        return self._expressions

    @property
    def polynomials(self) -> tuple[str, ...]:
        """The expressions that are polynomials in the basis."""
        return self.expressions[: len(self.expressions) - self.outside]

    @property
    def time(self) -> str:
        """What the time is called in `timed`: t, or another name where a variable has that."""
        return time_name((*self.variables, *self.parameters))

    @property
    def scope(self) -> str:
        """What the polynomials are in, in words, and that they hold no time, unless it is one of the variables."""
        return f"in {', '.join(self.basis)}{self.timeless}"

    @property
    def timeless(self) -> str:
        """That they hold no time, in words; nothing where it is one of the variables."""
        return "" if "1" in self.rhs else ", without explicit time"

    def latex(self) -> tuple[str, ...]:
        """Every independent invariant, typeset."""
        return tuple(sympy.latex(expression) for expression in self._expressions)

    def numpy(self) -> tuple[Callable[..., Any], ...]:
        """A function for each invariant, of one array for each variable and then each parameter."""
        names = (*self.variables, *self.parameters)
        return tuple(numpy_function(expression, names) for expression in self._expressions)

    def along(self) -> tuple[Callable[..., Any], ...]:
        """The same functions of arrays whose last axis is the time: an angle goes on where its arc tangent jumps.

        >>> turning = Invariants(("x", "y"), ("y", "-x"), (), ("atan(y/x)",), 1, ("x", "y"), vectors=0, outside=1)
        >>> angle = np.linspace(0, 12, 50)
        >>> values = turning.along()[0](np.cos(angle), np.sin(angle))
        >>> bool(np.allclose(values, angle))
        True
        """
        names = (*self.variables, *self.parameters)
        return tuple(_continuous(expression, names) for expression in self._expressions)

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
        timed = f"; with the time: {', '.join(self.timed)}" if self.timed else ""
        if not count:
            within = f"no invariant of degree <= {self.degree} {self.scope}"
            return within + (timed or ("" if not self.searched else "; nor in what else was searched"))
        return f"{count} independent invariant{'s' if count > 1 else ''}: {', '.join(self.expressions)}{timed}"

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
            **self.later(),
        }

    def later(self) -> dict[str, Any]:
        """What invariants did not always have: left out where there is none, so that older certificates stay true."""
        given = {
            "outside": self.outside,
            "timed": list(self.timed),
            "darboux": [list(pair) for pair in self.darboux],
            "multipliers": list(self.multipliers),
            "searched": list(self.searched),
            "meanings": list(self.meanings),
        }
        return {name: value for name, value in given.items() if value}

    @classmethod
    def from_dict(cls, data: dict[str, Any], files: Mapping[str, bytes]) -> Self:
        given: dict[str, Any] = {n: tuple(value) if isinstance(value, list) else value for n, value in data.items()}
        return cls(**given)

    @cached_property
    def _expressions(self) -> tuple[sympy.Expr, ...]:
        return tuple(parse(text, (*self.variables, *self.parameters)) for text in self.expressions)


def _continuous(expression: sympy.Expr, names: Sequence[str]) -> Callable[..., Any]:
    """Over arrays, arc tangents without jumps along the last axis; logarithms (and atanh by them) of absolute values.

    log(g) and log(-g) have the same derivative, and so do both branches of atanh: what is conserved is so on both.
    """

    def logarithm(z: Any) -> Any:
        return sympy.log(sympy.Abs((1 + z) / (1 - z))) / 2

    plain: Any = expression.replace(sympy.atanh, logarithm).replace(sympy.log, lambda z: sympy.log(sympy.Abs(z)))
    angles = sorted(plain.atoms(sympy.atan), key=str)
    marks = [sympy.Symbol(f"angle_{i}_", real=True) for i in range(len(angles))]
    outer = numpy_function(plain.xreplace(dict(zip(angles, marks, strict=True))), (*names, *map(str, marks)))
    inner = [numpy_function(angle.args[0], names) for angle in angles]

    def function(*arrays: Any) -> Any:
        turns = [np.arctan(np.asarray(f(*arrays), dtype=float)) for f in inner]
        return outer(*arrays, *(np.unwrap(turn, period=np.pi) if turn.ndim else turn for turn in turns))

    return function


def time_name(taken: Sequence[str]) -> str:
    """A name for the time that is not taken.

    >>> time_name(["x", "t"])
    'time'
    """
    return next(name for name in ("t", "time", "t_", "time_", "t__", "time__") if name not in taken)


def numbered(letter: str, count: int, taken: Sequence[str]) -> tuple[str, ...]:
    """letter1, letter2, ...; with more letters where such a name is taken.

    >>> numbered("H", 2, ("x",)), numbered("H", 1, ("H1",))
    (('H1', 'H2'), ('HH1',))
    """
    names = tuple(f"{letter}{i + 1}" for i in range(count))
    return numbered(letter + letter[-1], count, taken) if set(names) & set(taken) else names

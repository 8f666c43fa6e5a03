"""Dynamics: equations of motion, x' = f(x), with parameters that may stay symbols."""

from __future__ import annotations

import hashlib
import keyword
import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import sympy

from ...algebra.expressions.notation import Notation, declared, unified
from ...algebra.expressions.text import parse, symbols_of, to_text
from ...core.subject import Subject
from .motion_text import MotionText


@dataclass(frozen=True)
class Dynamics(Subject):
    """variables[i]' = rhs[i] over variables and parameters, on the set where every constraint is 0.

    Right-hand sides are text; sin, cos, exp, log, powers and quotients of polynomials may occur. Raises ValueError for
    unknown names and for what is not text.

    >>> spring = Dynamics.parse("x' = v; v' = -k*x", parameters="k")
    >>> spring.variables, spring.parameters
    (('x', 'v'), ('k',))
    """

    made_by: ClassVar[str] = "Dynamics.parse(\"x' = v; v' = -x\"), or read_dynamics(path)"

    variables: tuple[str, ...]
    rhs: tuple[str, ...]
    parameters: tuple[str, ...] = ()
    constraints: tuple[str, ...] = ()
    title: str = ""

    def __post_init__(self) -> None:
        for name in ("variables", "rhs", "parameters", "constraints"):
            object.__setattr__(self, name, tuple(getattr(self, name)))
        names = (*self.variables, *self.parameters)
        if not self.variables or len(self.rhs) != len(self.variables):
            raise ValueError(
                f"{len(self.variables)} variables have {len(self.rhs)} right-hand sides; give one for each"
            )
        refuse_names(names)
        rhs = [read(f"{v}' = ", text, names) for v, text in zip(self.variables, self.rhs, strict=True)]
        constraints = [read("constraint ", text, names) for text in self.constraints]
        for text, (_, expression) in zip(self.constraints, constraints, strict=True):
            if not expression.free_symbols & set(symbols_of(self.variables).values()):
                raise ValueError(f"constraint {text!r} holds no variable; give an expression that is 0 on the orbits")
        object.__setattr__(self, "rhs", tuple(text for text, _ in rhs))
        object.__setattr__(self, "constraints", tuple(text for text, _ in constraints))

    @classmethod
    def parse(
        cls,
        text: str,
        parameters: str | Iterable[str] = (),
        constraints: str | Iterable[str] = (),
        title: str = "",
    ) -> Dynamics:
        """Equations of motion as they are typed, separated by semicolons, commas or lines. Raises ValueError.

        x' = v, dx/dt = v; of higher order, where vx is the velocity of x: x'' = -x; not solved: m x'' + k x = 0; with
        explicit t, which becomes a variable: x' = t x. Constraints are expressions that are 0, or equations.

        >>> Dynamics.parse("m θ'' = -2k sin θ + cos(t)", "m, k").describe()
        "theta' = vtheta; vtheta' = (-2*k*sin(theta) + cos(t))/m; t' = 1"
        """
        words = declared(parameters)
        written = MotionText(text, words)
        zero = tuple(written.constraint(line) for line in _lines(constraints))
        return cls(written.variables, written.rhs, words, zero, title)

    def expressions(self) -> tuple[sympy.Expr, ...]:
        """The right-hand sides over real symbols.

        >>> Dynamics.parse("x' = v; v' = -x").expressions()
        (v, -x)
        """
        return tuple(parse(text, (*self.variables, *self.parameters)) for text in self.rhs)

    def constraint_expressions(self) -> tuple[sympy.Expr, ...]:
        """What is 0 on the orbits."""
        return tuple(parse(text, (*self.variables, *self.parameters)) for text in self.constraints)

    def at(self, values: Mapping[str, Any]) -> Dynamics:
        """The same equations with numbers (or expressions in other names) for some parameters."""
        table, rest = values_put(self.parameters, values)
        rhs = [to_text(e.xreplace(table)) for e in self.expressions()]
        constraints = [to_text(e.xreplace(table)) for e in self.constraint_expressions()]
        return Dynamics(self.variables, tuple(rhs), rest, tuple(constraints), self.title)

    def fingerprint(self) -> str:
        """SHA-256 of the equations."""
        told = (self.variables, self.rhs, self.parameters, self.constraints)
        return hashlib.sha256(repr(told).encode()).hexdigest()

    def describe(self) -> str:
        """The equations on one line."""
        return "; ".join(f"{name}' = {text}" for name, text in zip(self.variables, self.rhs, strict=True))


def read(label: str, text: str, names: Iterable[str]) -> tuple[str, sympy.Expr]:
    """A side of an equation in Python's syntax, and what it is; `label` is what stands before it. Raises ValueError."""
    known = frozenset(names)
    try:
        written = Notation(known).python(unified(text))
        expression = parse(written, known)
    except ValueError as error:
        raise ValueError(f"{label}{text}: {str(error).replace('formula ', '', 1)}") from None
    refuse_singular(expression, f"{label}{text}")
    return written, expression


def values_put(
    parameters: tuple[str, ...], values: Mapping[str, Any]
) -> tuple[dict[sympy.Symbol, Any], tuple[str, ...]]:
    """What stands for parameters, numbers or text over the others, and the parameters that stay. Raises ValueError.

    >>> values_put(("a", "b"), {"a": "2*b"})
    ({a: 2*b}, ('b',))
    """
    unknown = sorted(set(values) - set(parameters))
    if unknown:
        raise ValueError(f"{unknown} are no parameters; the parameters are {list(parameters)}")
    symbols = symbols_of(parameters)
    table = {symbols[name]: parse(str(value), parameters) for name, value in values.items()}
    return table, tuple(name for name in parameters if name not in values)


def refuse_singular(expression: sympy.Expr, text: str) -> None:
    """Raises ValueError where the expression has a real value nowhere: a division by 0, log(0), sqrt(-1)."""
    if expression.has(sympy.zoo, sympy.nan, sympy.oo, -sympy.oo, sympy.I):
        raise ValueError(f"{text} has no real value anywhere (it holds a division by 0, log(0) or sqrt(-1)); mend it")


def read_dynamics(path: Path | str) -> Dynamics:
    """A system from a TOML file: [equations] x = "...", title, parameters, constraints. Raises ValueError."""
    path = Path(path)
    try:
        return dynamics_from(tomllib.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        raise ValueError(f"system {str(path)!r} is no file; give a TOML file with a table [equations]") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ValueError(f"system {str(path)!r} is not TOML ({error}); write lines such as x = 'v'") from None


def dynamics_from(table: Mapping[str, Any]) -> Dynamics:
    """The system that a TOML table writes; raises ValueError for what is missing or unknown."""
    equations = table.get("equations")
    if not isinstance(equations, dict) or not equations:
        raise ValueError("a system needs a table [equations] with lines such as x = 'v'; add it")
    lines = [f"{left.strip()}{'' if _has_derivative(left) else chr(39)} = {right}" for left, right in equations.items()]
    unknown = sorted(set(table) - {"equations", "title", "parameters", "constraints", "source"})
    if unknown:
        raise ValueError(f"a system has no {unknown}; known are equations, title, parameters, constraints, source")
    return Dynamics.parse(
        "\n".join(" ".join(line.split()) for line in lines),
        table.get("parameters", ()),
        table.get("constraints", ()),
        str(table.get("title", "")),
    )


def _has_derivative(left: str) -> bool:
    """Whether the left side of an equation in a file says which derivative it is; x alone stands for x'."""
    return re.fullmatch(r"\w+", left.strip()) is None


def _lines(given: str | Iterable[str]) -> tuple[str, ...]:
    texts: Sequence[str] = re.split(r"[;\n]", given) if isinstance(given, str) else list(given)
    return tuple(text.strip() for text in texts if text.strip())


def refuse_names(names: tuple[str, ...]) -> None:
    """Raises ValueError for names that cannot stand in an equation, or stand twice."""
    for name in names:
        if not name.isidentifier() or keyword.iskeyword(name):
            raise ValueError(f"name {name!r} cannot stand in an equation; use letters, digits and underscores")
    if len(set(names)) < len(names):
        twice = sorted({name for name in names if names.count(name) > 1})
        raise ValueError(f"{twice} are defined twice; give every variable and parameter one meaning")

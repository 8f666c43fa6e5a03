"""Equations of motion as they are typed: x' = v, dx/dt = v, x'' = -x, m x'' + k x = 0, θ̈ = -sin θ, x' = t x.

Equations of higher order become systems with velocities (vx for the velocity of x), equations that are not solved for
their highest derivatives are solved, and explicit t becomes a variable with t' = 1.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import sympy
from sympy.solvers.solveset import NonlinearError

from ...algebra.expressions.notation import Notation, sides_in, unified
from ...algebra.expressions.text import CONSTANTS, FUNCTIONS, parse, to_text

LETTERS = "vaj"
"""What first, second and third derivatives of x are called: vx, ax, jx."""
_INNER = re.compile(r"(?<![A-Za-z_])([A-Za-z]\w*?)__d(\d)\b")


@dataclass(frozen=True)
class MotionText:
    """The equations `text` writes, over variables that they name and the `parameters`. Raises ValueError."""

    text: str
    parameters: tuple[str, ...] = ()

    @cached_property
    def orders(self) -> dict[str, int]:
        """The highest derivative of every variable, in the order in which variables are met on the left."""
        found: dict[str, int] = {}
        for side in (0, 1):
            for pair in self._sides:
                for name, order in _INNER.findall(pair[side]):
                    found[name] = max(found.get(name, 1), int(order))
        if max(found.values(), default=1) > len(LETTERS) + 1:
            raise ValueError(f"{text_of(self._sides[0])} is of an order above 4; write it as a system of equations")
        return found

    @cached_property
    def variables(self) -> tuple[str, ...]:
        """Positions, then velocities, and t last where the equations hold it."""
        names = [name for k in range(len(LETTERS) + 1) for name in self._level(k)]
        return (*names, "t") if self._timed else tuple(names)

    @cached_property
    def rhs(self) -> tuple[str, ...]:
        """The derivative of each variable."""
        speeds = dict(zip(self.orders, self._solved, strict=True))
        moved = {self._name(n, k): self._name(n, k + 1) for n, order in self.orders.items() for k in range(order - 1)}
        moved |= {self._name(n, order - 1): speeds[n] for n, order in self.orders.items()}
        return tuple("1" if name == "t" and self._timed else moved[name] for name in self.variables)

    def constraint(self, text: str) -> str:
        """An expression that is 0, or an equation, over variables and their derivatives. Raises ValueError."""
        left, *right = _marked(unified(text)).split("=")
        if len(right) > 1:
            raise ValueError(f"constraint {text!r} has {len(right)} equals signs; write one")
        written = [self._renamed(self._notation.python(side)) for side in (left, *right)]
        zero = len(written) == 1 or written[1] == "0"
        if zero or re.fullmatch(r"\w+(\*\*\d+)?", written[1]):
            return written[0] if zero else f"{written[0]} - {written[1]}"
        return f"{written[0]} - ({written[1]})"

    @cached_property
    def _sides(self) -> list[tuple[str, str]]:
        """Left and right side of every equation, derivatives as x__d1, x__d2."""
        typed = sides_in(unified(self.text), "x' = ... or dx/dt = ...")
        pairs = [(_marked(left), _marked(right)) for left, right in typed]
        names = {name for pair in pairs for side in pair for name, _ in _INNER.findall(side)}
        if not names:
            ways = "x' = ... or dx/dt = ..., and for a map x[n+1] = ..."
            raise ValueError(f"equation {text_of(pairs[0])!r} is not understood; write {ways}")
        return [(self._apart(left, names), self._apart(right, names)) for left, right in pairs]

    def _apart(self, side: str, names: set[str]) -> str:
        """bx' as b x' where b is a parameter and x another variable."""

        def one(match: re.Match[str]) -> str:
            others = Notation(frozenset({*self.parameters, *(names - {match[1]})}))
            factors = others.factors(match[1])
            if factors is None or factors[-1] not in names or not set(factors[:-1]) <= set(self.parameters):
                return match[0]
            return " ".join([*factors[:-1], f"{factors[-1]}__d{match[2]}"])

        return _INNER.sub(one, side)

    @cached_property
    def _notation(self) -> Notation:
        inner = {f"{name}__d{k}" for name, order in self.orders.items() for k in range(1, order + 1)}
        time = () if "t" in self.orders else ("t",)
        return Notation(frozenset({*self.orders, *inner, *self.parameters, *time}), ("t",))

    @cached_property
    def _written(self) -> list[tuple[str, str]]:
        """Both sides in Python's syntax."""
        pairs = []
        for left, right in self._sides:
            try:
                pairs.append((self._notation.python(left), self._notation.python(right)))
            except ValueError as error:
                raise ValueError(f"{text_of((left, right))}: {_INNER.sub(_primes, str(error))}") from None
        return pairs

    @cached_property
    def _timed(self) -> bool:
        """Whether the equations hold t, where it is neither variable nor parameter."""
        free = "t" not in {*self.orders, *self.parameters}
        return free and any(re.search(r"(?<!\w)t(?!\w)", side) for pair in self._written for side in pair)

    @cached_property
    def _solved(self) -> list[str]:
        """The highest derivative of each variable, by the equations."""
        tops = [f"{name}__d{order}" for name, order in self.orders.items()]
        given = [left for left, _ in self._written]
        _refuse_count(given, tops)
        inside = {name for _, right in self._written for name in re.findall(r"\w+", right)}
        if sorted(given) == sorted(tops) and not inside & set(tops):
            by_name = dict(self._written)
            found = [by_name[top] for top in tops]
        else:
            found = _linear_solution(self._written, tops, sorted(self._notation.names))
        return [self._renamed(text) for text in found]

    def _level(self, order: int) -> list[str]:
        return [self._name(name, order) for name, highest in self.orders.items() if order < highest]

    def _name(self, name: str, order: int) -> str:
        """x, vx, ax, jx; with underscores where such a name is taken."""
        if order == 0:
            return name
        taken = {*self.orders, *self.parameters, *FUNCTIONS, *CONSTANTS}
        free = LETTERS[order - 1] + name
        while free in taken:
            free += "_"
        return free

    def _renamed(self, text: str) -> str:
        return _INNER.sub(lambda m: self._name(m[1], int(m[2])), text)


def text_of(pair: Sequence[str]) -> str:
    """An equation as it was typed, for messages."""
    return _INNER.sub(_primes, " = ".join(pair))


def _shown(names: Sequence[str]) -> str:
    """Derivatives as they are typed, for messages."""
    return ", ".join(_INNER.sub(_primes, name) for name in names)


def _primes(match: re.Match[str]) -> str:
    return match[1] + "'" * int(match[2])


def _marked(text: str) -> str:
    """Derivatives by time, dx/dt and x', as x__d1, x__d2, ..."""
    order = r"(?:(?:\^|\*\*)[{(]?(\d)[)}]?)?"
    text = re.sub(
        rf"(?<![A-Za-z_])\(*[d∂]{order}\s*([A-Za-z]\w*)\)?\s*/\s*\(?[d∂]t{order}\b\)*", _marked_quotient, text
    )
    return re.sub(r"([A-Za-z_]\w*)\s*('+)(?=(\w)?)", lambda m: f"{m[1]}__d{len(m[2])}" + " " * bool(m[3]), text)


def _marked_quotient(match: re.Match[str]) -> str:
    """d^2x/dt^2 as x__d2. Raises ValueError where the two orders differ."""
    if (match[1] or "1") != (match[3] or "1"):
        raise ValueError(f"{match[0]!r} is no derivative; write d^2x/dt^2")
    return f" {match[2]}__d{match[1] or 1}"


def _refuse_count(given: Sequence[str], tops: Sequence[str]) -> None:
    """Raises ValueError where the left sides `given` are not one for each of the highest derivatives."""
    twice = next((top for top in tops if given.count(top) > 1), None)
    if twice is not None:
        raise ValueError(f"{_shown([twice])} is given twice; give one equation for each variable")
    if len(given) != len(tops):
        raise ValueError(f"{len(given)} equations for {_shown(tops)}; give one equation for each variable")


def _linear_solution(pairs: Sequence[tuple[str, str]], tops: Sequence[str], names: Sequence[str]) -> list[str]:
    """What the highest derivatives are by equations that are linear in them. Raises ValueError."""
    symbols = [sympy.Symbol(top, real=True) for top in tops]
    zero = [_parsed(left, names) - _parsed(right, names) for left, right in pairs]
    try:
        matrix, given = sympy.linear_eq_to_matrix(zero, symbols)
        if any(entry.has(*symbols) for entry in matrix.flat()):
            raise NonlinearError
    except NonlinearError:
        raise ValueError(f"the equations are not linear in {_shown(tops)}; solve them for these") from None
    alone = len(tops) == 1 or all(sum(entry != 0 for entry in matrix.row(i)) == 1 for i in range(len(tops)))
    return _one_by_one(matrix, given, tops) if alone else _by_elimination(matrix, given, tops)


def _parsed(text: str, names: Sequence[str]) -> sympy.Expr:
    """A side over marked names. Raises ValueError with these as they were typed."""
    try:
        return parse(text, names)
    except ValueError as error:
        raise ValueError(_INNER.sub(_primes, str(error))) from None


def _one_by_one(matrix: sympy.Matrix, given: sympy.Matrix, tops: Sequence[str]) -> list[str]:
    """Each by the equation that holds no other one."""
    found = {}
    for i, value in enumerate(given.flat()):
        place = next((j for j in range(len(tops)) if matrix[i, j] != 0), None)
        if place is not None:
            found[tops[place]] = to_text(value / matrix[i, place])
    missing = [top for top in tops if top not in found]
    if missing:
        raise ValueError(f"the equations do not determine {_shown(missing)}; give an equation for it")
    return [found[top] for top in tops]


def _by_elimination(matrix: sympy.Matrix, given: sympy.Matrix, tops: Sequence[str]) -> list[str]:
    if sympy.cancel(matrix.det()) == 0:
        raise ValueError(f"the equations do not determine {_shown(tops)}; they depend on each other")
    solution = matrix.LUsolve(given)
    return [to_text(sympy.factor_terms(sympy.cancel(sympy.together(entry)))) for entry in solution.flat()]

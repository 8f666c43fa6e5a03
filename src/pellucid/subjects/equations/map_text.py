"""Recurrences as they are typed: x_{n+1} = r x_n (1 - x_n), x[n+1] = y[n], xₙ₊₁ = (a + xₙ)/xₙ₋₁, x_n alone as x.

Earlier values become variables of their own (x_prev), values of the next step on the right are put in, and explicit n
becomes a variable with n[n+1] = n + 1.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import sympy

from ...algebra.notation import Notation, equations_in, unified
from ...algebra.text import parse, to_text

_NEXT = re.compile(r"[A-Za-z0-9]\s*(?:\[|_\s*[{(])\s*([a-z])\s*\+\s*\d+\s*[\]})]")
_SHIFT = re.compile(r"([A-Za-z]\w*?)__([sm])(\d+)\b")


def is_of_maps(text: str) -> bool:
    """Whether the equations say what comes next, as x[n+1] or x_{n+1}.

    >>> is_of_maps("x_{n+1} = r x_n"), is_of_maps("x' = v")
    (True, False)
    """
    return _NEXT.search(unified(text)) is not None


@dataclass(frozen=True)
class MapText:
    """The recurrences that `text` writes. Raises ValueError."""

    text: str
    parameters: tuple[str, ...] = ()

    @cached_property
    def index(self) -> str:
        """The letter that counts steps."""
        match = _NEXT.search(unified(self.text))
        if match is None:
            raise ValueError(
                f"{self.text.strip()!r} does not say what comes next; write x[n+1] = ... or x_{{n+1}} = ..."
            )
        return match[1]

    @cached_property
    def variables(self) -> tuple[str, ...]:
        """What the state holds: values, then earlier ones, and n where the equations hold it."""
        return tuple(self._step)

    @cached_property
    def rhs(self) -> tuple[str, ...]:
        """The next value of each variable."""
        return tuple(self._step.values())

    @cached_property
    def _equations(self) -> dict[str, tuple[str, dict[str, int]]]:
        """The right side for the next value of each variable, its names as x__s1 (next), x__s0, x__m1 (before)."""
        found: dict[str, tuple[str, dict[str, int]]] = {}
        for line in equations_in(unified(self.text)):
            sides = [self._marked(side.strip()) for side in line.split("=")]
            if len(sides) != 2 or not all(sides):
                raise ValueError(f"equation {line!r} is not understood; write x[n+1] = ...")
            match = _SHIFT.fullmatch(sides[0])
            if match is None or match[2] == "m":
                raise ValueError(f"equation {line!r} is not solved for the next value; write x[n+1] = ...")
            ahead = int(match[3]) - 1

            def moved(one: re.Match[str], ahead: int = ahead) -> str:
                shift = int(one[3]) * (1 if one[2] == "s" else -1) - ahead
                return _marked_name(one[1], shift)

            if match[1] in found:
                raise ValueError(f"{match[1]}[{self.index}+1] is given twice; give one equation for each variable")
            found[match[1]] = (_SHIFT.sub(moved, sides[1]), {})
        if not found:
            raise ValueError("no equation given; write x[n+1] = ...")
        return found

    @cached_property
    def _step(self) -> dict[str, str]:
        """Each variable and its next value."""
        given = {name: right for name, (right, _) in self._equations.items()}
        shifts = [
            (m[1], int(m[3]) * (1 if m[2] == "s" else -1)) for right in given.values() for m in _SHIFT.finditer(right)
        ]
        strangers = [name for name, _ in shifts if name not in given]
        if strangers:
            raise ValueError(
                f"{strangers[0]}[{self.index}+1] is given by no equation; write one, or declare a parameter"
            )
        late = next((name for name, shift in shifts if shift > 1), None)
        if late is not None:
            raise ValueError(
                f"{late} is of a later step on the right than on the left; write what comes next by what is there"
            )
        back = {name: max([0, *(-shift for other, shift in shifts if other == name)]) for name in given}
        index = self.index not in {*given, *self.parameters} and any(
            re.search(rf"(?<!\w){self.index}(?!\w)", right) for right in given.values()
        )
        rates = self._put_in(given, index)
        step = {name: rates[name] for name in given}
        for name, count in back.items():
            for k in range(1, count + 1):
                step[self._before(name, k)] = self._before(name, k - 1)
        if index:
            step[self.index] = f"{self.index} + 1"
        return step

    def _put_in(self, given: dict[str, str], index: bool) -> dict[str, str]:
        """The right sides over the state alone: what is of the next step is replaced by what that is."""
        names = {m[0] for right in given.values() for m in _SHIFT.finditer(right)}
        known = {*names, *given, *self.parameters, *([self.index] if index else [])}
        expressions: dict[str, Any] = {}
        plain = {}
        for name, right in given.items():
            try:
                plain[name] = Notation(frozenset(known)).python(right)
                expressions[name] = parse(plain[name], known)
            except ValueError as error:
                told = str(error).replace("formula ", "", 1)
                raise ValueError(f"{name}[{self.index}+1] = {self._unmarked(right)}: {told}") from None
        ahead = {sympy.Symbol(_marked_name(name, 1), real=True): e for name, e in expressions.items()}
        if not any(e.has(*ahead) for e in expressions.values()):
            return {name: self._state(text) for name, text in plain.items()}
        for _ in given:
            expressions = {name: e.xreplace(ahead) for name, e in expressions.items()}
            ahead = {symbol: e.xreplace(ahead) for symbol, e in ahead.items()}
        if any(e.has(*ahead) for e in expressions.values()):
            raise ValueError("the next values depend on each other in a circle; solve the equations for them")
        return {name: self._state(to_text(e)) for name, e in expressions.items()}

    def _state(self, text: str) -> str:
        return _SHIFT.sub(lambda m: self._before(m[1], int(m[3]) * (m[2] == "m")), text)

    def _before(self, name: str, steps: int) -> str:
        """x, x_prev, x_prev2: the value so many steps ago."""
        if steps == 0:
            return name
        return f"{name}_prev{steps if steps > 1 else ''}"

    def _marked(self, text: str) -> str:
        """x[n+1], x_{n+1}, x_n as x__s1, x__s0."""
        n = self.index
        inner = rf"\s*{n}\s*(?:([+-])\s*(\d+))?\s*"
        pattern = re.compile(
            rf"([A-Za-z][A-Za-z0-9]*(?:_prev\d*)?)(?:\[{inner}\]|_\s*\{{{inner}\}}|_\({inner}\)|_{n}\b|\({inner}\))"
        )

        def one(match: re.Match[str]) -> str:
            sign, count = next(
                ((s, c) for s, c in zip(match.groups()[1::2], match.groups()[2::2], strict=True) if c), ("+", "0")
            )
            return _marked_name(match[1], int(sign + count))

        return pattern.sub(one, text)

    def _unmarked(self, text: str) -> str:
        return _SHIFT.sub(
            lambda m: f"{m[1]}[{self.index}{'' if m[3] == '0' else ('-' if m[2] == 'm' else '+') + m[3]}]", text
        )


def _marked_name(name: str, shift: int) -> str:
    return f"{name}__{'s' if shift >= 0 else 'm'}{abs(shift)}"

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

from ...algebra.expressions.notation import Notation, sides_in, unified
from ...algebra.expressions.text import parse, to_text

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
    def _equations(self) -> dict[str, str]:
        """The right side for the next value of each variable, its names as x__s1 (next), x__s0, x__m1 (before)."""
        found: dict[str, str] = {}
        for left, right in sides_in(unified(self.text), "x[n+1] = ..."):
            match = _SHIFT.fullmatch(self._marked(left))
            if match is None or match[2] == "m":
                told = f"{left} = {right}"
                raise ValueError(f"equation {told!r} is not solved for the next value; write x[n+1] = ...")
            ahead = int(match[3]) - 1

            def moved(one: re.Match[str], ahead: int = ahead) -> str:
                return _marked_name(one[1], _shift(one) - ahead)

            if match[1] in found:
                raise ValueError(f"{match[1]}[{self.index}+1] is given twice; give one equation for each variable")
            found[match[1]] = _SHIFT.sub(moved, self._marked(right))
        return found

    @cached_property
    def _step(self) -> dict[str, str]:
        """Each variable and its next value."""
        self._refuse_strangers()
        step = self._put_in()
        for name in self._equations:
            for k in range(1, self._memory(name) + 1):
                step[self._before(name, k)] = self._before(name, k - 1)
        if self._counted:
            step[self.index] = f"{self.index} + 1"
        return step

    @cached_property
    def _seen(self) -> list[re.Match[str]]:
        """Every value on a right side."""
        return [match for right in self._equations.values() for match in _SHIFT.finditer(right)]

    @cached_property
    def _counted(self) -> bool:
        """Whether the right sides hold n itself."""
        alone = re.compile(rf"(?<!\w){self.index}(?!\w)")
        free = self.index not in {*self._equations, *self.parameters}
        return free and any(alone.search(right) for right in self._equations.values())

    def _refuse_strangers(self) -> None:
        """Raises ValueError for values that no equation gives, or that are not there yet."""
        stranger = next((m[1] for m in self._seen if m[1] not in self._equations), None)
        if stranger is not None:
            raise ValueError(f"{stranger}[{self.index}+1] is given by no equation; write one, or declare a parameter")
        late = next((m[1] for m in self._seen if _shift(m) > 1), None)
        if late is not None:
            raise ValueError(
                f"{late} is of a later step on the right than on the left; write what comes next by what is there"
            )

    def _memory(self, name: str) -> int:
        """How many steps back the right sides look at a variable."""
        return max([0, *(-_shift(m) for m in self._seen if m[1] == name)])

    def _put_in(self) -> dict[str, str]:
        """The right sides over the state alone: what is of the next step is replaced by what that is."""
        names = {match[0] for match in self._seen}
        counter = {self.index} if self._counted else set()
        known = names | {*self._equations, *self.parameters} | counter
        read = {name: self._read(name, right, known) for name, right in self._equations.items()}
        ahead = {sympy.Symbol(_marked_name(name, 1), real=True): e for name, (_, e) in read.items()}
        if not _hold_each_other(ahead):
            return {name: self._state(text) for name, (text, _) in read.items()}
        return {name: self._state(to_text(e)) for name, e in zip(read, _resolved(ahead).values(), strict=True)}

    def _read(self, name: str, right: str, known: set[str]) -> tuple[str, Any]:
        """A right side in Python's syntax, and what it is. Raises ValueError."""
        try:
            plain = Notation(frozenset(known)).python(right)
            return plain, parse(plain, known)
        except ValueError as error:
            told = self._unmarked(str(error).replace("formula ", "", 1))
            raise ValueError(f"{name}[{self.index}+1] = {self._unmarked(right)}: {told}") from None

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


def _hold_each_other(ahead: dict[sympy.Symbol, Any]) -> bool:
    """Whether some next value is given by next values."""
    return any(e.has(*ahead) for e in ahead.values())


def _resolved(ahead: dict[sympy.Symbol, Any]) -> dict[sympy.Symbol, Any]:
    """Each next value, with those that it is given by put in. Raises ValueError where they stand in a circle."""
    for _ in range(len(ahead)):
        ahead = {symbol: e.xreplace(ahead) for symbol, e in ahead.items()}
    if _hold_each_other(ahead):
        raise ValueError("the next values depend on each other in a circle; solve the equations for them")
    return ahead


def _shift(match: re.Match[str]) -> int:
    """How many steps ahead a marked value is; below 0, back."""
    return int(match[3]) * (1 if match[2] == "s" else -1)


def _marked_name(name: str, shift: int) -> str:
    return f"{name}__{'s' if shift >= 0 else 'm'}{abs(shift)}"

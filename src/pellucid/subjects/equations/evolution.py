"""Evolution: partial differential equations u_t = F(u, u_x, u_xx, ...) in one space dimension."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import ClassVar

import sympy

from ...algebra.expressions.notation import declared
from ...algebra.expressions.text import parse, to_text
from ...core.subject import Subject
from .dynamics import read, values_put
from .field_text import FieldText, jet_name, symbols_by_field

HIGHEST = 12
"""Highest derivative that an equation may hold."""


@dataclass(frozen=True)
class Evolution(Subject):
    """fields[i]_t = rhs[i]; u_x, u_xx, ... (or u_3x) are derivatives, parameters stay symbols.

    >>> Evolution.parse("u_t = 6*u*u_x - u_xxx").fields
    ('u',)
    """

    made_by: ClassVar[str] = 'Evolution.parse("u_t = 6*u*u_x - u_xxx")'

    fields: tuple[str, ...]
    rhs: tuple[str, ...]
    parameters: tuple[str, ...] = ()
    title: str = ""

    def __post_init__(self) -> None:
        for name in ("fields", "rhs", "parameters"):
            object.__setattr__(self, name, tuple(getattr(self, name)))
        if not self.fields or len(self.fields) != len(self.rhs):
            raise ValueError(f"{len(self.fields)} fields have {len(self.rhs)} right-hand sides; give one for each")
        if len({*self.fields, *self.parameters}) < len(self.fields) + len(self.parameters):
            raise ValueError(f"{[*self.fields, *self.parameters]} are not all different; name each once")
        rhs = []
        for field, text in zip(self.fields, self.rhs, strict=True):
            try:
                rhs.append(read(f"{field}_t = ", normalised(text), self._names())[0])
            except ValueError as error:
                remedy = f"write derivatives as {field}_x, {field}_xx, {field}_4x"
                raise ValueError(f"{error}, {remedy}") from None
        object.__setattr__(self, "rhs", tuple(rhs))

    @classmethod
    def parse(cls, text: str, parameters: str | Iterable[str] = (), title: str = "") -> Evolution:
        """Equations as they are typed, separated by semicolons, commas or lines; solved for u_t where they are not.

        Raises ValueError, also where u_t does not occur linearly, or with derivatives by more than x.

        >>> Evolution.parse("u_t + 6uu_x + ∂³u/∂x³ = 0").describe()
        'u_t = -6*u*u_x - u_xxx'
        >>> Evolution.parse("i ψ_t + ψ_xx + 2|ψ|²ψ = 0").fields
        ('u', 'v')
        """
        words = declared(parameters)
        written = FieldText(text, words)
        solved = solved_for_time(written)
        if solved is None:
            raise ValueError(_refusal(written, text))
        return cls(tuple(solved), tuple(solved.values()), words, title or written.title)

    def expressions(self) -> tuple[sympy.Expr, ...]:
        """The right-hand sides over real symbols; the k-th derivative of u is named u_kx, u itself u.

        >>> Evolution.parse("u_t = u_xxx + 6*u*u_x").expressions()
        (6*u*u_x + u_xxx,)
        """
        return tuple(parse(normalised(text), self._names()) for text in self.rhs)

    def at(self, values: Mapping[str, str]) -> Evolution:
        """The same equations with values (text over the other parameters) for some parameters. Raises ValueError.

        >>> Evolution.parse("u_t = a*u*u_x + b*u_xxx", parameters="a, b").at({"a": "6*b"}).rhs
        ('6*b*u*u_x + b*u_xxx',)
        """
        table, rest = values_put(self.parameters, values)
        return Evolution(self.fields, tuple(to_text(e.xreplace(table)) for e in self.expressions()), rest, self.title)

    def _names(self) -> list[str]:
        return [*(jet(field, k) for field in self.fields for k in range(HIGHEST + 1)), *self.parameters]

    def fingerprint(self) -> str:
        """SHA-256 of the equations."""
        return hashlib.sha256(repr((self.fields, self.rhs, self.parameters)).encode()).hexdigest()

    def describe(self) -> str:
        """The equations on one line."""
        return "; ".join(f"{name}_t = {text}" for name, text in zip(self.fields, self.rhs, strict=True))


def jet(field: str, order: int) -> str:
    """The name of a derivative: u, u_x, u_xx, u_xxx, u_4x, ...

    >>> jet("u", 0), jet("u", 2), jet("u", 5)
    ('u', 'u_xx', 'u_5x')
    """
    return jet_name(field, (order, 0, 0, 0))


def normalised(text: str) -> str:
    """Every derivative under its one name.

    >>> normalised("u_xxxx + u_2x*v_1x")
    'u_4x + u_xx*v_x'
    """

    def rename(match: re.Match[str]) -> str:
        digits = match[2][:-1]
        return jet(match[1], int(digits) if digits.isdigit() else len(match[2]))

    return re.sub(r"\b([A-Za-z]\w*?)_(x+|\d+x)\b", rename, text)


def solved_for_time(written: FieldText) -> dict[str, str] | None:
    """The right-hand side of f_t = ... for every field; None where the equations are none of that kind.

    They are where each f_t occurs linearly, once in one equation, and nothing else is differentiated by t or y.
    """
    return _as_typed(written) or _by_algebra(written)


def _as_typed(written: FieldText) -> dict[str, str] | None:
    """The right sides as they stand, where they are of f_t = ... and hold nothing but derivatives by x."""
    right = " ".join(text for _, text in written.sides)
    if written.parts or sorted(written.lefts) != sorted(written.tops):
        return None
    if ")_" in right or re.search(r"_\d*\w*[yzt]\b", right):
        return None
    plain = {left: written.python(text) for left, text in written.sides}
    own = "|".join(sorted(_own(written)))
    if own and re.search(rf"(?<!\w)({own})(?!\w)", "; ".join(plain.values())):
        return None
    return {field: plain[top] for field, top in zip(written.fields, written.tops, strict=True)}


def _by_algebra(written: FieldText) -> dict[str, str] | None:
    """Each equation solved for the one f_t that it holds."""
    if len(written.zero) != len(written.fields):
        return None
    fields = {sympy.Symbol(top, real=True): field for top, field in zip(written.tops, written.fields, strict=True)}
    found: dict[str, str] = {}
    for zero in written.zero:
        inside = [symbol for symbol in fields if zero.has(symbol)]
        rate = _rate(zero, inside[0], written) if len(inside) == 1 else None
        if rate is None:
            return None
        found[fields[inside[0]]] = to_text(rate)
    return {field: found[field] for field in written.fields} if len(found) == len(fields) else None


def _rate(zero: sympy.Expr, top: sympy.Symbol, written: FieldText) -> sympy.Expr | None:
    """What f_t is where an expression that is linear in it is 0; None where it is not, or the rate is none of ours."""
    if sympy.diff(zero, top).free_symbols - _constants(written):
        return None
    rate = sympy.expand(-(zero - zero.coeff(top) * top) / zero.coeff(top))
    return None if _is_foreign(rate, written) else rate


def _refusal(written: FieldText, text: str) -> str:
    """Why the equations are none of evolution in one space dimension, and what to do."""
    twice = [top for top in written.tops if written.lefts.count(top) > 1]
    if twice:
        return f"{twice[0]} is given twice; give one equation for each field"
    held = {str(symbol) for zero in written.zero for symbol in zero.free_symbols}
    missing = [top for top in written.tops if top not in held]
    if missing and not _has_other_rates(written):
        return f"{text.strip()!r} does not say what {missing[0]} is; write {missing[0]} = ..."
    return (
        f"{text.strip()!r} is no equation u_t = F(u, u_x, u_xx, ...) in one space dimension; use FieldEquations.parse"
    )


def _has_other_rates(written: FieldText) -> bool:
    """Whether there are derivatives by t beside the f_t: u_tt, u_xt."""
    others = set(written.jet_names()) - set(written.tops)
    return any("t" in name.partition("_")[2] for name in others)


def _constants(written: FieldText) -> set[sympy.Symbol]:
    return {sympy.Symbol(name, real=True) for name in written.parameters}


def _own(written: FieldText) -> set[str]:
    """What the fields depend on, where no parameter is called that."""
    return set(written.independent) - set(written.parameters)


def _is_foreign(rate: sympy.Expr, written: FieldText) -> bool:
    """Whether it holds t or x themselves, or derivatives by others than x."""
    free = {str(symbol) for symbol in rate.free_symbols}
    jets = symbols_by_field(rate, written.fields)
    return bool(free & _own(written)) or any(any(powers[1:]) for powers in jets.values())

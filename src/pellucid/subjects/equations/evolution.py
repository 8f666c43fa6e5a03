"""Evolution: partial differential equations u_t = F(u, u_x, u_xx, ...) in one space dimension."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

import sympy

from ...algebra.text import parse
from ...core.subject import Subject
from .dynamics import refuse_singular

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
        for field, text in zip(self.fields, self.rhs, strict=True):
            try:
                expression = parse(normalised(text), self._names())
            except ValueError as error:
                remedy = f"declare constants as parameters, write derivatives as {field}_x, {field}_xx, {field}_4x"
                raise ValueError(f"{field}_t = {text}: {error}; {remedy}") from None
            refuse_singular(expression, f"{field}_t = {text}")

    @classmethod
    def parse(cls, text: str, parameters: str | Iterable[str] = (), title: str = "") -> Evolution:
        """Equations "u_t = ..." separated by semicolons or lines. Raises ValueError."""
        pairs = {}
        for line in re.split(r"[;\n]", text):
            if not line.strip() or line.strip().startswith("#"):
                continue
            match = re.fullmatch(r"\s*([A-Za-z]\w*?)_t\s*=(.+)", line, re.DOTALL)
            if match is None:
                raise ValueError(f"equation {line.strip()!r} is not understood; write u_t = ...")
            if match[1] in pairs:
                raise ValueError(f"{match[1]}_t is given twice; give one equation for each field")
            pairs[match[1]] = match[2].strip()
        if not pairs:
            raise ValueError("no equation given; write u_t = ...")
        words = re.findall(r"[A-Za-z_]\w*", parameters) if isinstance(parameters, str) else tuple(parameters)
        return cls(tuple(pairs), tuple(pairs.values()), tuple(words), title)

    def expressions(self) -> tuple[sympy.Expr, ...]:
        """The right-hand sides over real symbols; the k-th derivative of u is named u_kx, u itself u.

        >>> Evolution.parse("u_t = u_xxx + 6*u*u_x").expressions()
        (6*u*u_x + u_xxx,)
        """
        return tuple(parse(normalised(text), self._names()) for text in self.rhs)

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
    if order == 0:
        return field
    return f"{field}_{'x' * order}" if order <= 3 else f"{field}_{order}x"


def normalised(text: str) -> str:
    """Every derivative under its one name.

    >>> normalised("u_xxxx + u_2x*v_1x")
    'u_4x + u_xx*v_x'
    """

    def rename(match: re.Match[str]) -> str:
        digits = match[2][:-1]
        return jet(match[1], int(digits) if digits.isdigit() else len(match[2]))

    return re.sub(r"\b([A-Za-z]\w*?)_(x+|\d+x)\b", rename, text)

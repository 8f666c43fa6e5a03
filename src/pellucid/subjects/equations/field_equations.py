"""FieldEquations: partial differential equations of any form, in up to three space dimensions and time."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from typing import ClassVar

import sympy

from ...algebra.expressions.notation import declared
from ...algebra.expressions.text import parse, to_text
from ...algebra.fields.multi_jets import Naming
from ...core.subject import Subject
from .dynamics import refuse_singular, values_put
from .evolution import Evolution, solved_for_time
from .field_text import INDEPENDENT, FieldText, jet_name, parted, symbols_by_field


@dataclass(frozen=True)
class FieldEquations(Subject):
    """Every one of `equations` is 0; u_xxt is a derivative, t, x, y, z may occur themselves, parameters stay symbols.

    >>> FieldEquations.parse("u_t + u_x + u u_x = u_xxt").describe()
    'u*u_x + u_t + u_x - u_xxt = 0'
    """

    made_by: ClassVar[str] = 'FieldEquations.parse("u_t + u_x + u u_x = u_xxt")'

    fields: tuple[str, ...]
    equations: tuple[str, ...]
    parameters: tuple[str, ...] = ()
    title: str = ""

    def __post_init__(self) -> None:
        for name in ("fields", "equations", "parameters"):
            object.__setattr__(self, name, tuple(getattr(self, name)))
        if not self.fields or not self.equations:
            raise ValueError("no field, or no equation; write u_t = ...")
        names = {*self.fields, *self.parameters}
        if len(names) < len(self.fields) + len(self.parameters) or names & set(INDEPENDENT):
            shown = [*self.fields, *self.parameters]
            raise ValueError(f"{shown} are not all different, or name one of t, x, y, z; name each once")
        for text, expression in zip(self.equations, self.expressions(), strict=True):
            refuse_singular(expression, f"{text} = 0")
            if not symbols_by_field(expression, self.fields):
                raise ValueError(f"equation {text!r} = 0 holds no field; the fields are {list(self.fields)}")

    @classmethod
    def parse(cls, text: str, parameters: str | Iterable[str] = (), title: str = "") -> FieldEquations:
        """Equations as they are typed, separated by semicolons, commas or lines. Raises ValueError.

        >>> FieldEquations.parse("(u_t + 6uu_x + u_xxx)_x + 3u_yy = 0").independent
        ('t', 'x', 'y')
        """
        return cls.of_text(FieldText(text, declared(parameters)), title)

    @classmethod
    def of_text(cls, written: FieldText, title: str = "") -> FieldEquations:
        """Equations that are read already."""
        return cls(written.fields, tuple(map(to_text, written.zero)), written.parameters, title or written.title)

    @classmethod
    def of(cls, evolution: Evolution) -> FieldEquations:
        """u_t - F = 0.

        >>> FieldEquations.of(Evolution.parse("u_t = u_xx")).equations
        ('u_t - u_xx',)
        """
        pairs = zip(evolution.fields, evolution.expressions(), strict=True)
        texts = tuple(to_text(sympy.Symbol(f"{field}_t", real=True) - rate) for field, rate in pairs)
        return cls(evolution.fields, texts, evolution.parameters, evolution.title)

    @cached_property
    def independent(self) -> tuple[str, ...]:
        """t, and what the fields are differentiated by."""
        return ("t", *(sign for sign in INDEPENDENT[:-1] if sign in self._differentiated))

    @cached_property
    def occurring(self) -> tuple[str, ...]:
        """Those of t, x, y, z that a field is differentiated by, or that stand in the equations themselves.

        >>> FieldEquations.parse("u_xx + u_yy = 0").occurring, FieldEquations.parse("u_x = t u").occurring
        (('x', 'y'), ('t', 'x'))
        """
        held = {str(symbol) for e in self.expressions() for symbol in e.free_symbols}
        return tuple(sign for sign in ("t", *INDEPENDENT[:-1]) if sign in self._differentiated | held)

    @cached_property
    def _differentiated(self) -> set[str]:
        """Those of t, x, y, z that a field is differentiated by."""
        by = [powers for e in self.expressions() for powers in symbols_by_field(e, self.fields).values()]
        return {sign for powers in by for sign, n in zip(INDEPENDENT, powers, strict=True) if n}

    def expressions(self) -> tuple[sympy.Expr, ...]:
        """What is 0, over real symbols."""
        return tuple(self.read(text) for text in self.equations)

    def read(self, text: str) -> sympy.Expr:
        """An expression in the fields, their derivatives, t, x and the parameters. Raises ValueError.

        >>> FieldEquations.parse("u_t = u_xx").read("u_x**2 - x")
        u_x**2 - x
        """
        return parse(text, self._names(text))

    def at(self, values: Mapping[str, str]) -> FieldEquations:
        """The same equations with values (text over the other parameters) for some parameters. Raises ValueError.

        >>> FieldEquations.parse("u_tt = a*u_xx", parameters="a").at({"a": "4"}).equations
        ('u_tt - 4*u_xx',)
        """
        table, rest = values_put(self.parameters, values)
        return FieldEquations(
            self.fields, tuple(to_text(e.xreplace(table)) for e in self.expressions()), rest, self.title
        )

    def fingerprint(self) -> str:
        """SHA-256 of the equations."""
        return hashlib.sha256(repr((self.fields, self.equations, self.parameters)).encode()).hexdigest()

    def describe(self) -> str:
        """The equations on one line."""
        return "; ".join(f"{text} = 0" for text in self.equations)

    def _names(self, text: str) -> list[str]:
        written = FieldText(f"{text} = 0", self.parameters)
        jets = [name for name in written.jet_names() if parted(name)[0] in self.fields]
        return [*self.fields, *jets, *self.parameters, *INDEPENDENT]


def naming_by(independent: tuple[str, ...]) -> Naming:
    """How derivatives by these variables are called, and which one a name is: `derivative_name`, `derivative_of`."""
    return partial(derivative_name, independent), partial(derivative_of, independent)


def derivative_name(independent: tuple[str, ...], field: str, powers: tuple[int, ...]) -> str:
    """The name of a derivative by `independent`.

    >>> derivative_name(("t", "x"), "u", (1, 2))
    'u_xxt'
    """
    by = dict(zip(independent, powers, strict=True))
    return jet_name(field, tuple(by.get(sign, 0) for sign in INDEPENDENT))


def derivative_of(independent: tuple[str, ...], name: str) -> tuple[str, tuple[int, ...]]:
    """Field and derivative that a name stands for.

    >>> derivative_of(("t", "x"), "u_xxt")
    ('u', (1, 2))
    """
    field, powers = parted(name)
    by = dict(zip(INDEPENDENT, powers, strict=True))
    return field, tuple(by[sign] for sign in independent)


def read_fields(text: str, parameters: str | Iterable[str] = ()) -> Evolution | FieldEquations:
    """Field equations as they are typed: solved for u_t where they are of that kind. Raises ValueError.

    >>> type(read_fields("u_t + u u_x = 0")).__name__, type(read_fields("u_tt = u_xx")).__name__
    ('Evolution', 'FieldEquations')
    """
    written = FieldText(text, declared(parameters))
    solved = solved_for_time(written)
    if solved is None:
        return FieldEquations.of_text(written)
    return Evolution(tuple(solved), tuple(solved.values()), written.parameters, written.title)

"""Expressions as Python text, with no parentheses that are not needed."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from .expression import Expression, Lookup, Name, Number, Operation

BINDING = {
    "if": 1,
    "or": 2,
    "and": 3,
    "not": 4,
    "==": 5,
    "!=": 5,
    "<": 5,
    "<=": 5,
    ">": 5,
    ">=": 5,
    "|": 6,
    "^": 7,
    "&": 8,
    "+": 9,
    "-": 9,
    "*": 10,
    "//": 10,
    "%": 10,
    "negate": 11,
}
"""How tightly the operators bind; those that are not here are called as functions."""


def to_python(expression: Expression, tables: Mapping[Lookup, str] | None = None) -> str:
    """`expression` in Python; `tables` names the constants that hold its tables (else they are written inline).

    >>> from pellucid.artifacts.programs.expression import apply
    >>> to_python(apply("//", apply("+", apply("+", Name("a"), Name("b")), Name("carry")), Number(2)))
    '(a + b + carry) // 2'
    """
    return _text(expression, tables or {})[0]


def table_text(lookup: Lookup) -> str:
    """The table of a lookup as a nested tuple literal.

    >>> table_text(Lookup((0, 1, 1, 0), (2, 2), (Name("s"), Name("x"))))
    '((0, 1), (1, 0))'
    """
    return _nested(np.asarray(lookup.table).reshape(lookup.shape).tolist())


def _nested(values: object) -> str:
    if not isinstance(values, list):
        return str(values)
    inner = ", ".join(_nested(value) for value in values)
    return f"({inner},)" if len(values) == 1 else f"({inner})"


def _text(expression: Expression, tables: Mapping[Lookup, str], atom: int = 20) -> tuple[str, int]:
    """The text, and how tightly its outermost operator binds: an `atom` more than any."""
    match expression:
        case Name(identifier=name):
            return name, atom
        case Number(value=value):
            return str(value), atom if value >= 0 else BINDING["negate"]
        case Lookup():
            where = "".join(f"[{to_python(index, tables)}]" for index in expression.indices)
            return tables.get(table_key(expression), table_text(expression)) + where, atom
        case Operation(operator=operator, operands=operands) if operator in BINDING:
            return _operation_text(operator, [_text(operand, tables) for operand in operands]), BINDING[operator]
        case Operation(operator=operator, operands=operands):
            return f"{operator}({', '.join(to_python(operand, tables) for operand in operands)})", atom
    raise TypeError(f"expression={expression!r} is none; give a Name, Number, Lookup or Operation")


def _operation_text(operator: str, operands: list[tuple[str, int]]) -> str:
    """An operator between (or before) its operands; comparisons take no comparison as their left operand."""
    binding = BINDING[operator]
    if operator == "if":
        condition, then, otherwise = operands
        first, middle = _wrap(then, binding + 1), _wrap(condition, binding + 1)
        return f"{first} if {middle} else {_wrap(otherwise, binding)}"
    if operator in ("not", "negate"):
        return ("not " if operator == "not" else "-") + _wrap(operands[0], binding)
    left = _wrap(operands[0], binding + (binding == BINDING["=="]))
    return f"{left} {operator} {_wrap(operands[1], binding + 1)}"


def _wrap(piece: tuple[str, int], needed: int) -> str:
    text, binding = piece
    return text if binding >= needed else f"({text})"


def table_key(lookup: Lookup) -> Lookup:
    """The lookup's table alone, whatever it is indexed with: what tables are named by."""
    return Lookup(lookup.table, lookup.shape, tuple(Number(0) for _ in lookup.shape))

"""Expressions as Python text, with no parentheses that are not needed."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from .expression import Expression, Lookup, Name, Number, Operation

_BINDING = {
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
_CALLS = ("abs", "min", "max", "int")
_ATOM = 20


def to_python(expression: Expression, tables: Mapping[Lookup, str] | None = None) -> str:
    """`expression` in Python; `tables` names the constants that hold its tables (else they are written inline).

    >>> from pellucid.artifacts.programs.expression import apply
    >>> to_python(apply("//", apply("+", apply("+", Name("a"), Name("b")), Name("carry")), Number(2)))
    '(a + b + carry) // 2'
    """
    return _text(expression, tables or {})[0]


def table_text(lookup: Lookup) -> str:
    """The table of a lookup as a nested tuple literal."""
    return _nested(np.asarray(lookup.table).reshape(lookup.shape).tolist())


def _nested(values: object) -> str:
    if not isinstance(values, list):
        return str(values)
    inner = ", ".join(_nested(value) for value in values)
    return f"({inner},)" if len(values) == 1 else f"({inner})"


def _text(expression: Expression, tables: Mapping[Lookup, str]) -> tuple[str, int]:
    """The text, and how tightly its outermost operator binds."""
    if isinstance(expression, Name):
        return expression.identifier, _ATOM
    if isinstance(expression, Number):
        return str(expression.value), _ATOM if expression.value >= 0 else _BINDING["negate"]
    if isinstance(expression, Lookup):
        where = "".join(f"[{to_python(index, tables)}]" for index in expression.indices)
        return tables.get(table_key(expression), table_text(expression)) + where, _ATOM
    assert isinstance(expression, Operation)
    operator, operands = expression.operator, expression.operands
    if operator in _CALLS:
        return f"{operator}({', '.join(to_python(o, tables) for o in operands)})", _ATOM
    binding = _BINDING[operator]
    if operator == "if":
        condition, then, otherwise = (_text(o, tables) for o in operands)
        first, middle = _wrap(then, binding + 1), _wrap(condition, binding + 1)
        return f"{first} if {middle} else {_wrap(otherwise, binding)}", binding
    if operator in ("not", "negate"):
        sign = "not " if operator == "not" else "-"
        return sign + _wrap(_text(operands[0], tables), binding), binding
    left = _wrap(_text(operands[0], tables), binding + (binding == _BINDING["=="]))
    right = _wrap(_text(operands[1], tables), binding + 1)
    return f"{left} {operator} {right}", binding


def _wrap(piece: tuple[str, int], needed: int) -> str:
    text, binding = piece
    return text if binding >= needed else f"({text})"


def table_key(lookup: Lookup) -> Lookup:
    """The lookup's table alone, whatever it is indexed with: what tables are named by."""
    return Lookup(lookup.table, lookup.shape, tuple(Number(0) for _ in lookup.shape))

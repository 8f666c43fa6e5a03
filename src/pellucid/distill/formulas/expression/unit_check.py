"""Dimensional consistency of a formula, checked exactly, operation by operation.

    a + b: the same unit;  a * b: exponents add;  a^r: times the rational r;  exp, log, sin, ...: no unit

Exact numbers have no unit. A fitted (floating) constant may carry whatever unit makes its place consistent.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import sympy

from ....core.claim import Claim, Exhausted, Refuted
from ....subjects.tables.units import Exponents, Units

KEEPS = (sympy.Abs, sympy.Min, sympy.Max)
"""Functions whose value has the unit of their arguments."""


class Inconsistent(ValueError):
    """Two units that do not fit, with the sub-expression they meet in."""


def unit_of(expression: sympy.Expr, units: Units, names: Sequence[str]) -> Exponents | None:
    """The unit of `expression`, None where a fitted constant leaves it open; raises Inconsistent (a ValueError).

    >>> from pellucid.subjects.tables.units import units_of
    >>> d, t = sympy.symbols("d t", real=True)
    >>> units = units_of({"d": "m", "t": "s"}, "m/s", ("d", "t"))
    >>> units.text(unit_of(d / t, units, ("d", "t")))
    'm/s'
    """
    none = (Fraction(0),) * len(units.base)
    known = dict(zip(names, units.features, strict=True))

    def visit(e: sympy.Basic) -> Exponents | None:
        if isinstance(e, sympy.Symbol):
            return known[e.name]
        if not e.free_symbols:
            return None if e.has(sympy.Float) else none
        if isinstance(e, (sympy.Add, *KEEPS)):
            return _same(e, [visit(arg) for arg in e.args], units)
        if isinstance(e, sympy.Mul):
            parts = [visit(arg) for arg in e.args]
            if any(part is None for part in parts):
                return None
            return tuple(sum(column, Fraction(0)) for column in zip(*parts, strict=True))  # pyright: ignore
        if isinstance(e, sympy.Pow):
            return _power(e, visit(e.base), visit(e.exp))
        for arg in e.args:
            _without(arg, visit(arg), e)
        return none

    def _power(e: sympy.Pow, base: Exponents | None, exponent: Exponents | None) -> Exponents | None:
        _without(e.exp, exponent, e)
        if base is None or not any(base):
            return base
        if not e.exp.is_Rational:
            raise Inconsistent(f"{e} raises {e.base}, in {units.text(base)}, to a power that is no exact number")
        power = Fraction(int(e.exp.p), int(e.exp.q))  # pyright: ignore[reportAttributeAccessIssue]
        return tuple(power * exponent for exponent in base)

    def _without(part: sympy.Basic, unit: Exponents | None, e: sympy.Basic) -> None:
        if unit is not None and any(unit):
            raise Inconsistent(f"{e} takes {part}, in {units.text(unit)}, where only a plain number can stand")

    return visit(expression)


def _same(e: sympy.Basic, parts: list[Exponents | None], units: Units) -> Exponents | None:
    first: tuple[sympy.Basic, Exponents] | None = None
    for arg, part in zip(e.args, parts, strict=True):
        if part is None:
            continue
        if first is not None and part != first[1]:
            raise Inconsistent(f"{e} adds {first[0]}, in {units.text(first[1])}, and {arg}, in {units.text(part)}")
        first = first or (arg, part)
    return first[1] if first else None


def dimension_claim(expression: sympy.Expr, units: Units, names: Sequence[str], target: str) -> Claim:
    """Exhausted where every operation is consistent and the result has the target's unit; else Refuted, with where."""
    statement = f"{target} = {expression} is dimensionally consistent"
    constants = len(expression.atoms(sympy.Float))
    if constants:
        statement += f", if its {constants} fitted constant{'s' if constants > 1 else ''} may carry units"
    try:
        unit = unit_of(expression, units, names)
    except Inconsistent as error:
        return Refuted(statement, str(error), key="units")
    if unit is not None and unit != units.target:
        found = f"{expression} is in {units.text(unit)}, but {target} is in {units.text(units.target)}"
        return Refuted(statement, found, key="units")
    operations = sum(1 for node in sympy.preorder_traversal(expression) if node.args and node.free_symbols)
    return Exhausted(statement, "every operation of the formula", max(1, operations), key="units")

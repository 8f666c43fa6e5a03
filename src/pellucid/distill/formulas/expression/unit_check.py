"""Dimensional consistency of a formula, checked exactly, operation by operation.

    a + b: the same unit;  a * b: exponents add;  a^r: times the rational r;  exp, log, sin, ...: no unit

Exact numbers have no unit. A fitted (floating) constant may carry whatever unit makes its place consistent.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import sympy

from ....algebra.expressions.jumps import JUMPS
from ....core.claim import Claim, Exhausted, Refuted
from ....subjects.tables.units import Exponents, Units


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
    return _Visitor(units, names).unit(expression)


class _Visitor:
    """The units of sub-expressions, from the columns up."""

    def __init__(self, units: Units, names: Sequence[str]) -> None:
        self.units = units
        self.none: Exponents = (Fraction(0),) * len(units.base)
        self.known = dict(zip(names, units.features, strict=True))

    def unit(self, e: sympy.Basic) -> Exponents | None:
        if isinstance(e, sympy.Symbol):
            return self.known[e.name]
        if not e.free_symbols:
            return None if e.has(sympy.Float) else self.none
        if isinstance(e, JUMPS):
            return self._jump(e)
        if isinstance(e, (sympy.Add, sympy.Abs, sympy.Min, sympy.Max)):
            return self._same(e)
        if isinstance(e, sympy.Mul):
            return self._product(e)
        if isinstance(e, sympy.Pow):
            return self._power(e)
        for arg in e.args:
            self._refuse(arg, e)
        return self.none

    def _jump(self, e: sympy.Basic) -> Exponents | None:
        """Numbers in it are thresholds and periods, in the units of what they stand beside."""
        return self.unit(e.args[0]) if isinstance(e, sympy.Mod) and e.args[0].is_Symbol else self.none

    def _same(self, e: sympy.Basic) -> Exponents | None:
        """Of what is added or compared: all of one unit."""
        first: tuple[sympy.Basic, Exponents] | None = None
        for arg in e.args:
            unit = self.unit(arg)
            if unit is None:
                continue
            if first is not None and unit != first[1]:
                one, other = self.units.text(first[1]), self.units.text(unit)
                raise Inconsistent(f"{e} adds {first[0]}, in {one}, and {arg}, in {other}")
            first = first or (arg, unit)
        return first[1] if first else None

    def _product(self, e: sympy.Mul) -> Exponents | None:
        parts = [self.unit(arg) for arg in e.args]
        known = [part for part in parts if part is not None]
        if len(known) < len(parts):
            return None
        return tuple(sum(column, Fraction(0)) for column in zip(*known, strict=True))

    def _power(self, e: sympy.Pow) -> Exponents | None:
        base = self.unit(e.base)
        self._refuse(e.exp, e)
        if base is None or not any(base):
            return base
        if not e.exp.is_Rational:
            text = self.units.text(base)
            raise Inconsistent(f"{e} raises {e.base}, in {text}, to a power that is no exact number")
        power = Fraction(int(e.exp.p), int(e.exp.q))  # pyright: ignore[reportAttributeAccessIssue]
        return tuple(power * exponent for exponent in base)

    def _refuse(self, part: sympy.Basic, e: sympy.Basic) -> None:
        """Raises where an exponent, or what a function takes, has a unit."""
        unit = self.unit(part)
        if unit is not None and any(unit):
            raise Inconsistent(f"{e} takes {part}, in {self.units.text(unit)}, where only a plain number can stand")


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

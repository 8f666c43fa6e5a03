"""Logarithms: l = log(q), l' = w q' with w = 1/q."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sympy

from ..polynomials import Polynomial
from .auxiliary import Auxiliary, Function, System, partner
from .reciprocal import RECIPROCAL

if TYPE_CHECKING:
    from .rewriter import Rewriter


class Logarithm(Function):
    """log(q); it comes with 1/q."""

    name, letter = "log", "l"

    def recognises(self, expression: Any) -> bool:
        return isinstance(expression, sympy.log)

    def rewrite(self, expression: Any, rewriter: Rewriter) -> sympy.Expr:
        rewriter.symbol_of(RECIPROCAL, expression.args[0])
        return rewriter.symbol_of(self, expression.args[0])

    def meaning(self, argument: Any) -> sympy.Expr:
        return sympy.log(argument)

    def slope(self, own: Auxiliary, system: System) -> Polynomial:
        return system.polynomial(partner(own, system, "reciprocal").symbol)

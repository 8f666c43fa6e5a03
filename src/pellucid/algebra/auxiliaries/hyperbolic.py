"""Hyperbolic functions: t = tanh(a), t' = (1 - t^2) a'; sinh and cosh are exponentials."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sympy

from ..arithmetic.polynomials import Polynomial
from .auxiliary import Auxiliary, Function, System

if TYPE_CHECKING:
    from .rewriter import Rewriter


class HyperbolicTangent(Function):
    """tanh(a); nothing relates it to other symbols."""

    name, letter = "tanh", "t"
    in_fields = True

    def recognises(self, expression: Any) -> bool:
        return isinstance(expression, sympy.tanh | sympy.sinh | sympy.cosh)

    def rewrite(self, expression: Any, rewriter: Rewriter) -> sympy.Expr:
        if isinstance(expression, sympy.tanh):
            return rewriter.symbol_of(self, expression.args[0])
        return rewriter.rewrite(expression.rewrite(sympy.exp))

    def meaning(self, argument: Any) -> sympy.Expr:
        return sympy.tanh(argument)

    def slope(self, own: Auxiliary, system: System) -> Polynomial:
        return 1 - system.polynomial(own.symbol) ** 2

"""Quotients: w = 1/q, w' = -w^2 q', w q = 1."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import sympy
from numpy.typing import NDArray

from ..finite_field import inverse
from ..polynomials import Polynomial, by_power
from .auxiliary import FUNCTIONS, Auxiliary, Function, System

if TYPE_CHECKING:
    from ..sampling import Points
    from .rewriter import Rewriter


class Reciprocal(Function):
    """1/q, and every negative whole power."""

    name, letter = "reciprocal", "w"
    is_quotient = relation_holds_argument = True

    def recognises(self, expression: Any) -> bool:
        return bool(expression.is_Pow and expression.args[1].is_Integer and expression.args[1] < 0)

    def rewrite(self, expression: Any, rewriter: Rewriter) -> sympy.Expr:
        base, exponent = expression.args
        return rewriter.symbol_of(self, base) ** (-exponent)

    def meaning(self, argument: Any) -> sympy.Expr:
        return 1 / argument

    def slope(self, own: Auxiliary, system: System) -> Polynomial:
        w = system.polynomial(own.symbol)
        return -w * w

    def relation(self, own: Auxiliary, system: System) -> Polynomial:
        return system.polynomial(own.symbol * own.argument) - 1

    def eliminated(self, own: Auxiliary, system: System, polynomial: Polynomial) -> list[Polynomial]:
        """The polynomial times the power of q that leaves no w."""
        q, parts = system.polynomial(own.argument), by_power(polynomial, own.symbol.name)
        top = max(parts)
        return [sum((part * q ** (top - k) for k, part in parts.items()), system.ring.constant(0))]

    def sample(self, own: Auxiliary, system: System, points: Points, generator: np.random.Generator) -> NDArray[Any]:
        q = points.evaluate(system.polynomial(own.argument))
        points.values[own.symbol.name] = inverse(q, points.prime)
        return q != 0


RECIPROCAL = FUNCTIONS["reciprocal"]

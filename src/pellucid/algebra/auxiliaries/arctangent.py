"""Arc tangents: a = atan(k q)/k with k^2 = D, a' = q'/(1 + D q^2); where D is negative it is atanh."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sympy

from ..arithmetic.polynomials import Polynomial
from .auxiliary import Auxiliary, Function, System
from .reciprocal import RECIPROCAL

if TYPE_CHECKING:
    from .rewriter import Rewriter


class Arctangent(Function):
    """atan(k q)/k for a k of which the square is known alone, such as sqrt(3): its derivative holds no root."""

    name, letter = "atan", "a"
    kinds = sympy.atan, sympy.atanh

    def recognises(self, expression: Any) -> bool:
        if expression.is_Mul:
            return sum(isinstance(factor, self.kinds) for factor in expression.args) == 1
        return isinstance(expression, self.kinds)

    def rewrite(self, expression: Any, rewriter: Rewriter) -> sympy.Expr:
        angle = next(factor for factor in sympy.Mul.make_args(expression) if isinstance(factor, self.kinds))
        root = _constant_root(angle.args[0], rewriter)
        argument = angle.args[0] / root
        square = sympy.expand(root**2 if isinstance(angle, sympy.atan) else -(root**2))
        inner = sympy.expand(rewriter.rewrite(argument))
        rewriter.symbol_for(RECIPROCAL, 1 + square * inner**2, 1 / (1 + square * argument**2))
        for known in rewriter.found:
            if known.function is self and (known.argument, known.exponent) == (inner, square):
                symbol = known.symbol
                break
        else:
            symbol = rewriter.add(self, inner, type(angle)(root * argument) / root, exponent=square)
        others = (factor for factor in sympy.Mul.make_args(expression) if factor is not angle)
        return rewriter.rewrite(sympy.Mul(root, *others)) * symbol

    def meaning(self, argument: Any) -> sympy.Expr:
        return sympy.atan(argument)

    def slope(self, own: Auxiliary, system: System) -> Polynomial:
        below = sympy.expand(1 + own.exponent * own.argument**2)
        quotient = next(a for a in system.auxiliaries if a.function is RECIPROCAL and a.argument == below)
        return system.polynomial(quotient.symbol)


def _constant_root(argument: Any, rewriter: Rewriter) -> Any:
    """The square roots of numbers and parameters that stand before the argument."""
    found: Any = sympy.Integer(1)
    factor: Any
    for factor in sympy.Mul.make_args(argument):
        if factor.is_Pow and abs(factor.args[1]) == sympy.Rational(1, 2) and factor.free_symbols <= rewriter.constants:
            found *= sympy.sqrt(factor.args[0])
    return found

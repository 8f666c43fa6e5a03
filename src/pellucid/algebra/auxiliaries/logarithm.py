"""Logarithms: l = log(q), l' = w q' with w = 1/q."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sympy

from ..arithmetic.polynomials import Polynomial
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
        """One symbol for each irreducible factor: log(x*y) and log(x) + log(y) are the same but for a constant."""
        argument = expression.args[0]
        if argument.is_rational_function(*argument.free_symbols) and argument.free_symbols:
            above, below = (sympy.factor_list(part) for part in sympy.fraction(sympy.together(argument)))
            powers = [*above[1], *((f, -e) for f, e in below[1])]
            if (above[0], below[0]) == (1, 1) and (len(powers) > 1 or powers[0][1] != 1):
                return sympy.Add(*(e * rewriter.rewrite(sympy.log(f)) for f, e in powers))
        rewriter.symbol_of(RECIPROCAL, expression.args[0])
        return rewriter.symbol_of(self, expression.args[0])

    def meaning(self, argument: Any) -> sympy.Expr:
        return sympy.log(argument)

    def slope(self, own: Auxiliary, system: System) -> Polynomial:
        return system.polynomial(partner(own, system, "reciprocal").symbol)

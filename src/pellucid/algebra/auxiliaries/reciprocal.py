"""Quotients: w = 1/q, w' = -w^2 q', w q = 1."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import sympy
from numpy.typing import NDArray

from ..arithmetic.finite_field import inverse
from ..arithmetic.polynomials import Polynomial, by_power
from .auxiliary import FUNCTIONS, Auxiliary, Function, System

if TYPE_CHECKING:
    from ..arithmetic.residue_points import Points
    from .rewriter import Rewriter


class Reciprocal(Function):
    """1/q, and every negative whole power."""

    name, letter = "reciprocal", "w"
    is_quotient = relation_holds_argument = in_fields = True

    def recognises(self, expression: Any) -> bool:
        return bool(expression.is_Pow and expression.args[1].is_Integer and expression.args[1] < 0)

    def rewrite(self, expression: Any, rewriter: Rewriter) -> sympy.Expr:
        """By 1/q for q^n written out: 1/(x^2 + 2 x + 1) is the square of 1/(x + 1)."""
        base, exponent = expression.args
        if base.is_Add and base.is_polynomial(*base.free_symbols):
            parts: Any = sympy.sqf_list(base)
            number, factors = parts
            if number == 1 and len(factors) == 1 and factors[0][1] > 1:
                base, exponent = factors[0][0], exponent * factors[0][1]
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

    def reduced(self, own: Auxiliary, system: System, polynomial: Polynomial) -> Polynomial:
        """With 1 for every w q: no two quotients in a field equation have another relation (`field_powers`)."""
        if not own.argument.is_Symbol:
            return divmod(polynomial, self.relation(own, system))[1]
        names = [str(name) for name in system.ring.names()]
        places = names.index(own.symbol.name), names.index(str(own.argument))
        terms: dict[Any, Any] = {}
        for exponents, coefficient in polynomial.to_dict().items():
            shared = min(exponents[i] for i in places)
            left = tuple(e - shared * (i in places) for i, e in enumerate(exponents))
            terms[left] = terms.get(left, 0) + coefficient
        return system.ring.from_dict(terms)

    def sample(self, own: Auxiliary, system: System, points: Points, generator: np.random.Generator) -> NDArray[Any]:
        q = points.evaluate(system.polynomial(own.argument))
        points.values[own.symbol.name] = inverse(q, points.prime)
        return q != 0


RECIPROCAL = FUNCTIONS["reciprocal"]

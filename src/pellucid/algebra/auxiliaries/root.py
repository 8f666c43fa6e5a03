"""Roots: u = 1/sqrt(q), u' = -u^3 q' / 2, u^2 q = 1; sqrt(q) itself is u q."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import sympy
from flint import fmpq
from numpy.typing import NDArray

from ..arithmetic.finite_field import inverse, square_root
from ..arithmetic.polynomials import Polynomial, by_power
from .auxiliary import Auxiliary, Function, System, even_and_odd
from .fractional_power import FRACTIONAL

if TYPE_CHECKING:
    from ..arithmetic.residue_points import Points
    from .rewriter import Rewriter


class Root(Function):
    """Every power of q whose exponent is half an odd number."""

    name, letter = "root", "u"
    relation_holds_argument = True

    def recognises(self, expression: Any) -> bool:
        return bool(expression.is_Pow and expression.args[1].is_Rational and expression.args[1].q == 2)

    def rewrite(self, expression: Any, rewriter: Rewriter) -> sympy.Expr:
        written = FRACTIONAL.known(expression, rewriter)
        if written is not None:
            return written
        base, exponent = expression.args
        u, power = rewriter.symbol_of(self, base), int(exponent.p)
        return u**-power if power < 0 else (u * rewriter.rewrite(base)) ** power

    def meaning(self, argument: Any) -> sympy.Expr:
        return 1 / sympy.sqrt(argument)

    def slope(self, own: Auxiliary, system: System) -> Polynomial:
        return system.ring.constant(fmpq(-1, 2)) * system.polynomial(own.symbol) ** 3

    def relation(self, own: Auxiliary, system: System) -> Polynomial:
        return system.polynomial(own.symbol**2 * own.argument) - 1

    def eliminated(self, own: Auxiliary, system: System, polynomial: Polynomial) -> list[Polynomial]:
        """Even and odd powers of u apart, with 1/q for u^2, times the power of q that leaves no quotient."""
        q, parts = system.polynomial(own.argument), by_power(polynomial, own.symbol.name)
        most, zero = max(parts) // 2, system.ring.constant(0)
        return [sum((p * q ** (most - k) for k, p in half.items()), zero) for half in even_and_odd(parts)]

    def sample(self, own: Auxiliary, system: System, points: Points, generator: np.random.Generator) -> NDArray[Any]:
        q = points.evaluate(system.polynomial(own.argument))
        points.values[own.symbol.name], square = square_root(inverse(q, points.prime), points.prime)
        return square & (q != 0)

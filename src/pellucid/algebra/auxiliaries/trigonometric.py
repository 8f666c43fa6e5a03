"""Sines and cosines, always together: s = sin(a), c = cos(a), s' = c a', c' = -s a', s^2 + c^2 = 1."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import sympy
from numpy.typing import NDArray

from ..arithmetic.finite_field import inverse
from ..arithmetic.polynomials import Polynomial, by_power
from .auxiliary import FUNCTIONS, Auxiliary, Function, System, even_and_odd, partner
from .reciprocal import RECIPROCAL

if TYPE_CHECKING:
    from ..arithmetic.residue_points import Points
    from .rewriter import Rewriter


class Sine(Function):
    """sin(a); where it goes, its cosine goes with it."""

    name, letter = "sin", "s"
    in_fields = True

    def recognises(self, expression: Any) -> bool:
        return isinstance(expression, sympy.sin | sympy.cos | sympy.tan)

    def rewrite(self, expression: Any, rewriter: Rewriter) -> sympy.Expr:
        """By sines and cosines of arguments that are no sums or multiples, with positive first terms; tan is s / c."""
        e = expression
        expanded = sympy.expand_trig(e.func(sympy.expand(e.args[0])))
        if expanded != e:
            return rewriter.rewrite(expanded)
        argument = e.args[0]
        if argument.could_extract_minus_sign():
            turned = e.func(-argument)
            return rewriter.rewrite(turned if isinstance(e, sympy.cos) else -turned)
        sine, cosine = rewriter.symbol_of(self, argument), rewriter.symbol_of(FUNCTIONS["cos"], argument)
        if isinstance(e, sympy.tan):
            return sine * rewriter.symbol_for(RECIPROCAL, cosine, 1 / sympy.cos(argument))
        return sine if isinstance(e, sympy.sin) else cosine

    def meaning(self, argument: Any) -> sympy.Expr:
        return sympy.sin(argument)

    def slope(self, own: Auxiliary, system: System) -> Polynomial:
        return system.polynomial(partner(own, system, "cos").symbol)

    def relation(self, own: Auxiliary, system: System) -> Polynomial:
        return system.polynomial(own.symbol**2 + partner(own, system, "cos").symbol ** 2) - 1

    def eliminated(self, own: Auxiliary, system: System, polynomial: Polynomial) -> list[Polynomial]:
        """Even and odd powers of s apart, with 1 - c^2 for s^2; then every coefficient of powers of c."""
        cosine, zero = partner(own, system, "cos").symbol, system.ring.constant(0)
        square = 1 - system.polynomial(cosine) ** 2
        halves = even_and_odd(by_power(polynomial, own.symbol.name))
        without = [sum((part * square**k for k, part in half.items()), zero) for half in halves]
        return [part for p in without if p != 0 for part in by_power(p, cosine.name).values()]

    def reduced(self, own: Auxiliary, system: System, polynomial: Polynomial) -> Polynomial:
        """With 1 - c^2 for every s^2."""
        s, total = system.polynomial(own.symbol), system.ring.constant(0)
        square = 1 - system.polynomial(partner(own, system, "cos").symbol) ** 2
        for k, part in by_power(polynomial, own.symbol.name).items():
            total = total + part * s ** (k % 2) * square ** (k // 2)
        return total

    def sample(self, own: Auxiliary, system: System, points: Points, generator: np.random.Generator) -> NDArray[Any]:
        """Both by the half-angle formulas of a random t: s = 2 t / (1 + t^2), c = (1 - t^2) / (1 + t^2)."""
        name, prime = own.symbol.name, points.prime
        t = generator.integers(1, prime, len(points.values[name]))
        below = inverse(1 + t * t % prime, prime)
        points.values[name] = 2 * t % prime * below % prime
        points.values[partner(own, system, "cos").symbol.name] = (1 - t * t % prime) % prime * below % prime
        return np.ones(len(t), dtype=bool)


class Cosine(Function):
    """cos(a); its sine does all that has to be done for both."""

    name, letter = "cos", "c"
    in_fields = True

    def recognises(self, expression: Any) -> bool:
        return False  # `Sine` rewrites both

    def rewrite(self, expression: Any, rewriter: Rewriter) -> sympy.Expr:
        return FUNCTIONS["sin"].rewrite(expression, rewriter)

    def meaning(self, argument: Any) -> sympy.Expr:
        return sympy.cos(argument)

    def slope(self, own: Auxiliary, system: System) -> Polynomial:
        return -system.polynomial(partner(own, system, "sin").symbol)

    def eliminated(self, own: Auxiliary, system: System, polynomial: Polynomial) -> list[Polynomial]:
        return [polynomial]

    def sample(self, own: Auxiliary, system: System, points: Points, generator: np.random.Generator) -> NDArray[Any]:
        return np.ones(len(points.values[own.symbol.name]), dtype=bool)

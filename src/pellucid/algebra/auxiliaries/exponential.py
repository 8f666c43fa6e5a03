"""Exponentials: e = exp(a), e' = e a'; those of dependent arguments are monomials of earlier ones."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np
import sympy
from numpy.typing import NDArray

from ..arithmetic.finite_field import power
from ..arithmetic.polynomials import Polynomial, by_power
from .auxiliary import FUNCTIONS, Auxiliary, Function, System

if TYPE_CHECKING:
    from ..arithmetic.residue_points import Points
    from .rewriter import Rewriter


class Exponential(Function):
    """exp of an argument that no whole numbers combine from earlier ones."""

    name, letter = "exp", "e"
    in_fields = True

    def recognises(self, expression: Any) -> bool:
        return isinstance(expression, sympy.exp)

    def rewrite(self, expression: Any, rewriter: Rewriter) -> sympy.Expr:
        """A power of exp(primitive part), a known symbol, or a new one, for a monomial of known ones where it is."""
        argument = sympy.expand(expression.args[0])
        content, primitive = argument.as_content_primitive()
        if primitive.could_extract_minus_sign():
            content, primitive = -content, -primitive
        if content.is_Integer and content > 1:
            return self.rewrite(sympy.exp(primitive), rewriter) ** content
        known = _known(rewriter)
        for a, inner in known:
            if sympy.expand(inner - argument) == 0:
                return a.symbol
        powers = combination(argument, [(a.symbol, inner) for a, inner in known if a.function is self])
        if powers is None:
            return rewriter.symbol_of(self, argument)
        return rewriter.add(FUNCTIONS["monomial"], rewriter.rewrite(argument), sympy.exp(argument), powers)

    def meaning(self, argument: Any) -> sympy.Expr:
        return sympy.exp(argument)

    def slope(self, own: Auxiliary, system: System) -> Polynomial:
        return system.polynomial(own.symbol)


class Monomial(Exponential):
    """exp of a combination of earlier arguments with whole numbers, some negative: e = e1^2 / e2."""

    name, letter = "monomial", "e"

    def recognises(self, expression: Any) -> bool:
        return False  # `Exponential` says where an exponential is one

    def relation(self, own: Auxiliary, system: System) -> Polynomial:
        above = sympy.Mul(*(symbol**n for symbol, n in own.powers if n > 0))
        below = sympy.Mul(*(symbol**-n for symbol, n in own.powers if n < 0))
        return system.polynomial(own.symbol * below - above)

    def eliminated(self, own: Auxiliary, system: System, polynomial: Polynomial) -> list[Polynomial]:
        """With the quotient of earlier symbols put in, times the power of its denominator."""
        one = system.ring.constant(1)
        above, below = one, one
        for symbol, n in own.powers:
            above = above * system.polynomial(symbol) ** max(n, 0)
            below = below * system.polynomial(symbol) ** max(-n, 0)
        parts = by_power(polynomial, own.symbol.name)
        top = max(parts)
        return [sum((p * above**k * below ** (top - k) for k, p in parts.items()), one * 0)]

    def reduced(self, own: Auxiliary, system: System, polynomial: Polynomial) -> Polynomial:
        """With 1 for every product of exp(a) and exp(-a). Raises ValueError where it is another product."""
        if [n for _, n in own.powers] != [-1]:
            raise ValueError(f"{own.definition} beside other exponentials is not covered in a field equation")
        return divmod(polynomial, self.relation(own, system))[1]

    def sample(self, own: Auxiliary, system: System, points: Points, generator: np.random.Generator) -> NDArray[Any]:
        (first, exponent), *others = own.powers
        value = power(points.values[first.name], exponent, points.prime)
        for symbol, n in others:
            value = value * power(points.values[symbol.name], n, points.prime) % points.prime
        points.values[own.symbol.name] = value
        return np.ones(len(value), dtype=bool)


def _known(rewriter: Rewriter) -> list[tuple[Auxiliary, Any]]:
    """The exponentials so far, and monomials of them, each with its argument in variables alone."""
    return [(a, a.definition.args[0]) for a in rewriter.found if isinstance(a.function, Exponential)]


def combination(
    argument: sympy.Expr, known: Iterable[tuple[sympy.Symbol, Any]]
) -> tuple[tuple[sympy.Symbol, int], ...] | None:
    """Whole n_i with argument = sum n_i a_i for the arguments a_i already known, None where there are none.

    >>> x, y, e1, e2 = sympy.symbols("x y e1 e2")
    >>> combination(2 * x - y, [(e1, x), (e2, x + y)])
    ((e1, 3), (e2, -1))
    """
    pairs = list(known)
    if not pairs:
        return None
    unknowns = sympy.symbols(f"_n0:{len(pairs)}")
    difference = sympy.expand(argument - sum(n * a for n, (_, a) in zip(unknowns, pairs, strict=True)))
    terms = sympy.Poly(difference, *sorted(difference.free_symbols - set(unknowns), key=str)).coeffs()
    solutions: Any = sympy.linsolve(terms, *unknowns)
    for solution in solutions:
        if all(value.is_Integer for value in solution):
            return tuple((symbol, int(n)) for (symbol, _), n in zip(pairs, solution, strict=True) if n)
    return None

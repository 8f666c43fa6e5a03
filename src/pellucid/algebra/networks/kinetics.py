"""Which rates theorems on reaction networks speak of: mass action, and rates that ask for all reactants.

All symbols are positive, amounts may be 0. Signs are decided by coefficients alone: sufficient, and not necessary, so
that a theorem may go unused, and none is used that does not apply.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sympy


def mass_action_constant(rate: Any, reactants: Mapping[sympy.Symbol, int], species: frozenset[sympy.Symbol]) -> Any:
    """The k of a rate k x^a y^b ... of the reactants' counts, free of amounts and positive; None for another rate.

    >>> x, y, k = sympy.symbols("x y k", real=True)
    >>> mass_action_constant(k * x**2, {x: 2}, frozenset({x, y})), mass_action_constant(k * x, {x: 2}, frozenset({x}))
    (k, None)
    """
    constant = sympy.cancel(rate / sympy.prod([s**n for s, n in reactants.items()]))
    if constant.free_symbols & species:
        return None
    parts = sympy.fraction(sympy.together(constant))
    return constant if all(_positive(part) for part in parts) else None


def needs_all_reactants(rate: Any, reactants: frozenset[sympy.Symbol], species: frozenset[sympy.Symbol]) -> bool:
    """Whether the rate is positive where all reactants are there, and 0 where one is not; never negative, and smooth.

    >>> s, k, m = sympy.symbols("s k m", real=True)
    >>> needs_all_reactants(k * s / (m + s), frozenset({s}), frozenset({s}))
    True
    >>> needs_all_reactants(k * s / (m - s), frozenset({s}), frozenset({s}))
    False
    """
    above, below = sympy.fraction(sympy.together(rate))
    if not (_positive(above) and _positive(below)):
        return False
    if not any(not powers & species for powers in _monomials(below)):
        return False
    monomials = _monomials(above)
    return all(reactants <= powers for powers in monomials) and any(m & species <= reactants for m in monomials)


def parted(rate: Any) -> tuple[Any, Any] | None:
    """The rate as a difference of two with positive coefficients over one denominator; None where it is no quotient
    of polynomials with a positive denominator.

    >>> x, y, k, m = sympy.symbols("x y k m", real=True)
    >>> parted(k * x - m * y)
    (k*x, m*y)
    """
    above, below = sympy.fraction(sympy.together(rate))
    if not _positive(below):
        return None
    terms = sympy.Add.make_args(sympy.expand(above))
    forth = [t for t in terms if t.as_coeff_Mul()[0] > 0]
    back = [-t for t in terms if t.as_coeff_Mul()[0] < 0]
    sides = (sympy.Add(*forth), sympy.Add(*back))
    if any(side != 0 and not _positive(side) for side in sides):
        return None
    return sides[0] / below, sides[1] / below


def _positive(expression: Any) -> bool:
    """Whether it is a polynomial, and not 0, all of whose coefficients are positive."""
    symbols = sorted(expression.free_symbols, key=str)
    if not symbols:
        return bool(expression.is_number and expression > 0)
    if not expression.is_polynomial(*symbols):
        return False
    return all(bool(c > 0) for c in sympy.Poly(sympy.expand(expression), *symbols).coeffs())


def _monomials(expression: Any) -> list[frozenset[Any]]:
    """The symbols of each term."""
    return [frozenset(term.free_symbols) for term in sympy.Add.make_args(sympy.expand(expression))]

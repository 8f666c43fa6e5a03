"""Powers whose exponents hold parameters: p = q^e, p' = e p w q' with w = 1/q.

For an exponent that is no number nothing relates p to q, and laws that hold for such an exponent hold for every one.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import sympy

from ..arithmetic.polynomials import Polynomial
from .auxiliary import FUNCTIONS, Auxiliary, Function, System
from .reciprocal import RECIPROCAL

if TYPE_CHECKING:
    from .rewriter import Rewriter


class Power(Function):
    """q^e for positive q; it comes with 1/q, which its derivative holds, and with its own reciprocal."""

    name, letter = "power", "p"
    is_power = in_fields = True

    def recognises(self, expression: Any) -> bool:
        return bool(expression.is_Pow and expression.args[1].free_symbols and not expression.args[0].is_number)

    def rewrite(self, expression: Any, rewriter: Rewriter) -> sympy.Expr:
        """A product, over the factors of the base, of whole powers of symbols and powers without parameters."""
        from .rewriter import NoRule

        base, exponent = expression.args[0], sympy.expand(expression.args[1])
        if exponent.free_symbols - rewriter.constants:
            raise NoRule(f"{base}**({exponent}) has no rule: its exponent moves; write exp(y*log(x)) for x**y")
        inside = sorted(exponent.free_symbols, key=str)
        if not exponent.is_polynomial(*inside) or not all(
            c.is_Rational for c in sympy.Poly(exponent, *inside).coeffs()
        ):
            raise NoRule(f"{base}**({exponent}) has no rule; an exponent may be a polynomial in the parameters")
        total: Any = sympy.Integer(1)
        for factor, times in factors_of(base):
            number, terms = _parted(times * exponent)
            for term in terms:
                known, ratio = self._known(factor, term, rewriter)
                if known is None:
                    self.added(factor, term, rewriter)
                    known, ratio = self._known(factor, term, rewriter)
                assert known is not None
                symbol = known.symbol if ratio > 0 else self._inverse(known, rewriter)
                total *= symbol ** abs(ratio)
                number -= ratio * _parted(known.exponent)[0]
            total *= rewriter.rewrite(factor**number)
        return total

    def _known(self, base: Any, term: Any, rewriter: Rewriter) -> tuple[Auxiliary | None, Any]:
        """The symbol for a power of the base of which the one asked for is a whole power, and that power."""
        argument = sympy.expand(rewriter.rewrite(base))
        for known in (a for a in rewriter.found if a.function is self and a.argument == argument):
            (own,) = _parted(known.exponent)[1]
            ratio = sympy.cancel(term / own)
            if ratio.is_Integer:
                return known, ratio
        return None, sympy.Integer(0)

    def added(self, base: Any, exponent: Any, rewriter: Rewriter) -> sympy.Symbol:
        """A new symbol for the power, with all that its derivative holds."""
        argument = sympy.expand(rewriter.rewrite(base))
        rewriter.symbol_of(RECIPROCAL, base)
        symbol = rewriter.add(self, argument, base**exponent, exponent=exponent)
        self._inverse(rewriter.found[-1], rewriter)
        return symbol

    def _inverse(self, known: Auxiliary, rewriter: Rewriter) -> sympy.Symbol:
        return rewriter.symbol_for(RECIPROCAL, known.symbol, 1 / known.definition)

    def meaning(self, argument: Any) -> sympy.Expr:
        return argument ** sympy.Symbol("exponent", real=True)

    def slope(self, own: Auxiliary, system: System) -> Polynomial:
        below = next(a for a in system.auxiliaries if a.function is RECIPROCAL and a.argument == own.argument)
        return system.polynomial(own.exponent) * system.polynomial(own.symbol) * system.polynomial(below.symbol)


def factors_of(base: Any) -> list[tuple[Any, int]]:
    """The factors of the base with how often they occur; a number goes with what it multiplies.

    >>> x, y = sympy.symbols("x y", real=True)
    >>> factors_of(x**2 / y)
    [(x, 2), (y, -1)]
    """
    if not base.is_rational_function(*base.free_symbols):
        return [(base, 1)]
    above, below = (sympy.factor_list(part) for part in sympy.fraction(sympy.together(base)))
    factors = [*above[1], *((f, -n) for f, n in below[1])]
    if sympy.cancel(above[0] / below[0]) != 1 or not factors:
        return [(base, 1)]
    return [(f, int(n)) for f, n in factors]


def prepare(groups: Sequence[Sequence[Any]], rewriter: Rewriter) -> None:
    """Makes the symbols of which all powers in these expressions are whole powers.

    x^n and x^(n/2) are no independent functions, and neither are x^n and x^(n - 1): of those the lower one is taken, so
    that nothing is divided.
    """
    power = FUNCTIONS["power"]
    assert isinstance(power, Power)
    for (base, rest), found in _occurring(groups, rewriter.constants).items():
        below = math.lcm(*(c.q for c, _ in found))
        common = sympy.Rational(math.gcd(*(int(c * below) for c, _ in found)), below)
        least = min((r for c, r in found if c == common and r is not None), default=sympy.Integer(0))
        power.added(base, common * rest + least, rewriter)


def _occurring(groups: Sequence[Sequence[Any]], constants: frozenset[Any]) -> dict[tuple[Any, Any], list[Any]]:
    """By base and monomial of parameters: its factors in exponents, each with what is added there (None: unclear)."""
    found: dict[tuple[Any, Any], list[Any]] = {}
    for base, exponent in _with_parameters(groups, constants):
        for factor, times in factors_of(base):
            number, terms = _parted(sympy.expand(times * exponent))
            for term in terms:
                c, rest = term.as_coeff_Mul()
                if c.is_Rational:
                    found.setdefault((factor, rest), []).append((c, number if len(terms) == 1 else None))
    return found


def _with_parameters(groups: Sequence[Sequence[Any]], constants: frozenset[Any]) -> Iterator[tuple[Any, Any]]:
    """Base and exponent of the powers, by their text, whose exponent is a polynomial in parameters, and no number."""
    powers = {e for group in groups for expression in group for e in expression.atoms(sympy.Pow)}
    for e in sorted(powers, key=str):
        base, exponent = e.args
        inside = exponent.free_symbols
        if inside and inside <= constants and not base.is_number and exponent.is_polynomial():
            yield base, exponent


def _parted(exponent: Any) -> tuple[Any, list[Any]]:
    """The number in an exponent, and its other terms."""
    number, rest = sympy.expand(exponent).as_coeff_Add()
    return number, list(sympy.Add.make_args(rest)) if rest != 0 else []

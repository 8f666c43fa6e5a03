"""What the structure of an expression costs, in nats: -ln of how often its operations occur in formulas, beside its
size.

The numbers are those of the nodes that forms are made of (`parametric.nodes`, counted in the 120 Feynman equations of
arXiv 1905.11481): a price on structure is what selects the right form among thousands, the prices themselves break
ties.
"""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import sympy

from ....algebra.expressions.jumps import JUMPS
from .numbers import number_price


@dataclass(frozen=True)
class StructurePrices:
    """Nats for each operation."""

    column: float = 0.8
    product: float = 1.7
    quotient: float = 2.0
    inverse: float = 2.3
    sum: float = 2.6
    square: float = 2.1
    root: float = 3.9
    power: float = 5.0
    exp: float = 4.2
    wave: float = 3.6
    log: float = 5.0
    tanh: float = 6.0
    clip: float = 5.5
    raised: float = 6.5
    other: float = 7.1
    again: float = 3.0
    """A constant that stands where another place has it already: which one is meant is to be said, and it is rare.
    Chosen by hand, as is `shared`: neither was counted."""
    shared: float = 1.4
    """The same where both are factors of terms of one sum, a (1 - exp(-b t)): as if one such pair in four were so."""
    nested: float = 3.0
    """More for a transcendental function inside another one."""


PRICES = StructurePrices()
_FUNCTIONS = {
    sympy.exp: PRICES.exp,
    sympy.sin: PRICES.wave,
    sympy.cos: PRICES.wave,
    sympy.log: PRICES.log,
    sympy.tanh: PRICES.tanh,
    sympy.Abs: PRICES.clip,
    **dict.fromkeys(JUMPS, PRICES.clip),
}
_SCALED_ARGUMENT = (sympy.exp, sympy.sin, sympy.cos, sympy.tanh)
"""Their arguments are pure numbers: the factor that makes them so belongs to the function."""


def structure_nats(expression: sympy.Expr, constants: Collection[sympy.Symbol], columns: int) -> float:
    """The price of an expression over so many columns; free `constants` cost nothing here, exact numbers theirs.

    >>> x, c = sympy.symbols("x c", real=True)
    >>> prices = [structure_nats(e, {c}, 1) for e in (c * x, c * x**2, sympy.exp(sympy.exp(x)))]
    >>> prices == sorted(prices)
    True
    """
    return _Pricer(set(constants), math.log(max(columns, 1))).price(expression, False)


@dataclass(frozen=True)
class _Pricer:
    constants: set[sympy.Symbol]
    choice: float
    """ln of the number of columns: which one it is."""

    def price(self, e: Any, inside: bool) -> float:
        if isinstance(e, sympy.Symbol):
            return 0.0 if e in self.constants else PRICES.column + self.choice
        if not e.free_symbols:
            return number_price(e)
        if isinstance(e, sympy.Add):
            return PRICES.sum * (len(e.args) - 1) + sum(self.price(term, inside) for term in e.args)
        if isinstance(e, sympy.Mul):
            return self.product(e, inside)
        if isinstance(e, sympy.Pow):
            return self.power(e.base, e.exp, inside)
        if isinstance(e, sympy.Min | sympy.Max):
            return PRICES.clip * (len(e.args) - 1) + sum(self.price(part, inside) for part in e.args)
        return self.function(e, inside)

    def product(self, e: Any, inside: bool) -> float:
        """Factors above the line cost a product each, those below it a quotient; the sign is free."""
        number = abs(sympy.Mul(*[factor for factor in e.args if factor.is_number]))
        above, below, total = int(number != 1), 0, number_price(number)
        for factor in e.args:
            base, exponent = factor.as_base_exp()
            if factor.is_number:
                continue
            if exponent.is_Rational and exponent.is_negative:
                below += 1
                total += self.price(base ** (-exponent), inside)
            else:
                above += 1
                total += self.price(factor, inside)
        first = PRICES.inverse if above == 0 else PRICES.quotient
        quotients = 0.0 if below == 0 else first + PRICES.quotient * (below - 1)
        return total + PRICES.product * max(0, above - 1) + quotients

    def power(self, base: Any, exponent: Any, inside: bool) -> float:
        if not (exponent.is_number or exponent in self.constants):
            extra = PRICES.nested if inside else 0.0
            return PRICES.raised + extra + self.price(base, True) + self.price(exponent, True)
        if exponent.is_number and exponent.is_negative:
            return PRICES.inverse + (
                self.price(base, inside) if exponent == -1 else self.power(base, -exponent, inside)
            )
        return self.exponent(exponent) + self.price(base, inside)

    def exponent(self, exponent: Any) -> float:
        if exponent in self.constants:
            return PRICES.power
        if exponent == 2:
            return PRICES.square
        if exponent == sympy.Rational(1, 2):
            return PRICES.root
        whole = PRICES.square if exponent.is_Integer else PRICES.root
        return whole + number_price(exponent) - 1.0

    def function(self, e: Any, inside: bool) -> float:
        own = _FUNCTIONS.get(type(e), PRICES.other) + (PRICES.nested if inside else 0.0)
        arguments = e.args[:1] if isinstance(e, sympy.Heaviside) else e.args  # the other says what it is at 0
        total = own + sum(self.price(argument, True) for argument in arguments)
        if isinstance(e, _SCALED_ARGUMENT):
            total -= self.scale_inside(e.args[0], isinstance(e, sympy.sin | sympy.cos))
        return total

    def scale_inside(self, argument: Any, phase: bool) -> float:
        """What was charged for writing the factor (and the phase) that belongs to the function, free or exact: whether
        a factor of -0.5009 is -1/2 is a question of its digits alone."""
        saved, terms = 0.0, list(sympy.Add.make_args(argument))
        if phase and len(terms) == 2 and any(self.is_number(term) for term in terms):
            saved, terms = PRICES.sum, [term for term in terms if not self.is_number(term)]
        if len(terms) == 1 and self.has_factor(terms[0]):
            saved += PRICES.product
        return saved

    def is_number(self, e: Any) -> bool:
        return e.is_number or e in self.constants

    def has_factor(self, term: Any) -> bool:
        """Whether `product` was charged for a number beside what varies; a sign is none."""
        factors = sympy.Mul.make_args(term)
        number = abs(sympy.Mul(*[factor for factor in factors if factor.is_number]))
        return number != 1 or any(factor in self.constants for factor in factors)

"""Exact numbers: what it costs to write one down, and which short ones lie near a measured value.

    p/q: ln 2 + 2 ln(1 + |p|) + 2 ln q      decimals: ln 10 a digit      pi, roots: the price of being rare

A universal code for integers grows like 2 ln n (Rissanen, Annals of Statistics 11, 416, 1983); ln 2 says that it is
exact. One constant in ten of textbook formulas holds pi, mostly as pi, 2 pi, 4 pi (turns and solid
angles) or one of their inverses: each of those is one constant in fifty, any other multiple rarer. So pi does not
stand beside a measurement of two digits.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import sympy


@dataclass(frozen=True)
class NumberPrices:
    """Nats of rare numbers, and how far short ones are looked for."""

    pi: float = 4.0
    """Of pi, 2 pi, 4 pi and their inverses: circles, full turns, spheres."""
    part_of_pi: float = 5.5
    """Of pi/2, pi/4, their inverses, and the norm of a normal distribution, sqrt(2 pi): about that of 5/2. They are
    rarer than the others: at the same price, of random constants that are known to 1 % one in twenty was written with
    pi; now one in forty is."""
    rare_pi: float = 5.0
    """Of another multiple of pi or 1/pi, beside that of the fraction."""
    pi_power: float = 2.0
    """For each further power of pi: pi^4 stands in hardly any law."""
    root: float = 4.5
    decimal: float = 2.0
    decimal_place: float = 0.7
    """For each power of ten of a decimal."""
    largest_denominator: int = 60
    most_digits: int = 6
    widths: tuple[float, ...] = (3.0, 2.0, 1.0, 0.5)
    """In standard errors: the simplest fraction of each of these intervals is tried."""


PRICES = NumberPrices()


@dataclass(frozen=True)
class ShortNumber:
    """p/q, times the constant `name` ("" for none), or the root of p/q where it is "sqrt", and its price in nats."""

    name: str
    p: int
    q: int
    price: float

    @property
    def value(self) -> float:
        if self.name == "sqrt":
            return math.copysign(math.sqrt(abs(self.p) / self.q), self.p)
        return self.p / self.q * _value_of(self.name)

    @property
    def number(self) -> sympy.Expr:
        """The number, exact."""
        fraction = sympy.Rational(self.p, self.q)
        if self.name == "sqrt":
            return sympy.sign(fraction) * sympy.sqrt(abs(fraction))
        return fraction * sympy.sympify(self.name or "1")


@functools.cache
def _value_of(name: str) -> float:
    number: Any = sympy.sympify(name or "1")
    return float(number)


def fraction_price(p: int, q: int) -> float:
    """p/q in lowest terms; 0 and 1 cost nothing, since they are no constants.

    >>> fraction_price(1, 2) < fraction_price(3, 7) and fraction_price(-1, 1) == 0
    True
    """
    if q == 1 and abs(p) <= 1:
        return 0.0
    return min(math.log(2) + 2 * math.log(1 + abs(p)) + 2 * math.log(q), _decimal_price(p, q))


def pi_price(p: int, q: int, power: int = 1) -> float:
    """p/q times a power of pi."""
    first = PRICES.rare_pi + fraction_price(p, q)
    if 1 in (p, q) and max(p, q) in (1, 2, 4):
        whole = q == 1 if power > 0 else p == 1
        first = PRICES.pi if whole else PRICES.part_of_pi
    return first + PRICES.pi_power * (abs(power) - 1)


def number_price(number: Any) -> float:
    """The price of an exact number, however it is written: the product of a fraction, roots and powers of pi.

    >>> number_price(sympy.pi**4 / 5) > number_price(sympy.Rational(7, 2))
    True
    """
    if abs(number) in (sympy.sqrt(2 * sympy.pi), 1 / sympy.sqrt(2 * sympy.pi)):
        return PRICES.part_of_pi
    price, power = 0.0, 0
    fraction: Any = sympy.Integer(1)
    factors: Any = sympy.Mul.make_args(abs(number))
    for factor in factors:
        base, exponent = factor.as_base_exp()
        if factor.is_Rational:
            fraction *= factor
        elif base == sympy.pi and exponent.is_Integer:
            power += int(exponent)
        elif base == sympy.pi and exponent.is_Rational:
            price += PRICES.pi + PRICES.root / 2 + PRICES.pi_power * max(0.0, abs(float(exponent)) - 1)
        elif base.is_Rational and exponent.is_Rational:
            price += PRICES.root + fraction_price(int(base.p), int(base.q)) / 2 + math.log(int(exponent.q))
        else:
            price += _other_price(factor)
    p, q = int(fraction.p), int(fraction.q)
    return price + (pi_price(p, q, power) if power else fraction_price(p, q))


def _other_price(number: Any) -> float:
    """A written-out floating number, a sum, a function of a number."""
    if number.is_Float:
        return PRICES.decimal + 16 * math.log(10)
    own = 2.6 * (len(number.args) - 1) if isinstance(number, sympy.Add) else 6.0
    return own + sum(number_price(argument) for argument in number.args if argument.is_number)


def short_numbers(value: float, error: float, exponent: bool = False) -> list[ShortNumber]:
    """Short numbers within three standard errors of a value, cheapest first; exponents are fractions and decimals only.

    >>> [str(short.number) for short in short_numbers(2.4999, 0.001)][:1]
    ['5/2']
    """
    reach = 3 * error + 1e-14 * abs(value)
    found = dict.fromkeys([*_fractions(value, error), *_decimals(value)])
    short = [ShortNumber("", p, q, fraction_price(p, q)) for p, q in found]
    if not exponent:
        short += [one for one in (*_with_pi(value, error), *_roots(value, error)) if one.p]
    return sorted((one for one in short if abs(one.value - value) <= reach), key=lambda one: (one.price, one.name))


def _with_pi(value: float, error: float) -> Iterator[ShortNumber]:
    """Fractions of pi, 1/pi and pi^2 near a value, and the norms of a normal distribution."""
    for name, power in (("pi", 1), ("1/pi", -1), ("pi**2", 2)):
        factor = math.pi**power
        for p, q in _fractions(value / factor, error / factor):
            yield ShortNumber(name, p, q, pi_price(p, q, power))
    for name in ("sqrt(2*pi)", "1/sqrt(2*pi)"):
        yield ShortNumber(name, 1 if value > 0 else -1, 1, PRICES.part_of_pi)


def _roots(value: float, error: float) -> Iterator[ShortNumber]:
    """Square roots of fractions near a value."""
    for p, q in _fractions(value * value, 2 * abs(value) * error):
        yield ShortNumber("sqrt", p if value > 0 else -p, q, PRICES.root + fraction_price(p, q) + math.log(2))


def _fractions(value: float, error: float) -> list[tuple[int, int]]:
    """The simplest fractions of intervals from three errors wide down to a half, those with a small denominator."""
    if not (math.isfinite(value) and math.isfinite(error)) or abs(value) > 1e12:
        return []
    found = {simplest_fraction(value - width * error, value + width * error) for width in PRICES.widths}
    return [(p, q) for p, q in found if q <= PRICES.largest_denominator]


def simplest_fraction(low: float, high: float) -> tuple[int, int]:
    """Numerator and denominator of the fraction of smallest denominator in [low, high], by continued fractions.

    The ends are taken up to rounding (1e-13 of their size); from there on all is exact.

    >>> simplest_fraction(3.14, 3.15), simplest_fraction(-0.4, 0.1), simplest_fraction(0.1875, 0.1953125)
    ((22, 7), (0, 1), (3, 16))
    """
    if low <= 0 <= high:
        return 0, 1
    if high < 0:
        p, q = simplest_fraction(-high, -low)
        return -p, q
    return _simplest_between(*(low * (1 - 1e-13)).as_integer_ratio(), *(high * (1 + 1e-13)).as_integer_ratio())


def _simplest_between(p: int, q: int, r: int, s: int) -> tuple[int, int]:
    """The fraction of smallest denominator in [p/q, r/s] for 0 < p/q <= r/s, in whole numbers."""
    whole, rest = divmod(p, q)
    if rest == 0:
        return whole, 1
    if (whole + 1) * s <= r:
        return whole + 1, 1
    numerator, denominator = _simplest_between(s, r - whole * s, q, rest)
    return whole * numerator + denominator, numerator


def _decimals(value: float) -> list[tuple[int, int]]:
    """The value rounded to one, two, ... significant digits, in lowest terms."""
    if value == 0 or not math.isfinite(value):
        return []
    made = []
    for digits in range(1, PRICES.most_digits + 1):
        place = digits - 1 - math.floor(math.log10(abs(value)))
        if abs(place) > 300:
            continue
        p, q = (round(value * 10.0**place), 10**place) if place >= 0 else (round(value / 10.0**-place) * 10**-place, 1)
        shared = math.gcd(p, q)
        made.append((p // shared, q // shared))
    return made


def _decimal_price(p: int, q: int) -> float:
    """The digits of p/q where it is a finite decimal; infinite where it is none."""
    power, rest = 0, q
    while rest % 10 == 0:
        rest, power = rest // 10, power + 1
    for factor in (2, 5):
        while rest % factor == 0:
            rest, power = rest // factor, power + 1
    if rest != 1 or power > 30:
        return math.inf
    digits = str(abs(p * 10**power // q))
    significant = len(digits.rstrip("0")) or 1
    place = len(digits) - power - 1
    return PRICES.decimal + math.log(10) * significant + PRICES.decimal_place * abs(place)

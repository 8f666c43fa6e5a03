"""Fractions for people: as short decimals, rounded to the side that keeps a statement true."""

from __future__ import annotations

from fractions import Fraction


def outward(value: Fraction, up: bool, digits: int = 9) -> str:
    """The number itself where it is short, else a decimal of so many digits that is not below it, or not above it.

    >>> outward(Fraction(3, 7), True), outward(Fraction(1, 8), True)
    ('3/7', '0.125')
    >>> outward(Fraction(1, 3) + Fraction(1, 10**40), True), outward(Fraction(10**30 + 1, 3 * 10**30), False)
    ('0.333333334', '0.333333333')
    """
    if value.denominator < 1000 and value.numerator < 10**6:
        return decimal_or_fraction(value)
    places = digits
    while places < 60 and value and abs(value) * 10**places < 10 ** (digits - 1):  # so many that are not zero
        places += 1
    scaled = value * 10**places
    whole = -(-scaled.numerator // scaled.denominator) if up else scaled.numerator // scaled.denominator
    return decimal_or_fraction(Fraction(whole, 10**places))


def decimal_or_fraction(value: Fraction) -> str:
    """Exactly: as a decimal where it has an end, else as a fraction.

    >>> [decimal_or_fraction(Fraction(*pair)) for pair in ((5, 1), (1, 8), (-3, 40), (1, 3))]
    ['5', '0.125', '-0.075', '1/3']
    """
    rest, places = value.denominator, 0
    for prime in (2, 5):
        power = 0
        while rest % prime == 0:
            rest, power = rest // prime, power + 1
        places = max(places, power)
    if rest > 1:
        return str(value)
    digits = f"{abs(value.numerator) * 10**places // value.denominator:0{places + 1}d}"
    sign = "-" if value < 0 else ""
    return sign + (digits if places == 0 else f"{digits[:-places]}.{digits[-places:]}")

"""Signs of polynomials over the rationals at every positive number, exactly: Sturm's theorem, by fractions alone.

A polynomial is its coefficients from the constant up. Cost: degree^2 operations on fractions for each bisection.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from math import isqrt
from typing import TypeAlias

Rational: TypeAlias = tuple[Fraction, ...]
Signs: TypeAlias = tuple[int, ...]


@dataclass(frozen=True)
class Place:
    """Where signs were looked at: every q in [low, high) of an open range (high None: no end), or the one root of some
    of the polynomials in (low, high]."""

    low: Fraction
    high: Fraction | None
    is_root: bool


def value(p: Sequence[Fraction], x: Fraction) -> Fraction:
    """p(x).

    >>> value((Fraction(1), Fraction(0), Fraction(2)), Fraction(3))
    Fraction(19, 1)
    """
    found = Fraction(0)
    for coefficient in reversed(p):
        found = found * x + coefficient
    return found


def trimmed(p: Sequence[Fraction]) -> Rational:
    """Without leading zeros."""
    last = max((i for i, c in enumerate(p) if c), default=-1)
    return tuple(p[: last + 1])


def plus(p: Sequence[Fraction], q: Sequence[Fraction]) -> Rational:
    """p + q."""
    size = max(len(p), len(q))
    return trimmed([_at(p, i) + _at(q, i) for i in range(size)])


def times(p: Sequence[Fraction], q: Sequence[Fraction]) -> Rational:
    """p q."""
    found = [Fraction(0)] * (len(p) + len(q))
    for i, a in enumerate(p):
        for j, b in enumerate(q):
            found[i + j] += a * b
    return trimmed(found)


def first_failure(polynomials: Sequence[Rational], holds: Callable[[Signs], bool]) -> Place | None:
    """The first place in q > 0 where the polynomials' signs (-1, 0, 1 each) are not such that `holds`; None: all are.

    >>> line = (Fraction(-1), Fraction(1))  # q - 1
    >>> place = first_failure([line], lambda signs: signs[0] > 0)
    >>> place.is_root, place.low < 1
    (False, True)
    >>> first_failure([(Fraction(1), Fraction(1))], lambda signs: signs[0] > 0) is None
    True
    """
    product: Rational = (Fraction(1),)
    for p in polynomials:
        product = times(product, p) if trimmed(p) else product
    whole = _quotient(product, _common(product, _slope(product)))
    roots = _isolated(whole)
    starts = [Fraction(0), *(high for _, high in roots)]
    ends = [*(low for low, _ in roots), None]
    for number, (start, end) in enumerate(zip(starts, ends, strict=True)):
        inner = start + 1 if end is None else (start + end) / 2
        if not holds(tuple(_sign(value(p, inner)) for p in polynomials)):
            return Place(start, end, False)
        if number < len(roots) and not holds(tuple(_sign_at_root(p, *roots[number]) for p in polynomials)):
            return _narrow(whole, *roots[number])
    return None


def square_within(place: Place) -> Fraction | None:
    """A rational k, the simplest of some, with k^2 in an open range; None for a root.

    >>> square_within(Place(Fraction(2), Fraction(3), False))
    Fraction(3, 2)
    """
    if place.is_root:
        return None
    size = 1
    while True:
        first = isqrt(int(place.low * size * size))
        for k in (Fraction(n, size) for n in (first, first + 1, first + 2)):
            if place.low < k * k and (place.high is None or k * k < place.high):
                return k
        size += 1


def _narrow(p: Rational, low: Fraction, high: Fraction) -> Place:
    """The one root of p in (low, high] to a millionth of itself; low = high where it is met."""
    chain = _sturm(p)
    while high - low > high / 10**7:
        low, high = _halved(chain, low, high)
    simple = ((low + high) / 2).limit_denominator(1000)
    return Place(low, high, True) if value(p, simple) else Place(simple, simple, True)


def _sign(x: Fraction) -> int:
    return (x > 0) - (x < 0)


def _sign_at_root(p: Rational, low: Fraction, high: Fraction) -> int:
    """At the root in (low, high] of the product of all: where p has none there, it has one sign on all of it."""
    return 0 if not trimmed(p) or _count(_sturm(trimmed(p)), low, high) else _sign(value(p, high))


def _isolated(p: Rational) -> list[tuple[Fraction, Fraction]]:
    """Ranges (low, high], apart from each other and from 0, each with one positive root of the square-free p."""
    if len(p) < 2:
        return []
    chain = _sturm(p)
    bound = 1 + max(abs(c / p[-1]) for c in p[:-1])
    waiting, found = [(Fraction(0), bound)], []
    while waiting:
        low, high = waiting.pop()
        count, middle = _count(chain, low, high), (low + high) / 2
        if count == 1:
            found.append((low, high))
        elif count > 1:
            waiting += [(low, middle), (middle, high)]
    found.sort()
    while any(a[1] >= b[0] for a, b in pairwise(found)) or (found and found[0][0] == 0):
        found = [_halved(chain, *one) for one in found]
    return found


def _halved(chain: Sequence[Rational], low: Fraction, high: Fraction) -> tuple[Fraction, Fraction]:
    middle = (low + high) / 2
    return (low, middle) if _count(chain, low, middle) else (middle, high)


def _sturm(p: Rational) -> list[Rational]:
    chain = [p, _slope(p)]
    while chain[-1]:
        chain.append(tuple(-c for c in _divided(chain[-2], chain[-1])[1]))
    return chain[:-1]


def _count(chain: Sequence[Rational], low: Fraction, high: Fraction) -> int:
    """Different roots in (low, high]."""
    return _changes(chain, low) - _changes(chain, high)


def _changes(chain: Sequence[Rational], x: Fraction) -> int:
    signs = [sign for p in chain if (sign := _sign(value(p, x)))]
    return sum(a != b for a, b in pairwise(signs))


def _slope(p: Rational) -> Rational:
    return trimmed([i * c for i, c in enumerate(p)][1:])


def _divided(p: Rational, q: Rational) -> tuple[Rational, Rational]:
    rest, found = list(p), [Fraction(0)] * max(1, len(p) - len(q) + 1)
    for shift in range(len(p) - len(q), -1, -1):
        found[shift] = rest[shift + len(q) - 1] / q[-1]
        for i, c in enumerate(q):
            rest[shift + i] -= found[shift] * c
    return trimmed(found), trimmed(rest[: len(q) - 1] if len(p) >= len(q) else rest)


def _quotient(p: Rational, q: Rational) -> Rational:
    return _divided(p, q)[0]


def _common(p: Rational, q: Rational) -> Rational:
    while q:
        p, q = q, _divided(p, q)[1]
    return p


def _at(p: Sequence[Fraction], i: int) -> Fraction:
    return p[i] if i < len(p) else Fraction(0)

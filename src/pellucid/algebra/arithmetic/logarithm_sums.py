"""Sums of logarithms of whole numbers, sum_i c_i log n_i: their sign, decided without a doubt.

The sum is 0 exactly where prod n_i^c_i = 1, which a coprime basis of the n_i shows without factoring them: n_i is a
product of powers of its members, and those powers cancel. Where they do not, ball arithmetic of enough digits finds
the sign (coprime bases: Bernstein, J. Algorithms 54, 1, 2005; balls: Johansson, IEEE Trans. Comput. 66, 1281, 2017).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from math import gcd

from flint import arb, ctx, fmpz


def sign_of(sum_: Mapping[int, int], digits: int = 64) -> int:
    """-1, 0 or 1: the sign of sum_i c_i log n_i, given as {n_i: c_i} with positive whole n_i.

    >>> sign_of({4: 1, 2: -2}), sign_of({3: 1, 2: -1}), sign_of({2: 10**6, 3: -630930})
    (0, 1, -1)
    """
    terms = {n: c for n, c in sum_.items() if c and n > 1}
    if not terms:
        return 0
    while True:
        value = ball(terms, digits)
        if not value.contains(0):
            return 1 if value > 0 else -1
        if digits < 256:
            digits *= 2
        elif vanishes(terms):
            return 0
        else:
            digits *= 2


def ball(sum_: Mapping[int, int], digits: int = 64) -> arb:
    """A ball that holds the sum, with so many binary digits and what the numbers themselves take.

    >>> round(float(ball({2: 1})), 12), ball({6: 1, 2: -1, 3: -1}).contains(0)
    (0.69314718056, True)
    """
    largest = max((abs(c) for c in sum_.values()), default=1)
    before, ctx.prec = ctx.prec, digits + largest.bit_length() + len(sum_).bit_length() + 8
    try:
        return sum((c * arb(fmpz(n)).log() for n, c in sum_.items()), arb(0))
    finally:
        ctx.prec = before


def vanishes(sum_: Mapping[int, int]) -> bool:
    """Whether the sum is exactly 0.

    >>> vanishes({12: 1, 18: 1, 6: -3}), vanishes({12: 2, 18: -1, 6: -1})
    (True, False)
    """
    powers: Counter[int] = Counter()
    for base in coprime_basis(sum_):
        for n, c in sum_.items():
            while n % base == 0:
                n //= base
                powers[base] += c
    return not any(powers.values())


def coprime_basis(numbers: Iterable[int]) -> list[int]:
    """Numbers above 1, any two of them coprime, of which each of `numbers` is a product of powers.

    >>> coprime_basis([12, 18])
    [2, 3]
    """
    basis: list[int] = []
    waiting = [n for n in numbers if n > 1]
    while waiting:
        n = waiting.pop()
        for place, other in enumerate(basis):
            shared = gcd(n, other)
            if shared > 1:
                del basis[place]
                waiting += [m for m in (shared, n // shared, other // shared) if m > 1]
                break
        else:
            basis.append(n)
    return sorted(basis)

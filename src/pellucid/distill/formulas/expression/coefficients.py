"""Coefficients as a person writes them: products of small primes, powers of pi, square roots, by what they cost.

The prior is over factors, not over digits: 4 pi costs less than 13, 3/2 less than 1/7, as laws have it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import product

import numpy as np
from numpy.typing import NDArray

from .settings import BITS

PI_TEXT = "acos(-1)"
"""How texts that are parsed beside the names of columns write pi: a column may be called pi."""


@dataclass(frozen=True, eq=False)
class Table:
    """Positive values, ascending, with their bits and their text."""

    values: NDArray[np.float64]
    bits: NDArray[np.float64]
    texts: tuple[str, ...]


@cache
def table() -> Table:
    """Every product 2^a 3^b 5^c 7^d pi^e sqrt(r), r in {1, 2, 3, pi, 2 pi, 1/2, ...}, up to some cost."""
    rows: list[tuple[float, float, str]] = []
    roots = (("", 1.0, 0.0), ("sqrt(2)", 2**0.5, 1.2), ("sqrt(3)", 3**0.5, 2.4), (f"sqrt({PI_TEXT})", np.pi**0.5, 2.0))
    roots += ((f"sqrt(2*{PI_TEXT})", (2 * np.pi) ** 0.5, 1.5),)
    for a, b, c, d, e in product(range(-6, 7), range(-3, 4), range(-2, 3), (-1, 0, 1), range(-4, 5)):
        bits = sum(abs(n) * BITS.prime[p] for n, p in zip((a, b, c, d), (2, 3, 5, 7), strict=True))
        bits += BITS.pi_power[abs(e)]
        if bits > 15:
            continue
        above, below = _integers((a, b, c, d))
        for name, value, cost in roots:
            for side in (1, -1) if name else (1,):
                total = bits + (cost + BITS.coefficient_root if name else 0.0)
                if total <= 17:
                    number = above / below * np.pi**e * value**side
                    rows.append((float(number), total, _text(above, below, e, name, side)))
    rows.sort()
    values, bits_, texts = zip(*rows, strict=True)
    return Table(np.array(values), np.array(bits_), tuple(texts))


def _integers(powers: tuple[int, ...]) -> tuple[int, int]:
    above = below = 1
    for prime, power in zip((2, 3, 5, 7), powers, strict=True):
        above *= prime ** max(power, 0)
        below *= prime ** max(-power, 0)
    return above, below


def _text(above: int, below: int, pi: int, root: str, side: int) -> str:
    powers = [(str(above), int(above > 1)), (str(below), -int(below > 1)), (PI_TEXT, pi), (root, side if root else 0)]
    upper, lower = ([_power(text, sign * power) for text, power in powers if sign * power > 0] for sign in (1, -1))
    product = "*".join(lower)
    return ("*".join(upper) or "1") + (f"/({product})" if len(lower) > 1 else f"/{product}" if lower else "")


def _power(text: str, exponent: int) -> str:
    return text if exponent == 1 else f"{text}**{exponent}"


def snap_coefficient(value: float, uncertainty: float, *, most: float = 3.5) -> tuple[float, float, str] | None:
    """(snapped value, bits lost in all, text): the coefficient whose own bits and misfit together cost least, or None.

    The misfit of v is ((v - value) / uncertainty)^2 / (2 log 2) bits: the likelihood it gives away.

    >>> snap_coefficient(0.333333, 1e-6)[2], snap_coefficient(3.14159265, 1e-7)[2]
    ('1/3', 'acos(-1)')
    """
    if not np.isfinite(value) or value == 0 or not np.isfinite(uncertainty):
        return None
    known = table()
    size, spread = abs(value), max(uncertainty, 1e-11 * abs(value))
    first, last = np.searchsorted(known.values, [size - most * spread, size + most * spread])
    if last <= first:
        return None
    here = slice(int(first), int(last))
    misfit = ((known.values[here] - size) / spread) ** 2 / (2 * np.log(2))
    cost = known.bits[here] + misfit
    best = int(np.argmin(cost))
    bits = float(cost[best]) + (BITS.sign if value < 0 else 0.0)
    if bits > BITS.free_coefficient + 6:
        return None
    sign = "-" if value < 0 else ""
    return float(np.copysign(known.values[here][best], value)), bits, sign + known.texts[here.start + best]

r"""Snapping: a measured constant becomes the simplest exact number that it could be.

    v* = argmin_v  bits(v) + z^2 / (2 ln 2),   z = (v - c) / s

over integers, rationals, decimals, r pi^k, roots sqrt(r pi^k) and r sqrt(m), r e, r log m. It is taken when that is
less than a free constant costs, BITS.real + log2(|c| / s), by a margin that grows with the precision: bits are
(nearly) code lengths, so m bits saved come about by chance with probability 2^-m or so, and a constant known to 12
digits must be a hit that chance does not explain, while one known to 2 is allowed the best guess there is.

Numbers of up to `EFFORTS.table_bits` bits are looked up in a table that is made once; for longer ones, the simplest
rational in the interval is found in each family by its continued fraction.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

import numpy as np
import sympy
from numpy.typing import NDArray

from .description import integer_bits, rational_bits
from .settings import BITS, EFFORTS, TOLERANCES

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Proposal:
    """An exact number a constant could be, its bits, and how many standard errors away it is."""

    number: sympy.Expr
    bits: float
    deviation: float

    @property
    def cost(self) -> float:
        """bits + z^2 / (2 ln 2).

        >>> Proposal(sympy.Rational(1, 2), 3.0, 0.0).cost
        3.0
        """
        return self.bits + self.deviation**2 / (2 * math.log(2))


@dataclass(frozen=True)
class Family:
    """Numbers factor * r, or factor * sqrt(r) if `root`, for rational r, at `extra` bits; r = 1 is free if `bare`."""

    factor: sympy.Expr
    extra: float
    root: bool = False
    bare: bool = True
    beside: float = 0.0
    """More bits where r is not 1."""

    def number(self, numerator: int, denominator: int) -> sympy.Expr:
        rational = sympy.Rational(numerator, denominator)
        return self.factor * (sympy.sqrt(rational) if self.root else rational)

    def bits(self, numerator: int, denominator: int) -> float:
        plain = rational_bits(numerator, denominator)
        return self.extra + (0.0 if self.bare and numerator == denominator else plain + self.beside)


@lru_cache(maxsize=1)
def families() -> tuple[Family, ...]:
    """The families of numbers, simplest first.

    >>> [str(family.number(1, 2)) for family in families()][:3]
    ['1/2', 'pi/2', '1/(2*pi)']
    """
    pi, found = sympy.pi, [Family(sympy.Integer(1), 0.0, bare=False)]
    for k in (1, 2, 3, 4):
        extra = BITS.pi + integer_bits(k) - 1
        found += [Family(pi**k, extra), Family(pi**-k, extra)]
    found += [Family(sympy.Integer(1), BITS.root, root=True, bare=False)]
    for k in (1, 2, 3):
        extra = BITS.root + BITS.pi + integer_bits(k) - 1
        half = sympy.Rational(k, 2)
        found += [Family(pi**half, extra, root=True), Family(pi**-half, extra, root=True)]
    found += [Family(sympy.sqrt(2 * pi) ** k, BITS.pi + 1, beside=2) for k in (1, -1)]
    for m in (2, 3, 5, 6):
        found.append(Family(sympy.sqrt(m), BITS.root + integer_bits(m)))
    found += [Family(sympy.E, BITS.euler), Family(1 / sympy.E, BITS.euler)]
    found += [Family(sympy.log(m), BITS.euler + integer_bits(m)) for m in (2, 10)]
    return tuple(found)


@dataclass(frozen=True)
class Table:
    """Positive numbers of few bits in increasing order: `logs`, `bits`, and (family, numerator, denominator)."""

    logs: Array
    bits: Array
    parts: NDArray[np.int64]


@lru_cache(maxsize=1)
def table() -> Table:
    """Every number of the families with at most `EFFORTS.table_bits` bits."""
    limit = int(2**EFFORTS.table_bits)
    single = [(n, integer_bits(n)) for n in range(1, limit) if integer_bits(n) <= EFFORTS.table_bits]
    single.sort(key=lambda pair: pair[1])
    numbers = np.array([n for n, _ in single])
    lengths = np.array([b for _, b in single])
    pairs = []
    for n, b in single:
        most = EFFORTS.table_bits - b
        stop = int(np.searchsorted(lengths, most, side="right"))
        others = numbers[:stop]
        coprime = others[np.gcd(others, n) == 1]
        pairs.append(np.stack([np.full(len(coprime), n), coprime], axis=1))
    ratios = np.concatenate(pairs)
    whole = ratios[:, 1] == 1
    size = dict(single)
    plain = np.array([size[n] for n in ratios[:, 0].tolist()])
    plain = plain + np.where(whole, 0.0, np.array([size[n] for n in ratios[:, 1].tolist()]))
    logs, bits, parts = [], [], []
    for index, family in enumerate(families()):
        value = np.log(ratios[:, 0] / ratios[:, 1]) * (0.5 if family.root else 1.0) + math.log(float(family.factor))
        cost = family.extra + np.where((ratios[:, 0] == ratios[:, 1]) & family.bare, 0.0, plain + family.beside)
        keep = cost <= EFFORTS.table_bits
        logs.append(value[keep])
        bits.append(cost[keep])
        parts.append(np.column_stack([np.full(int(keep.sum()), index), ratios[keep]]))
    all_logs, all_bits, all_parts = np.concatenate(logs), np.concatenate(bits), np.concatenate(parts)
    order = np.lexsort((all_bits, all_logs))
    return Table(all_logs[order], all_bits[order], all_parts[order])


def proposals(value: float, uncertainty: float, count: int = 3) -> list[Proposal]:
    """Up to `count` exact numbers within a few standard errors, cheapest first; 0 among them where it is in reach.

    >>> [str(one.number) for one in proposals(0.3334, 0.0002, 1)]
    ['1/3']
    """
    uncertainty = max(uncertainty, 4e-16 * abs(value))
    if not (math.isfinite(value) and math.isfinite(uncertainty)) or uncertainty <= 0:
        return [Proposal(sympy.Integer(0), 0.0, 0.0)] if value == 0 else []
    found: dict[sympy.Expr, Proposal] = {}
    if abs(value) <= TOLERANCES.window * uncertainty:
        found[sympy.Integer(0)] = Proposal(sympy.Integer(0), 0.0, value / uncertainty)
    size, sign = abs(value), -1 if value < 0 else 1
    if size > 0 and math.isfinite(math.log(size)):
        _from_table(size, sign, uncertainty, count, found)
        if uncertainty < TOLERANCES.fine * size:
            _from_fractions(size, sign, uncertainty, found)
    return sorted(found.values(), key=lambda p: (p.cost, p.deviation))[:count]


def _from_table(size: float, sign: int, uncertainty: float, count: int, found: dict[sympy.Expr, Proposal]) -> None:
    known = table()
    low = math.log(max(size - TOLERANCES.window * uncertainty, size * 1e-3))
    high = math.log(size + TOLERANCES.window * uncertainty)
    first, last = np.searchsorted(known.logs, [low, high])
    if last <= first:
        return
    deviations = (np.exp(known.logs[first:last]) - size) / uncertainty
    costs = known.bits[first:last] + deviations**2 / (2 * math.log(2))
    for i in np.argsort(costs, kind="stable")[: 3 * count].tolist():
        index, numerator, denominator = known.parts[first + i].tolist()
        number = sign * families()[index].number(numerator, denominator)
        if number not in found:
            found[number] = Proposal(number, float(known.bits[first + i]), float(deviations[i]))


def _from_fractions(size: float, sign: int, uncertainty: float, found: dict[sympy.Expr, Proposal]) -> None:
    """The simplest rational of each family in the interval, and the shortest decimal fraction."""
    low, high = size - 3 * uncertainty, size + 3 * uncertainty
    for family in families():
        factor = float(family.factor)
        power = 2 if family.root else 1
        numerator, denominator = simplest_rational((low / factor) ** power, (high / factor) ** power)
        bits = family.bits(numerator, denominator)
        if bits < BITS.real + math.log2(size / uncertainty):
            number = sign * family.number(numerator, denominator)
            deviation = (abs(float(number)) - size) / uncertainty
            if number not in found or bits < found[number].bits:
                found[number] = Proposal(number, bits, deviation)
    for digits in range(1, 10):
        whole = round(size * 10**digits)
        if whole and abs(whole / 10**digits - size) <= 3 * uncertainty:
            shortened = Fraction(sign * whole, 10**digits)
            number = sympy.Rational(shortened.numerator, shortened.denominator)
            bits = rational_bits(abs(shortened.numerator), shortened.denominator)
            found.setdefault(number, Proposal(number, bits, (whole / 10**digits - size) / uncertainty))
            break


def simplest_rational(low: float, high: float) -> tuple[int, int]:
    """The fraction with the smallest denominator in [low, high], 0 < low <= high, by continued fractions.

    >>> simplest_rational(0.33, 0.34), simplest_rational(3.1415, 3.1416)
    ((1, 3), (333, 106))
    """
    a, b = (low).as_integer_ratio(), (high).as_integer_ratio()
    terms: list[int] = []
    (an, ad), (bn, bd) = a, b
    while True:
        whole = an // ad
        if whole * ad == an:
            terms.append(whole)
            break
        if whole < bn // bd:
            terms.append(whole + 1)
            break
        terms.append(whole)
        an, ad, bn, bd = bd, bn - whole * bd, ad, an - whole * ad
    numerator, denominator = 1, 0
    for term in reversed(terms):
        numerator, denominator = term * numerator + denominator, numerator
    return numerator, denominator


def free_bits(value: float, uncertainty: float) -> float:
    """What the constant costs when it stays free: BITS.real + log2(|value| / uncertainty).

    >>> round(free_bits(2.0, 1e-3), 1)
    16.0
    """
    uncertainty = max(uncertainty, 4e-16 * abs(value), 1e-300)
    return BITS.real + math.log2(max(1.0, abs(value) / uncertainty))


def margin(free: float) -> float:
    """Bits a snap must save over a free constant of `free` bits: none up to 16, then a quarter, at most 10.

    >>> margin(10.0), margin(20.0)
    (0.0, 1.0)
    """
    return min(10.0, max(0.0, 0.25 * (free - 16.0)))


def snap(value: float, uncertainty: float) -> sympy.Expr | None:
    """The simplest exact number that `value` with standard error `uncertainty` could be, None where none is likely.

    >>> snap(0.0795774715459, 1e-12), snap(0.6000001, 1e-6), snap(1.2345678912345, 1e-14)
    (1/(4*pi), 3/5, None)
    """
    if math.isnan(value) or math.isnan(uncertainty) or uncertainty < 0:
        raise ValueError(f"value={value}, uncertainty={uncertainty} is no measurement; give a number and an error >= 0")
    best = proposals(value, uncertainty, 1)
    free = free_bits(value, uncertainty)
    return best[0].number if best and best[0].cost + margin(free) < free else None

"""Thresholds and periods as short numbers: what stands for the jumps of a column.

    step(x - t)     t the shortest number within the gap of rows
    floor((x - a)/p), (x - a) mod p     a + p m within the gap of every jump, p and a the shortest numbers that do

Jumps up, jumps down, and all of them are tried: those of a square wave are two combs of one period.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
import sympy
from jaxtyping import Float
from scipy.optimize import linprog

from ..inference.numbers import fraction_price, simplest_fraction
from .places import Gap


@dataclass(frozen=True)
class Comb:
    """Jumps at `start` + m `period`, whole m."""

    start: sympy.Rational
    period: sympy.Rational
    seen: int
    """How many of its jumps the rows show."""


def threshold(gap: Gap) -> sympy.Rational:
    """The shortest number within a gap.

    >>> threshold(Gap(1.93, 2.05, 1.0, 9.0))
    2
    """
    return shortest(gap.low, gap.high)


def shortest(low: float, high: float) -> sympy.Rational:
    """The number of [low, high] that is shortest to write, as a fraction or with decimals."""
    p, q = simplest_fraction(low, high)
    found = [(fraction_price(p, q), p, q)]
    for place in range(-9, 10):
        unit = Fraction(10) ** -place
        number = unit * math.ceil(low / float(unit))
        if float(number) <= high:
            found.append((fraction_price(number.numerator, number.denominator), number.numerator, number.denominator))
            break
    _, p, q = min(found, key=lambda entry: entry[0])
    return rational(p, q)


def rational(p: int, q: int = 1) -> sympy.Rational:
    """p/q as sympy has it.

    >>> rational(6, 4)
    3/2
    """
    number: Any = sympy.Rational(p, q)
    return number


def combs_of(gaps: Sequence[Gap], width: float, most: int = 2) -> list[Comb]:
    """The combs that jumps of a column, which spans `width`, may be teeth of; those with most teeth first.

    >>> gaps = [Gap(2.4, 2.6, 1, 9), Gap(4.9, 5.2, 1, 9), Gap(7.4, 7.51, 1, 9)]
    >>> combs_of(gaps, 9.0)[0]
    Comb(start=0, period=5/2, seen=3)
    """
    ups, downs = [gap for gap in gaps if gap.height > 0], [gap for gap in gaps if gap.height < 0]
    found: dict[tuple[sympy.Rational, sympy.Rational], Comb] = {}
    for some in (gaps, ups, downs):
        for comb in _combs(list(some)):
            teeth = width / float(comb.period)
            if comb.seen >= 0.25 * teeth:
                found.setdefault((comb.start, comb.period), comb)
    return sorted(found.values(), key=lambda comb: -comb.seen)[:most]


def _combs(gaps: list[Gap], parts: Sequence[int] = (1, 2)) -> Iterator[Comb]:
    """For periods that are the least distance of two jumps, or a half of it: the comb through all of them, if any."""
    if len(gaps) < 2:
        return
    middles = np.array([(gap.low + gap.high) / 2 for gap in gaps])
    least = float(np.diff(middles).min())
    for part in parts:
        teeth = _teeth(middles, least / part)
        region = _region(gaps, teeth)
        if region is None:
            continue
        period = shortest(*region)
        low = max(gap.low - float(period) * tooth for gap, tooth in zip(gaps, teeth, strict=True))
        high = min(gap.high - float(period) * tooth for gap, tooth in zip(gaps, teeth, strict=True))
        if low > high:
            continue
        yield Comb(_start(low, high, period), period, len(gaps))
        return


def _teeth(middles: Float[np.ndarray, " jumps"], period: float) -> Float[np.ndarray, " jumps"]:
    """Which tooth each jump is, the period fitted again as more of them come in."""
    teeth = [0.0]
    for at in range(1, len(middles)):
        tooth = round((middles[at] - middles[0]) / period)
        teeth.append(max(tooth, teeth[-1] + 1))
        period = float((middles[at] - middles[0]) / teeth[-1])
    return np.array(teeth)


def _region(gaps: Sequence[Gap], teeth: Float[np.ndarray, " jumps"]) -> tuple[float, float] | None:
    """The periods for which some start has a tooth within every gap; None where there is none."""
    A = np.column_stack([np.ones(len(teeth)), teeth])
    scale = max(abs(gap.high) for gap in gaps) or 1.0
    lows, highs = np.array([gap.low for gap in gaps]) / scale, np.array([gap.high for gap in gaps]) / scale
    ends = []
    for sign in (1, -1):
        done = linprog(
            [0, sign], np.vstack([A, -A]), np.concatenate([highs, -lows]), bounds=[(None, None), (1e-9, None)]
        )
        if not done.success:
            return None
        ends.append(float(done.x[1]) * scale)
    return min(ends), max(ends)


def _start(low: float, high: float, period: sympy.Rational) -> sympy.Rational:
    """The shortest number within [low, high], up to whole periods: 0 where it can be."""
    step = float(period)
    turns = int(np.floor(high / step))
    if low <= turns * step:
        return rational(0)
    return shortest(low - turns * step, high - turns * step)

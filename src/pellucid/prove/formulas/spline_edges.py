"""One edge of a spline network as the real function that it is, and how far it can be from a formula.

    s(x) = b silu(x) + sum_k c_k B((x - low) / h - k),   h = (high - low) / G,

cubic on each of G cells, and the straight continuation of value and slope outside [low, high]. The distance
sup |s - f| over an interval is bounded by best-first bisection; each piece is bounded by its Taylor polynomial of
order 4 at the midpoint with the remainder over the whole piece, all in balls. Cost: O(pieces * order^2).
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from flint import arb, arb_series, ctx, fmpq

from .arb_functions import Series, SeriesFunction, ball, interval, upper


@dataclass(frozen=True)
class SplineEdge:
    """An edge in exact arithmetic on its float64 weights: `coefficients` (G + 3,), grid [low, high], `base`."""

    coefficients: Sequence[float]
    low: float
    high: float
    base: float = 0.0

    def pieces(self, low: float, high: float) -> list[tuple[float, float, SeriesFunction]]:
        """[low, high] in intervals, with the function there: the cells, and what lies outside of the grid."""
        cells = len(self.coefficients) - 3
        start, step = arb(self.low), (arb(self.high) - arb(self.low)) / cells
        knots = [self.low, *(float((start + step * j).mid()) for j in range(1, cells)), self.high]
        found = []
        for j, (left, right) in enumerate(pairwise([-math.inf, *knots, math.inf])):
            a, b = max(left, low), min(right, high)
            if a < b or (a == b == low == high):
                # A knot is a float near the true one; the cubics of both its sides agree there to second order, so
                # each piece is bounded for the cells on either side of it (see `sup`).
                found.append((a, b, self._function(j - 1, start, step)))
        return found

    def _function(self, cell: int, start: Series, step: Series) -> SeriesFunction:
        cells = len(self.coefficients) - 3
        if 0 <= cell < cells:
            local = self._cubic(cell)
        else:
            edge, at = (self._cubic(0), arb(0)) if cell < 0 else (self._cubic(cells - 1), arb(1))
            local = _line(edge, at, 0 if cell < 0 else cells - 1)
        offset = min(max(cell, 0), cells - 1)

        def value(x: Series) -> Series:
            t = (x - start) / step - offset
            spline = _polynomial(local, t)
            return spline + arb(self.base) * x / (1 + (-x).exp()) if self.base else spline

        return value

    def _cubic(self, cell: int) -> list[Series]:
        """Coefficients of 1, t, t^2, t^3 for t in [0, 1] on one cell: exact sums of cardinal B-splines."""
        c0, c1, c2, c3 = (fmpq(*float(c).as_integer_ratio()) for c in self.coefficients[cell : cell + 4])
        sixth = fmpq(1, 6)
        return [
            arb(sixth * (c0 + 4 * c1 + c2)),
            arb(sixth * (3 * c2 - 3 * c0)),
            arb(sixth * (3 * c0 - 6 * c1 + 3 * c2)),
            arb(sixth * (c3 - 3 * c2 + 3 * c1 - c0)),
        ]


def _line(cubic: list[Series], at: Series, cell: int) -> list[Series]:
    """The tangent of a cubic in t at t = `at`, as a polynomial in t."""
    value = _polynomial(cubic, at)
    slope = cubic[1] + 2 * cubic[2] * at + 3 * cubic[3] * at * at
    return [value - slope * at, slope]


def _polynomial(coefficients: list[Series], t: Series) -> Series:
    total = coefficients[-1]
    for coefficient in reversed(coefficients[:-1]):
        total = total * t + coefficient
    return total


def sup(
    pieces: Sequence[tuple[float, float, SeriesFunction]], formula: SeriesFunction, *, most: int = 4000
) -> tuple[float, int]:
    """An upper bound of |piece - formula| over all pieces, and how many intervals that took.

    It is infinite where nothing is known, and 0 over no piece. Knots are rounded to floats: each piece is bounded on
    an interval one rounding wider, so that no point is missed.
    """
    queue: list[tuple[float, int, float, float, SeriesFunction]] = []
    seen, count = 0.0, 0

    def push(low: float, high: float, function: SeriesFunction) -> None:
        nonlocal count
        count += 1
        bound = _bound(lambda x: function(x) - formula(x), low, high)
        heapq.heappush(queue, (-bound, count, low, high, function))

    for low, high, function in pieces:
        push(math.nextafter(low, -math.inf), math.nextafter(high, math.inf), function)
    while queue and count < most:
        bound, _, low, high, function = queue[0]
        middle = low + (high - low) / 2
        if not low < middle < high:
            break
        seen = max(seen, _least(function(arb(middle)) - formula(arb(middle))))
        if -bound <= 1.05 * seen or -bound < 1e-300:  # tight enough: within 5 % of the largest value that was seen
            break
        heapq.heappop(queue)
        push(low, middle, function)
        push(middle, high, function)
    return (-queue[0][0] if queue else 0.0), count


def value_range(
    pieces: Sequence[tuple[float, float, SeriesFunction]], *, parts: int = 8, order: int = 2
) -> tuple[float, float]:
    """Floats that enclose all values of the pieces, each cut into `parts`."""
    low, high = math.inf, -math.inf
    for left, right, function in pieces:
        width = (right - left) / parts
        for k in range(parts):
            a, b = left + k * width, right if k == parts - 1 else left + (k + 1) * width
            a, b = math.nextafter(a, -math.inf), math.nextafter(b, math.inf)
            least, most = interval(_enclosed(function, a, b, order))
            low, high = min(low, least), max(high, most)
    return low, high


def slope_bound(function: SeriesFunction, low: float, high: float, *, parts: int = 64) -> float:
    """An upper bound of |function'| over [low, high]; infinite where there is none."""
    width, steepest = (high - low) / parts, 0.0
    for k in range(parts):
        a, b = low + k * width, high if k == parts - 1 else low + (k + 1) * width
        a, b = math.nextafter(a, -math.inf), math.nextafter(b, math.inf)
        steepest = max(steepest, upper(_series(function, ball(a, b), 2)[1]))
    return steepest


def _bound(function: SeriesFunction, low: float, high: float) -> float:
    return upper(_enclosed(function, low, high, 4))


def _enclosed(function: SeriesFunction, low: float, high: float, order: int) -> Series:
    """A ball with every value over [low, high]: the Taylor polynomial at the midpoint, and the remainder."""
    whole = ball(low, high)
    middle = arb(whole.mid())
    at, over = _series(function, middle, order), _series(function, whole, order + 1)
    offset = whole - middle
    total = over[order]
    for k in reversed(range(order)):
        total = total * offset + at[k]
    return total


def _series(function: SeriesFunction, at: Series, length: int) -> list[Series]:
    """The first `length` Taylor coefficients of the function at every point of the ball `at`."""
    before = ctx.cap
    ctx.cap = length
    try:
        try:
            value = function(arb_series([at, 1], prec=length))
        except ValueError:  # a denominator that may be 0: nothing is known there
            value = arb.nan()
        series = value if isinstance(value, arb_series) else arb_series([value], prec=length)
        # where the value is unknown so is every derivative; the series of a nan has zeros there
        return [series[k] for k in range(length)] if series[0].is_finite() else [arb.nan()] * length
    finally:
        ctx.cap = before


def _least(value: Series) -> float:
    """A float that |value| surely reaches."""
    return float(abs(value).lower()) if value.is_finite() else 0.0

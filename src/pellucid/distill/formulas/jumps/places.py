"""Where a target jumps along a column, as the rows show it.

Between two neighbours in x_j, straight lines are fitted to the rows on either side; a jump is where lines of a slope
and height of their own explain far more than one curve over both sides, and where y changes more between the two
neighbours than the slopes account for. Other columns enter each line by a term of their own, and by one more beyond
the gap, so that z step(x - t) is seen as well.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float
from numpy.typing import NDArray
from scipy.stats import f as f_distribution

Array = NDArray[np.float64]


@dataclass(frozen=True)
class JumpLimits:
    """What counts as a jump. A false one costs the time of a search: description length decides in the end."""

    straight: float = 1e-6
    """Of the jump: what lines miss by less than this are lines."""
    windows: tuple[int, ...] = (8, 5)
    """Rows on either side: of fewer a line says nothing, more bend, or reach over the next jump."""
    more: int = 4
    """Rows for each other column: its line, its bend, its product with x, and its line beyond the gap."""
    fewest: int = 4
    """Rows between two jumps."""
    chance: float = 1e-5
    """That noise alone does so at a gap: there are a hundred gaps to a table, and a few columns."""
    times: float = 4.0
    """A jump is so many times what slopes and scatter of its sides make of a gap."""
    largest_modulus: int = 31
    """Of whole numbers: days of a month."""
    most_rows: int = 800
    """That are looked at first; where they jump, all between two of them are."""


LIMITS = JumpLimits()


@dataclass(frozen=True)
class Gap:
    """A jump somewhere in (low, high], by `height` where the other columns have their means, and the F of its test."""

    low: float
    high: float
    height: float
    strength: float


def gaps_along(
    x: Float[np.ndarray, " rows"], y: Float[np.ndarray, " rows"], others: Float[np.ndarray, "rows columns"]
) -> list[Gap]:
    """Where y (rows,) jumps along x (rows,), in the order of x; `others` (rows, columns) may have a say in it.

    >>> x = np.linspace(0, 8, 40)
    >>> [(round(gap.low, 2), round(gap.high, 2)) for gap in gaps_along(x, 1.0 * (x >= 3), np.empty((40, 0)))]
    [(2.87, 3.08)]
    """
    order = np.argsort(x, kind="stable")
    every = max(1, len(x) // LIMITS.most_rows)
    whole = x[order], y[order], others[order]
    x, y, others = (part[::every] for part in whole)
    found: list[tuple[int, Gap]] = []
    for window in LIMITS.windows:
        width = window + LIMITS.more * others.shape[1]
        for right in range(LIMITS.fewest, len(x) - LIMITS.fewest):
            rows = np.arange(max(0, right - width), min(len(x), right + width))
            if x[right - 1] < x[right] and (gap := _gap(x, y, others, rows, right)) is not None:
                found.append((right, _narrowed(gap, *whole) if every > 1 else gap))
    return _strongest_apart(found)


def _strongest_apart(found: list[tuple[int, Gap]]) -> list[Gap]:
    """Of gaps with their places in the order of x those that are not near a stronger one, in that order."""
    kept: list[tuple[int, Gap]] = []
    for right, gap in sorted(found, key=lambda entry: -entry[1].strength):
        if all(abs(right - other) >= LIMITS.fewest for other, _ in kept):
            kept.append((right, gap))
    return [gap for _, gap in sorted(kept, key=lambda entry: entry[0])]


def _gap(x: Array, y: Array, others: Array, rows: NDArray[np.int_], right: int) -> Gap | None:
    """The jump just before the row `right`, as the `rows` around show it; None where there is none."""
    middle = (x[right - 1] + x[right]) / 2
    scale = float(np.ptp(x[rows])) or 1.0
    u = (x[rows] - middle) / scale
    Z = others[rows] - others[rows].mean(axis=0)
    beyond = (rows >= right).astype(float)
    bent = np.column_stack([Z * Z, Z * u[:, None]])
    smooth = np.column_stack([np.ones(len(rows)), u, u * u, Z, bent])
    jumping = np.column_stack([np.ones(len(rows)), u, u * beyond, Z, bent, beyond, Z * beyond[:, None]])
    spare = len(rows) - jumping.shape[1]
    if spare < 2:
        return None
    goal = y[rows]
    size = float(np.abs(goal - goal.mean()).max())
    left = float(((goal - smooth @ np.linalg.lstsq(smooth, goal, rcond=None)[0]) ** 2).sum())
    by = np.linalg.lstsq(jumping, goal, rcond=None)[0]
    rest = float(((goal - jumping @ by) ** 2).sum()) + len(rows) * (1e-12 * size) ** 2
    gained, more = left - rest, jumping.shape[1] - smooth.shape[1]
    if not size or gained <= 0:
        return None
    strength = (gained / more) / (rest / spare)
    at = 3 + Z.shape[1] + bent.shape[1]
    height = float(by[at])
    heights = height + Z @ by[at + 1 :]
    slope = max(abs(by[1]), abs(by[1] + by[2])) * (x[right] - x[right - 1]) / scale
    scatter = float(np.sqrt(rest / spare))
    straight = scatter < LIMITS.straight * abs(height)  # then nothing bends that a slope would have to answer for
    allowed = LIMITS.times * (scatter if straight else slope + scatter)
    if f_distribution.sf(strength, more, spare) > LIMITS.chance or float(np.sqrt(np.mean(heights**2))) < allowed:
        return None
    return Gap(float(x[right - 1]), float(x[right]), height, strength)


def _narrowed(gap: Gap, x: Array, y: Array, others: Array, reach: int = 40) -> Gap:
    """The jump between two of all rows (sorted): where a line each way leaves least of the rows in the gap."""
    low, high = np.searchsorted(x, gap.low, "right") - 1, np.searchsorted(x, gap.high)
    design = np.column_stack([np.ones(len(x)), x - gap.low, others])
    misses = []
    for side in (slice(max(0, low - reach), low + 1), slice(high, high + reach)):
        by = np.linalg.lstsq(design[side], y[side], rcond=None)[0]
        misses.append((y[low : high + 1] - design[low : high + 1] @ by) ** 2)
    before, after = np.cumsum(misses[0])[:-1], np.cumsum(misses[1][::-1])[::-1][1:]
    at = low + int(np.argmin(before + after))
    return replace(gap, low=float(x[at]), high=float(x[at + 1]))


def residues_along(
    x: Float[np.ndarray, " rows"], y: Float[np.ndarray, " rows"], others: Float[np.ndarray, "rows columns"]
) -> list[int]:
    """The moduli p, the least first, for which the class of x modulo p tells of y (rows,); none unless x is whole.

    >>> n = np.arange(1.0, 40)
    >>> residues_along(n, np.mod(n, 3), np.empty((39, 0)))
    [3]
    """
    if (x != np.round(x)).any():
        return []
    u = (x - x.mean()) / (float(np.ptp(x)) or 1.0)
    smooth = np.column_stack([np.ones(len(x)), u, u * u, others])
    found: list[int] = []
    for p in range(2, min(int(np.ptp(x)) // 3, len(x) // 5, LIMITS.largest_modulus) + 1):
        if any(p % q == 0 for q in found):
            continue
        classes = (np.mod(x, p)[:, None] == np.arange(1, p)).astype(float)
        left, rest = _left(smooth, y), _left(np.column_stack([smooth, classes]), y)
        spare = len(x) - smooth.shape[1] - p + 1
        rest += 1e-24 * float(((y - y.mean()) ** 2).sum())
        if rest > 0 and f_distribution.sf((left - rest) / (p - 1) / (rest / spare), p - 1, spare) < LIMITS.chance:
            found.append(p)
    return found


def _left(A: Array, y: Array) -> float:
    return float(((y - A @ np.linalg.lstsq(A, y, rcond=None)[0]) ** 2).sum())

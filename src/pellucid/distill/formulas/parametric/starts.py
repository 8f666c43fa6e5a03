"""Where fits start: values of the constants of a form, from pools of each node, from quantiles, frequencies and powers.

Four starts for each constant are the knee of a curve that was measured on forms drawn at random (1, 4, 8 starts reach
the fit that started at the truth in 68, 77, 78 of 81 cases with one constant).
"""

from __future__ import annotations

import math

import numpy as np
from jaxtyping import Float
from numpy.typing import NDArray
from scipy.signal import lombscargle

from .form import MONOMIAL, Form, count_constants
from .nodes import MOST_CONSTANTS, NODES

Array = NDArray[np.float64]


class Starts:
    """Draws starts for forms over the columns X (columns, rows), scaled to about 1, and y (rows,)."""

    def __init__(self, X: Float[np.ndarray, "columns rows"], y: Float[np.ndarray, " rows"], seed: int = 0) -> None:
        self._draw = np.random.default_rng(seed)
        self._columns = len(X)
        self._quantiles = [np.quantile(x, (0.15, 0.3, 0.5, 0.7, 0.85)) for x in X]
        self._frequencies = [frequencies(x, y) for x in X]
        self._powers = _powers(X, y, self._draw)

    def draw(self, form: Form, many: int) -> Float[np.ndarray, "starts constants"]:
        """About twice `many` starts for a form with one or two constants, three times as many for one with more."""
        pools = list(self._pools(form))
        if not pools:
            return np.zeros((1, MOST_CONSTANTS))
        total = math.prod(map(len, pools))
        count = min(many * min(max(len(pools), 2), 3), total)
        out = np.zeros((count, MOST_CONSTANTS))
        for row, index in enumerate(self._draw.choice(total, count, replace=False)):
            values: list[float] = []
            for pool in pools:
                index, here = divmod(int(index), len(pool))
                values += pool[here]
            out[row, : len(values)] = values
        return out

    def _pools(self, form: Form) -> list[list[list[float]]]:
        """For each node with constants, in the order of the program, the values that it may start from."""
        if isinstance(form, int):
            return []
        below = [pool for inner in form[1:] for pool in self._pools(inner)]
        return [*below, self._own(form)] if count_constants(form, self._columns) > len_of(below) else below

    def _own(self, form: Form) -> list[list[float]]:
        if form == MONOMIAL:
            return [*self._powers, list(self._draw.choice([-1.0, -0.5, 0.5, 1.0], self._columns))]
        inner = form[1]
        if form[0] in ("lower", "upper"):
            at = self._quantiles[inner] if isinstance(inner, int) else (0.3, 0.7, 1.0, 1.5, 3.0)
            return [[float(value)] for value in at]
        if form[0] == "wave" and isinstance(inner, int) and self._frequencies[inner]:
            return [[w, phase] for w in self._frequencies[inner] for phase in (0.0, 2.0)]
        return list(map(list, NODES[form[0]].values))


def len_of(pools: list[list[list[float]]]) -> int:
    """How many constants the pools stand for."""
    return sum(len(pool[0]) for pool in pools)


def frequencies(
    x: Float[np.ndarray, " rows"],
    y: Float[np.ndarray, " rows"],
    *,
    peaks: int = 3,
    most_cycles: float = 300.0,
    step: float = 0.1,
    most_rows: int = 600,
) -> list[float]:
    """The `peaks` highest of the Lomb-Scargle periodogram of y over x (its line removed), in radians per unit of x.

    At most `most_cycles` over the range of x are looked at, in steps of `step` cycles: a peak is about one cycle wide;
    of more rows than `most_rows`, two for each of those cycles, so many are drawn: evenly spaced ones would take fast
    waves for slow ones.

    >>> x = np.linspace(0, 10, 200)
    >>> abs(frequencies(x, 2 + np.sin(7 * x))[0] - 7) < 0.05
    True
    """
    distinct = np.unique(x)
    if len(distinct) < 6:
        return []
    some = np.random.default_rng(0).permutation(len(x))[:most_rows]
    x, y = x[some], y[some]
    width = float(np.ptp(x))
    rest = y - np.polyval(np.polyfit(x - x.mean(), y, 1), x - x.mean())
    highest = min(0.75 * len(distinct), most_cycles)  # some way beyond the mean Nyquist rate: rows are seldom even
    cycles = np.arange(0.4, max(highest, 1.0), step)
    angular = 2 * np.pi * cycles / width
    power = lombscargle(x - x.mean(), rest, angular, floating_mean=True)
    found, near = [], round(1.2 / step)
    for _ in range(peaks):
        at = int(np.argmax(power))
        found.append(float(angular[at]))
        power[max(0, at - near) : at + near + 1] = -np.inf
    return found


def _powers(X: Array, y: Array, draw: np.random.Generator) -> list[list[float]]:
    """Exponents of a product of powers: those of a straight line through the logarithms, and some around them."""
    columns = len(X)
    starts = [[1.0] * columns]
    if (X > 0).all():
        size = np.abs(y) if (y > 0).all() or (y < 0).all() else np.abs(y) + 0.05 * y.std() + 1e-300
        A = np.vstack([np.log(X), np.ones(len(y))]).T
        fitted = np.linalg.lstsq(A, np.log(size), rcond=None)[0][:columns]
        starts = [list(map(float, fitted)), *starts, list(map(float, fitted + 0.5 * draw.normal(size=columns)))]
    return starts

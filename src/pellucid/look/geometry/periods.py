"""Periods: which one explains most of points that belong to numbers, and how well it is known."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar

Array = NDArray[np.float64]

PER_RANGE = 8
"""Frequencies that are tried to one cycle over the range of the numbers: a peak of a periodogram is two wide, so the
nearest one tried has 99 % of its height."""
LEAST_CYCLES = 1.5
"""Over the range of the numbers: fewer cannot be told from a bent line."""


def candidate_periods(numbers: Array) -> Array:
    """From 2 of the shortest steps between numbers up to the range of the numbers / 1.5, even in frequency.

    >>> found = candidate_periods(np.arange(16.0))
    >>> round(float(found.min()), 6), float(found.max())
    (2.0, 10.0)
    """
    span, step = float(np.ptp(numbers)), _grid_step(numbers)
    least, most = LEAST_CYCLES / span, 1 / (2 * step)
    count = max(2, round((most - least) * span * PER_RANGE) + 1)
    return 1 / np.linspace(least, most, count)


def _grid_step(numbers: Array) -> float:
    """The greatest step of which all differences are multiples, where they are whole numbers; else the least step."""
    steps = np.diff(np.sort(numbers))
    if np.allclose(steps, np.round(steps)):
        return float(np.gcd.reduce(np.round(steps).astype(np.int64)))
    return float(steps.min())


def best_period(numbers: Array, rest: Array, basis: Array, tried: Array) -> tuple[float, float]:
    """The period that explains most of `rest` (n, width), in which `basis` (n, m) explains nothing, and how much.

    Sum of squares; the best one tried is refined between its neighbours. Cost O(n width periods).

    >>> n = np.arange(40.0); y = np.cos(2 * np.pi * n / 9.7)[:, None]
    >>> period, taken = best_period(n, y - y.mean(0), np.ones((40, 1)), candidate_periods(n))
    >>> abs(period - 9.7) < 1e-3
    True
    """
    angles = 2 * np.pi * numbers / tried[:, None]
    power = (np.abs(np.exp(-1j * angles) @ rest) ** 2).sum(1)  # to choose by; what is told is computed once
    beside = np.concatenate([[np.inf], power[:-1]])  # what is largest at the slow end is a bend, no wave
    place = int(np.where(power >= np.maximum(beside, np.append(power[1:], -np.inf)), power, -np.inf).argmax())
    ends = sorted(float(1 / tried[i]) for i in (max(0, place - 1), min(len(tried) - 1, place + 1)))

    def taken(frequency: float) -> float:
        turn = 2 * np.pi * numbers * frequency
        whole = np.column_stack([basis, np.cos(turn), np.sin(turn)])
        fitted = whole @ np.linalg.lstsq(whole, rest, rcond=None)[0]
        return float((fitted**2).sum())

    found: Any = minimize_scalar(lambda f: -taken(f), bounds=ends, method="bounded", options={"xatol": 1e-7 * ends[1]})
    frequency = max((float(1 / tried[place]), float(found.x)), key=taken)
    return 1 / frequency, taken(frequency)


def period_error(numbers: Array, pair: Array, period: float) -> float:
    """The standard error of a period that two coordinates (n, 2) of a circle share, by the curvature of their fit.

        var(f) = s^2 / (2 pi^2 A^2 sum (n - mean n)^2)  for one sinusoid of amplitude A and noise s,  T = 1 / f

    Rife and Boorstyn, Single-tone parameter estimation from discrete-time observations (1974), for large n.
    """
    turn = 2 * np.pi * numbers / period
    basis = np.column_stack([np.ones(len(numbers)), np.cos(turn), np.sin(turn)])
    solved = np.linalg.lstsq(basis, pair, rcond=None)[0]
    noise = ((pair - basis @ solved) ** 2).sum(0) / max(len(numbers) - 3, 1)
    size = (solved[1:] ** 2).sum(0)
    spread = float(((numbers - numbers.mean()) ** 2).sum())
    precision = (2 * np.pi**2 * size * spread / np.maximum(noise, 1e-300)).sum()
    return float(period**2 / np.sqrt(max(precision, 1e-300)))


def written_periods(expression: Any, numbers: Array) -> list[float]:
    """The periods of the sines and cosines in a sympy expression of one number, in their order.

    Of whole numbers those of frequency f and 1 - f are the same: the longer one is told.

    >>> import sympy
    >>> written_periods(sympy.sympify("2*sin(pi*n/5 + 1) + n"), np.arange(9.0))
    [10.0]
    """
    import sympy

    found = []
    step = _grid_step(numbers)
    for wave in sorted(expression.atoms(sympy.sin, sympy.cos), key=str):
        for name in wave.free_symbols:
            rate = sympy.diff(wave.args[0], name)
            if rate.is_number and rate != 0:
                cycles = abs(float(rate)) / (2 * np.pi) * step % 1
                cycles = min(cycles, 1 - cycles)
                if cycles > 0:
                    found.append(float(step / cycles))
    return found

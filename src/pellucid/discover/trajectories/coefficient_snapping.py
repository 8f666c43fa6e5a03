"""Measured coefficients as exact numbers: which are equal, and which are simple fractions.

A fraction p/q is taken where it lies within the uncertainty s, and where that is no wonder: numbers with denominators
up to q lie about 1 / (0.3 q^2) apart, so that one of them is within 2.5 s of any number with probability 1.5 s q^2.
"""

from __future__ import annotations

from math import sqrt

import numpy as np
import sympy
from numpy.typing import NDArray

from .settings import SNAPPING

Array = NDArray[np.float64]


def standard_errors(values: Array, covariance: Array) -> Array:
    """Standard deviations of the coefficients, integration errors among them.

    values (coefficients,), covariance (coefficients, coefficients).

    >>> standard_errors(np.zeros(2), np.diag([4.0, 9.0])).tolist()
    [2.0, 3.0]
    """
    return np.sqrt(np.maximum(np.diag(covariance), 0) + (SNAPPING.systematic * values) ** 2)


def equal_groups(values: Array, covariance: Array, alike: NDArray[np.bool_] | None = None) -> Array:
    """(coefficients, groups): +-1 where the coefficient belongs to a group of equal size.

    Where two are `alike` (coefficients, coefficients), as those of the same term in two equations are, they need to be
    known less well to be called equal. values (coefficients,), covariance (coefficients, coefficients).

    >>> equal_groups(np.array([1.001, -1.0, 3.0]), np.diag([1e-6, 1e-6, 1e-6]))
    array([[ 1.,  0.],
           [-1.,  0.],
           [ 0.,  1.]])
    """
    sizes, signs = np.abs(values), np.where(values < 0, -1.0, 1.0)
    limits = np.where(np.ones((len(values),) * 2, bool) if alike is None else alike, SNAPPING.equal, SNAPPING.chance)
    groups: list[list[int]] = []
    for i in range(len(values)):
        for group in groups:
            if all(_equal(i, j, sizes, signs, covariance, limits) for j in group):
                group.append(i)
                break
        else:
            groups.append([i])
    pattern = np.zeros((len(values), len(groups)))
    for g, group in enumerate(groups):
        pattern[group, g] = signs[group] * signs[group[0]]
    return pattern


def _equal(i: int, j: int, sizes: Array, signs: Array, covariance: Array, limits: Array) -> bool:
    shared = signs[i] * signs[j] * covariance[i, j]
    variance = covariance[i, i] + covariance[j, j] - 2 * shared + (SNAPPING.systematic * (sizes[i] + sizes[j])) ** 2
    doubt = sqrt(max(variance, 0.0))
    return abs(sizes[i] - sizes[j]) < SNAPPING.within * doubt and SNAPPING.within * doubt < limits[i, j] * sizes[i]


def simple_fraction(value: float, doubt: float) -> sympy.Rational | None:
    """The simplest fraction within the uncertainty, where there is one that is simple enough to be no accident.

    >>> simple_fraction(2.6668, 0.0002), simple_fraction(1.2345, 0.001), simple_fraction(28.01, 0.01)
    (8/3, None, 28)
    """
    if not doubt > 0:
        return None
    most = max(1, int(sqrt(SNAPPING.chance / (1.5 * doubt))))
    for q in range(1, min(most, SNAPPING.largest_denominator) + 1):
        p = round(value * q)
        within = SNAPPING.unit if q == 1 and abs(p) == 1 else SNAPPING.within
        if p == 0 or abs(value - p / q) > within * doubt:
            continue
        if 2 * SNAPPING.within * doubt < (SNAPPING.whole if q == 1 else 1.0):
            return sympy.Rational(p, q)  # type: ignore[return-value]
    return None

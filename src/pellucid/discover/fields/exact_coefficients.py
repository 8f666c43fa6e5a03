"""Fitted coefficients as exact numbers: which are equal, which are simple fractions, and what the others are then.

Estimates are normal with a known covariance, so that a condition on some moves the others as in a regression; it is
taken where the sum of squares that it costs is less than the digits it saves.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import sympy
from numpy.typing import NDArray

from ..trajectories.coefficient_snapping import equal_groups, simple_fraction
from .settings import CHOICE

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Snapped:
    """Coefficients = fixed + pattern (coefficients, parameters) parameters; `fixed` are exact, None where they vary."""

    fixed: tuple[sympy.Rational | None, ...]
    pattern: Array
    parameters: Array
    uncertainties: Array


def snap(values: Array, covariance: Array, cost: float) -> Snapped:
    """values (coefficients,), their covariance, and what a parameter costs in twice nats.

    >>> found = snap(np.array([0.5003, -0.4998, 1.2345]), np.diag([1e-6, 1e-6, 1e-6]), 10.0)
    >>> found.fixed, found.pattern.shape
    ((1/2, -1/2, None), (3, 1))
    """
    covariance = covariance + np.diag((CHOICE.systematic * values) ** 2)
    pattern = _ties(values, covariance, cost)
    sizes, spread = _constrained(values, covariance, pattern)
    exact = [simple_fraction(float(v), float(s)) for v, s in zip(sizes, np.sqrt(np.diag(spread)), strict=True)]
    free = [i for i, fraction in enumerate(exact) if fraction is None]
    known = np.array([0.0 if fraction is None else float(fraction) for fraction in exact])
    rest, spread = _constrained(values - pattern @ known, covariance, pattern[:, free])
    fixed: list[sympy.Rational | None] = [None] * len(values)
    for group, fraction in enumerate(exact):
        for i in np.flatnonzero(pattern[:, group]):
            if fraction is not None:
                fixed[i] = fraction * int(pattern[i, group])  # type: ignore[assignment]
    return Snapped(tuple(fixed), pattern[:, free], rest, np.sqrt(np.diag(spread)))


def _ties(values: Array, covariance: Array, cost: float) -> Array:
    """(coefficients, groups): +-1 where coefficients are of one size, where that is worth it."""
    pattern = equal_groups(values, covariance)
    sizes, _ = _constrained(values, covariance, pattern)
    left = values - pattern @ sizes
    chi = float(left @ np.linalg.solve(covariance, left)) if len(values) else 0.0
    return pattern if chi <= cost * (len(values) - pattern.shape[1]) else np.eye(len(values))


def _constrained(values: Array, covariance: Array, pattern: Array) -> tuple[Array, Array]:
    """The most likely parameters of which the values are `pattern` times, and their covariance."""
    weights = np.linalg.inv(covariance) if len(values) else covariance
    spread: Any = np.linalg.inv(pattern.T @ weights @ pattern)
    return spread @ (pattern.T @ weights @ values), spread

"""Levenberg-Marquardt for a handful of parameters with a dense Jacobian, by orthogonal factors.

    minimise |r(p)|^2,    step = argmin |J step + r|^2 + damping |D step|^2,   D = the lengths of J's columns

The factors of J (not of J^T J) keep the digits that decide between an exact formula and an impostor. A step costs
O(rows · size^2). Directions along which nothing changes (idle parameters) stay where they are.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .settings import TOLERANCES

Array = NDArray[np.float64]
Residual = Callable[[Array], tuple[Array, Array]]
"""p (size,) -> residuals (rows,) and their Jacobian (rows, size); residuals that are not finite refuse the step."""


@dataclass(frozen=True)
class Refit:
    """The parameters, the mean square, the number of directions that matter, and the factor R of J = Q R there."""

    parameters: Array
    mean_square: float
    rank: int
    factor: Array

    def uncertainty(self, rows: int) -> Array:
        """One standard deviation of each parameter, infinite for an idle one (size,)."""
        lengths = np.linalg.norm(self.factor, axis=0)
        lengths = np.where(lengths > 0, lengths, 1.0)
        _, values, directions = np.linalg.svd(self.factor / lengths, full_matrices=False)
        idle = values < TOLERANCES.idle * max(values.max(initial=0.0), 1e-300)
        variance = ((directions / np.where(idle, np.inf, values)[:, None]) ** 2).sum(0)
        variance = np.where((directions[idle] ** 2).sum(0) > 1e-6, np.inf, variance)
        freedom = max(1, rows - self.rank)
        return np.sqrt(variance * self.mean_square * rows / freedom) / lengths


def refit(residual: Residual, start: Array, steps: int = 30, *, tolerance: float = 1e-9) -> Refit | None:
    """Descend from `start` (size,) for at most `steps`; None where the residuals are not finite there.

    Without parameters (size 0: all are exact already) there is no step, and the square of what is missed is told.

    >>> refit(lambda p: (np.ones(3), np.zeros((3, 0))), np.zeros(0)).mean_square
    1.0
    """
    with np.errstate(all="ignore"):
        p = np.array(start, dtype=np.float64)
        r, J = residual(p)
        if not (np.isfinite(r).all() and np.isfinite(J).all()):
            return None
        square, damping, idle = float(r @ r), 1e-3, 0
        R, q = _factors(J, r)
        for _ in range(steps if p.size else 0):
            lengths = np.linalg.norm(R, axis=0)
            moved = _step(residual, p, R, q, lengths, square, damping)
            if moved is None:
                break
            p, r, J, new, damping = moved
            gain = (square - new) / max(square, 1e-300)
            square = new
            R, q = _factors(J, r)
            idle = idle + 1 if gain < tolerance else 0
            if idle >= 2 or square <= 1e-32 * len(r):
                break
    return Refit(p, square / len(r), _rank(R), R)


def _factors(J: Array, r: Array) -> tuple[Array, Array]:
    """R (size, size) and Q^T r of J = Q R."""
    size = J.shape[1]
    both: Array = np.asarray(np.linalg.qr(np.column_stack([J, r]), mode="r"))
    return both[:size, :size], both[:size, size]


def _step(
    residual: Residual, p: Array, R: Array, q: Array, lengths: Array, square: float, damping: float
) -> tuple[Array, Array, Array, float, float] | None:
    """A step that descends, with the damping to go on with; None where there is none."""
    lengths = np.where(lengths > 0, lengths, 1.0)
    left, values, right = np.linalg.svd(R / lengths, full_matrices=False)
    image = left.T @ q
    keep = values > 1e-13 * values.max(initial=0.0)
    for _ in range(12):
        step = -(right.T @ np.where(keep, values * image / (values**2 + damping), 0.0)) / lengths
        trial = p + step
        r, J = residual(trial)
        new = float(r @ r)
        if np.isfinite(new) and new < square and np.isfinite(J).all():
            return trial, r, J, new, max(damping / 10, 1e-16)
        damping = max(damping * 8, 1e-12)
        if damping > 1e8:
            return None
    return None


def _rank(R: Array) -> int:
    lengths = np.linalg.norm(R, axis=0)
    values = np.linalg.svd(R / np.where(lengths > 0, lengths, 1.0), compute_uv=False)
    return int((values > TOLERANCES.idle * max(values.max(initial=0.0), 1e-300)).sum())

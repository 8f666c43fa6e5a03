"""Free constants fitted to rows by Levenberg-Marquardt in float64.

    min_c  sum_n (f(x_n; c) - y_n)^2

The Jacobian is exact (`tape.Bound.jacobian`), its columns are scaled, and each step is solved through QR, not normal
equations, so that a noise-free fit ends at rounding error.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .settings import TOLERANCES
from .tape import Bound

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Fit:
    """Fitted `values`, the root mean square `error`, and the Jacobian there, of shape (rows, constants)."""

    values: Array
    error: float
    jacobian: Array

    def uncertainty(self, smallest: float) -> tuple[Array, NDArray[np.bool_]]:
        """Standard error of each constant, and which are undetermined: some direction through them changes nothing.

        sigma^2 (J^T J)^-1 with sigma = max(error sqrt(n / (n - p)), smallest), through the SVD of the scaled Jacobian.
        """
        rows, count = self.jacobian.shape
        norms = np.linalg.norm(self.jacobian, axis=0)
        dead = norms <= 1e-300
        norms = np.where(dead, 1.0, norms)
        scaled = np.vstack([self.jacobian / norms, np.zeros((max(0, count - rows), count))])
        _, singular, V = np.linalg.svd(scaled, full_matrices=False)
        null = singular < TOLERANCES.singular * max(singular[0], 1e-300)
        undetermined = dead | (np.abs(V[null]) > 1e-6).any(axis=0)
        inverse = np.where(null, 0.0, 1 / np.where(null, 1.0, singular))
        sigma = max(self.error * np.sqrt(rows / max(rows - count, 1)), smallest)
        return sigma * np.sqrt(((V * inverse[:, None]) ** 2).sum(axis=0)) / norms, undetermined


def fit(bound: Bound, y: Array, start: Array, free: NDArray[np.bool_] | None = None, steps: int = 60) -> Fit | None:
    """Levenberg-Marquardt over the `free` constants from `start`; None where no finite error is found.

    The damping is Marquardt's, relative to the columns' norms; the end is a step that gains next to nothing.
    Where fewer than half of the rows are not finite at the start (a root of something negative), the others are fitted
    first.

    >>> import sympy
    >>> from pellucid.distill.formulas.expression.parametrised import parametrise
    >>> x = sympy.Symbol("x", real=True)
    >>> X = np.linspace(1, 2, 20)[:, None]
    >>> found = fit(parametrise(2.5 * x).tape(["x"]).bind(X), 3 * X[:, 0], np.array([2.5]))
    >>> found.values.round(6).tolist()
    [3.0]
    """
    free = np.ones(len(start), dtype=bool) if free is None else free
    values = start.astype(np.float64).copy()
    f, J = bound.jacobian(values)
    good = np.isfinite(f) & np.isfinite(J).all(axis=1)
    if not good.all():
        if good.sum() < max(len(y) // 2, len(start) + 1) or not free.any():
            return None
        part = fit(Bound(bound.tape, bound.columns[good]), y[good], values, free, steps)
        if part is None:
            return None
        values = part.values
        f, J = bound.jacobian(values)
    residual = f - y
    rss = float(residual @ residual)
    if not np.isfinite(rss) or not np.isfinite(J).all():
        return None
    rows = len(y)
    floor = rows * (TOLERANCES.smallest_residual * float(np.sqrt(np.mean(y * y)))) ** 2
    if free.any():
        values, rss, J = _descend(bound, y, values, free, residual, J, rss, floor, steps)
    return Fit(values, float(np.sqrt(rss / rows)), J[:, free])


def _descend(bound, y, values, free, residual, J, rss, floor, steps):
    damping = 1e-4
    for _ in range(steps):
        A = J[:, free]
        norms = np.linalg.norm(A, axis=0)
        norms = np.where(norms > 1e-300, norms, 1.0)
        Q, R = np.linalg.qr(A / norms)
        right = np.concatenate([-(Q.T @ residual), np.zeros(A.shape[1])])
        gained = 0.0
        for _ in range(12):
            augmented = np.vstack([R, np.sqrt(damping) * np.eye(A.shape[1])])
            step = np.linalg.lstsq(augmented, right, rcond=None)[0] / norms
            trial = values.copy()
            trial[free] += step
            f = bound.values(trial)
            change = f - y
            new = float(change @ change)
            if np.isfinite(new) and new < rss:
                gained = rss - new
                break
            damping = min(damping * 8, 1e12)
            if damping > 1e8:
                break
        if gained == 0.0:
            break
        f, K = bound.jacobian(trial)
        if not np.isfinite(K).all():
            break
        values, residual, J, previous, rss = trial, f - y, K, rss, new
        damping = max(damping / 10, 1e-15)
        if gained < TOLERANCES.converged * previous or rss <= floor:
            break
    return values, rss, J

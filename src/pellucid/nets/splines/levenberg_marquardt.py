"""Levenberg-Marquardt for any sum of squares with few entries per line of the Jacobian.

    minimise |r(p)|^2 / m + smooth · p^T Q p,    (J^T J / m + smooth Q + damping D) step = - gradient

Dense Cholesky where the parameters are few: O(rows · size^2 + size^3) a step. Conjugate gradients with a diagonal
preconditioner where they are many: O(rows · entries_per_row) an inner step, and no matrix is formed.
The damping follows the ratio of true to predicted gain (Nielsen 1999, "Damping parameter in Marquardt's method").
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from scipy import linalg, sparse

from .jacobian import Array, Rows

(_SYRK,) = linalg.get_blas_funcs(("syrk",), dtype=np.float64)
_POTRF, _POTRS = linalg.get_lapack_funcs(("potrf", "potrs"), dtype=np.float64)


class SumOfSquares(Protocol):
    """Residuals of a parameter vector, and their Jacobian at a point already evaluated."""

    def residuals(self, parameters: Array) -> tuple[Array, Any]: ...

    def jacobian(self, evaluated: Any) -> Rows: ...


@dataclass(frozen=True)
class Damped:
    """Where the descent ended: parameters, mean square, the damping to go on with, the mean square of every step."""

    parameters: Array
    mean_square: float
    damping: float
    history: tuple[float, ...]
    stagnated: bool


@dataclass(frozen=True)
class Descent:
    """How far to go: at most `steps`; stop when `patience` steps in a row gain less than `tolerance` of the loss.

    `smooth` is the share of the mean square that the penalty is worth per unit of curvature: it fades as the fit gets
    better and with every step, but not below `floor`, which holds down what no row says anything about. Above
    `dense_size` parameters the step comes from conjugate gradients.
    """

    steps: int = 30
    smooth: float = 0.0
    floor: float = 0.0
    damping: float = 1e-2
    tolerance: float = 1e-4
    patience: int = 3
    target: float = 0.0
    dense_size: int = 1500
    inner_steps: int = 100


def descend(
    problem: SumOfSquares, parameters: Array, descent: Descent, penalty: sparse.csr_matrix | None = None
) -> Damped:
    """Go down from `parameters`; never up, never to a value that is not finite."""
    residual, evaluated = problem.residuals(parameters)
    square = float(residual @ residual) / len(residual)
    damping, growth = descent.damping, 2.0
    history, idle, anneal = [square], 0, 1.0
    for _ in range(descent.steps):
        if not np.isfinite(square) or square <= descent.target:
            break
        weight = anneal * descent.smooth * square + descent.floor
        bend = penalty @ parameters if penalty is not None and weight > 0 else None
        loss = square + (weight * float(parameters @ bend) if bend is not None else 0.0)
        rows = problem.jacobian(evaluated)
        linear = _linearise(rows, residual, weight, penalty, bend, descent)
        moved = False
        trial, residual2, evaluated2, square2, loss2 = parameters, residual, evaluated, square, loss
        for _attempt in range(10):
            step, predicted = linear(damping)
            trial = parameters + step
            residual2, evaluated2 = problem.residuals(trial)
            square2 = float(residual2 @ residual2) / len(residual2)
            loss2 = square2
            if bend is not None and penalty is not None:
                loss2 += weight * float(trial @ (penalty @ trial))
            if np.isfinite(loss2) and loss2 < loss:
                ratio = (loss - loss2) / max(predicted, 1e-300)
                damping = max(damping * max(1 / 5, 1 - (2 * ratio - 1) ** 3), 1e-15)
                growth, moved = 2.0, True
                break
            damping, growth = damping * growth, growth * 2
        if not moved:
            return Damped(parameters, square, damping, tuple(history), True)
        gain = (loss - loss2) / loss
        heavy = loss2 - square2 > 0.1 * loss2 and weight > 2 * descent.floor  # the penalty, not the data, holds it back
        anneal *= 0.3 if heavy else 0.9
        parameters, residual, evaluated, square = trial, residual2, evaluated2, square2
        history.append(square)
        idle = idle + 1 if gain < descent.tolerance and not heavy else 0
        if idle >= descent.patience:
            return Damped(parameters, square, damping, tuple(history), True)
    return Damped(parameters, square, damping, tuple(history), square <= descent.target)


Solver = Callable[[float], tuple[Array, float]]


def _linearise(
    rows: Rows, residual: Array, weight: float, penalty: sparse.csr_matrix | None, bend: Array | None, descent: Descent
) -> Solver:
    """A function from the damping to the step and the gain it predicts."""
    if rows.size > descent.dense_size:
        return _conjugate(rows, residual, weight, penalty, bend, descent)
    count = len(residual)
    matrix = rows.dense()
    normal = _SYRK(1.0 / count, matrix.T)  # the upper half of J^T J; matrix.T is in Fortran order
    gradient = (residual @ matrix) / count
    if bend is not None and penalty is not None:
        gradient = gradient + weight * bend
        lines, columns = _places(penalty)
        normal[lines, columns] += weight * penalty.data
    diagonal = normal.diagonal()
    scale = diagonal + 1e-9 * diagonal.mean() + 1e-300

    def solve(damping: float) -> tuple[Array, float]:
        lifted = normal.copy(order="F")
        lifted[np.diag_indices_from(lifted)] += damping * scale + 1e-15 * scale
        factor, info = _POTRF(lifted, lower=0, overwrite_a=True)
        if info:
            return np.full_like(gradient, np.nan), 1.0
        step = _POTRS(factor, -gradient, lower=0)[0]
        return step, _predicted(step, gradient, damping * scale)

    return solve


def _places(penalty: sparse.csr_matrix) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    lines = np.arange(len(penalty.indptr) - 1)
    return np.repeat(lines, np.diff(penalty.indptr)).astype(np.int64), penalty.indices.astype(np.int64)


def _conjugate(
    rows: Rows, residual: Array, weight: float, penalty: sparse.csr_matrix | None, bend: Array | None, descent: Descent
) -> Solver:
    """The same step without forming J^T J, by conjugate gradients with the diagonal as preconditioner."""
    count = len(residual)
    matrix = rows.matrix()
    transposed = matrix.T.tocsr()
    gradient = (transposed @ residual) / count
    diagonal = np.asarray(matrix.multiply(matrix).sum(axis=0)).ravel() / count
    if bend is not None and penalty is not None:
        gradient = gradient + weight * bend
        diagonal = diagonal + weight * penalty.diagonal()
    scale = diagonal + 1e-9 * diagonal.mean() + 1e-300

    def apply(v: Array, damping: float) -> Array:
        out = (transposed @ (matrix @ v)) / count + (damping + 1e-15) * scale * v
        return out + weight * (penalty @ v) if bend is not None and penalty is not None else out

    def solve(damping: float) -> tuple[Array, float]:
        step = np.zeros_like(gradient)
        left = -gradient
        lifted = left / scale
        direction, energy = lifted, float(left @ lifted)
        goal = 1e-12 * energy
        for _ in range(descent.inner_steps):
            image = apply(direction, damping)
            length = energy / float(direction @ image)
            step = step + length * direction
            left = left - length * image
            lifted = left / scale
            before, energy = energy, float(left @ lifted)
            if not energy > goal:
                break
            direction = lifted + (energy / before) * direction
        return step, _predicted(step, gradient, damping * scale)

    return solve


def _predicted(step: Array, gradient: Array, lift: Array) -> float:
    """Half-step algebra: the fall of the quadratic model for (H + lift) step = -gradient."""
    return float(step @ (lift * step) - step @ gradient)

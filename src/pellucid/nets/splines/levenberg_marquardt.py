"""Levenberg-Marquardt for any sum of squares with few entries per line of the Jacobian.

    minimise |r(p)|^2 / m + smooth · p^T Q p,    (J^T J / m + smooth Q + damping D) step = - gradient

Dense Cholesky where the parameters are few: O(rows · size^2 + size^3) a step. Conjugate gradients with a diagonal
preconditioner where they are many: O(rows · entries_per_row) an inner step, and no matrix is formed.
The damping follows the ratio of true to predicted gain (Nielsen 1999, "Damping parameter in Marquardt's method").
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from scipy import linalg, sparse

from pellucid.run.cpu_limit import is_over

from .jacobian import Array, Rows


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

    def is_done(self, square: float) -> bool:
        """Whether no step follows from this mean square: there is no time, or it is no number, or low enough."""
        return is_over() or not np.isfinite(square) or square <= self.target


def descend(
    problem: SumOfSquares, parameters: Array, descent: Descent, penalty: sparse.csr_matrix | None = None
) -> Damped:
    """Go down from `parameters` (size,); never up, never to a value that is not finite.

    `penalty` is Q (size, size).
    """
    here = _evaluate(problem, parameters)
    damping, growth, anneal, idle = descent.damping, 2.0, 1.0, 0
    history, stagnated = [here.square], False
    for _ in range(descent.steps):
        if descent.is_done(here.square):
            break
        smoothing = _Smoothing.of(penalty, anneal * descent.smooth * here.square, descent.floor)
        linear = _linearise(problem.jacobian(here.evaluated), here, smoothing, descent)
        there, damping, growth = _step_down(problem, here, smoothing, linear, damping, growth)
        if there is None:
            stagnated = True
            break
        loss, lower = smoothing.loss(here), smoothing.loss(there)
        held_back = smoothing.holds_back(there.square, lower)
        anneal *= 0.3 if held_back else 0.9
        here = there
        history.append(here.square)
        idle = idle + 1 if (loss - lower) / loss < descent.tolerance and not held_back else 0
        if idle >= descent.patience:
            stagnated = True
            break
    return Damped(here.parameters, here.square, damping, tuple(history), stagnated or here.square <= descent.target)


@dataclass(frozen=True, eq=False)
class _Point:
    """Parameters (size,), residuals (rows,) there, and what the problem needs for their Jacobian."""

    parameters: Array
    residual: Array
    evaluated: Any

    @cached_property
    def square(self) -> float:
        return float(self.residual @ self.residual) / len(self.residual)


def _evaluate(problem: SumOfSquares, parameters: Array) -> _Point:
    return _Point(parameters, *problem.residuals(parameters))


@dataclass(frozen=True, eq=False)
class _Smoothing:
    """weight · p^T Q p; nothing where there is no penalty Q."""

    penalty: sparse.csr_matrix | None
    weight: float
    floor: float
    """The part of the weight that is always there."""

    @classmethod
    def of(cls, penalty: sparse.csr_matrix | None, more: float, floor: float) -> _Smoothing:
        """With a weight of `more` than the floor."""
        weight = more + floor
        return cls(penalty if weight > 0 else None, weight, floor)

    def holds_back(self, square: float, loss: float) -> bool:
        """Whether the penalty, not the data, makes up much of the loss, and still fades."""
        return loss - square > 0.1 * loss and self.weight > 2 * self.floor

    def loss(self, point: _Point) -> float:
        p = point.parameters
        return point.square + (0.0 if self.penalty is None else self.weight * float(p @ (self.penalty @ p)))


def _step_down(
    problem: SumOfSquares, here: _Point, smoothing: _Smoothing, linear: Solver, damping: float, growth: float
) -> tuple[_Point | None, float, float]:
    """A step that lowers the loss, damped more until one does, ten times at most; damping and growth to go on with."""
    loss = smoothing.loss(here)
    for _ in range(10):
        step, predicted = linear(damping)
        there = _evaluate(problem, here.parameters + step)
        lower = smoothing.loss(there)
        if np.isfinite(lower) and lower < loss:
            ratio = (loss - lower) / max(predicted, 1e-300)
            return there, max(damping * max(1 / 5, 1 - (2 * ratio - 1) ** 3), 1e-15), 2.0
        damping, growth = damping * growth, growth * 2
    return None, damping, growth


Solver = Callable[[float], tuple[Array, float]]
"""From the damping to the step (size,) and the gain it predicts."""


def _linearise(rows: Rows, here: _Point, smoothing: _Smoothing, descent: Descent) -> Solver:
    """A function from the damping to the step and the gain it predicts."""
    if rows.size > descent.dense_size:
        return _conjugate(rows, here, smoothing, descent)
    count = len(here.residual)
    matrix = rows.dense()
    (syrk,) = linalg.get_blas_funcs(("syrk",), dtype=np.float64)
    factorise, substitute = linalg.get_lapack_funcs(("potrf", "potrs"), dtype=np.float64)
    normal = syrk(1.0 / count, matrix.T)  # the upper half of J^T J; matrix.T is in Fortran order
    gradient = (here.residual @ matrix) / count
    if smoothing.penalty is not None:
        gradient = gradient + smoothing.weight * (smoothing.penalty @ here.parameters)
        lines, columns = _places(smoothing.penalty)
        normal[lines, columns] += smoothing.weight * smoothing.penalty.data
    diagonal = normal.diagonal()
    scale = diagonal + 1e-9 * diagonal.mean() + 1e-300

    def solve(damping: float) -> tuple[Array, float]:
        lifted = normal.copy(order="F")
        lifted[np.diag_indices_from(lifted)] += damping * scale + 1e-15 * scale
        factor, info = factorise(lifted, lower=0, overwrite_a=True)
        if info:
            return np.full_like(gradient, np.nan), 1.0
        step = substitute(factor, -gradient, lower=0)[0]
        return step, _predicted(step, gradient, damping * scale)

    return solve


def _places(penalty: sparse.csr_matrix) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    lines = np.arange(len(penalty.indptr) - 1)
    return np.repeat(lines, np.diff(penalty.indptr)).astype(np.int64), penalty.indices.astype(np.int64)


def _conjugate(rows: Rows, here: _Point, smoothing: _Smoothing, descent: Descent) -> Solver:
    """The same step without forming J^T J, by conjugate gradients with the diagonal as preconditioner."""
    count, penalty, weight = len(here.residual), smoothing.penalty, smoothing.weight
    matrix = rows.matrix()
    transposed = matrix.T.tocsr()
    gradient = (transposed @ here.residual) / count
    diagonal = np.asarray(matrix.multiply(matrix).sum(axis=0)).ravel() / count
    if penalty is not None:
        gradient = gradient + weight * (penalty @ here.parameters)
        diagonal = diagonal + weight * penalty.diagonal()
    scale = diagonal + 1e-9 * diagonal.mean() + 1e-300

    def apply(v: Array, damping: float) -> Array:
        out = (transposed @ (matrix @ v)) / count + (damping + 1e-15) * scale * v
        return out if penalty is None else out + weight * (penalty @ v)

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

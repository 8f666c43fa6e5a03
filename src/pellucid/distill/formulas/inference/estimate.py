"""Constants of a form estimated from rows under a noise model, with their standard errors.

    min_theta  sum_i w_i r_i(theta)^2,  reweighted where the noise is Student's;  cov = (J^T I J)^-1

Levenberg-Marquardt over the exact Jacobian of a tape, through QR with scaled columns, so that a fit without noise
ends at rounding error. Where nothing but that is left, a row is missed by as much as its written digits do not explain:

    |r_i| - |dr/df| d (|y_i| + sum_j |df/dx_ij x_ij|),   none below 0,   d = 1e-9

A table is written with so many digits, and near a pole the last one of x changes y by far more than its own last one.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import sympy
from jaxtyping import Bool, Float
from numpy.typing import NDArray

from ..expression.parametrised import Parametrised
from ..expression.tape import Bound
from .noise import Noise, Scatter

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Rows:
    """What is fitted: X (rows, columns), y and weights (rows,), the names of the columns, and the rounding of y."""

    X: Float[np.ndarray, "rows columns"]
    y: Float[np.ndarray, " rows"]
    weights: Float[np.ndarray, " rows"]
    names: tuple[str, ...]
    rounding: float

    @property
    def count(self) -> int:
        return len(self.y)


@dataclass(frozen=True, eq=False)
class Estimate:
    """A form, its constants `theta`, which of them are held at exact numbers, and how y scatters around it."""

    form: Parametrised
    theta: Float[np.ndarray, " constants"]
    held: dict[int, sympy.Expr]
    noise: Noise
    scatter: Scatter
    values: Float[np.ndarray, " rows"]
    jacobian: Float[np.ndarray, "rows constants"]
    """d f / d theta at theta."""
    residuals: Float[np.ndarray, " rows"]
    """As the noise model counts them."""
    singular: float = 1e-9
    """Directions of the scaled Jacobian with singular values below this share of the largest are not determined."""

    @cached_property
    def free(self) -> list[int]:
        """The constants that are not held."""
        return [k for k in range(len(self.theta)) if k not in self.held]

    def digits(self) -> float:
        """Nats of the free constants, ln(1 + |theta_k| p_k / sqrt 3) each, for a precision p_k between two.

        The first is what the rows know of a constant where the others stand still, the square root of its
        information: the digits it needs where each is rounded by itself. The second is the diagonal of R in J = Q R,
        whose product is the root of the determinant of the information: the digits needed where each is rounded after
        those before it. The first overcharges constants that are only known together, the second lets a form hide in
        another with one more (a parabola in a cosine of huge amplitude); half of each does neither.
        """
        slopes = self._slopes * np.sqrt(self.scatter.information)[:, None]
        if not slopes.size:
            return 0.0
        size = np.abs(self.theta[self.free]) / np.sqrt(3)
        alone = np.linalg.norm(slopes, axis=0)
        after = np.zeros(len(alone))
        triangle = np.abs(np.diagonal(np.linalg.qr(slopes, mode="r")))
        after[: len(triangle)] = triangle
        return float(np.log1p(size * alone).sum() + np.log1p(size * after).sum()) / 2

    @cached_property
    def covariance(self) -> Float[np.ndarray, "free free"]:
        """Of the free constants, with the scale of the noise taken over rows less constants; infinite where a
        direction through them changes nothing."""
        spread, loose = self._spread
        cov = spread.copy()
        cov[loose, :] = cov[:, loose] = 0.0
        cov[loose, loose] = np.inf
        return cov

    @property
    def spread(self) -> Float[np.ndarray, "free free"]:
        """The covariance within the directions that change the values: what errors of predictions are made of."""
        return self._spread[0]

    @cached_property
    def _spread(self) -> tuple[Array, NDArray[np.bool_]]:
        """The covariance by the pseudo-inverse, and which constants are part of a direction that changes nothing."""
        slopes = self._slopes * np.sqrt(self.scatter.information)[:, None]
        if not slopes.size:
            return np.zeros((0, 0)), np.zeros(0, dtype=bool)
        norms = np.linalg.norm(slopes, axis=0)
        dead = ~(norms > 1e-300)
        norms = np.where(dead, 1.0, norms)
        _, singular, V = np.linalg.svd(slopes / norms, full_matrices=False)
        null = singular < self.singular * max(float(singular.max(initial=0.0)), 1e-300)
        inverse = np.where(null, 0.0, 1 / np.where(null, 1.0, singular))
        rows, count = slopes.shape
        with np.errstate(over="ignore"):  # a constant that no row tells of has an error beyond floats
            cov = (V.T * inverse**2) @ V * (rows / max(rows - count, 1)) / np.outer(norms, norms)
        return cov, dead | (np.abs(V[null]) > 1e-4).any(axis=0)

    @property
    def leverages(self) -> Float[np.ndarray, " rows"]:
        """How much of a row's fitted value is the row itself, h = diag(J (J^T I J)^-1 J^T I); they add up to the number
        of constants that the rows tell of."""
        slopes = self._slopes * np.sqrt(self.scatter.information)[:, None]
        norms = np.linalg.norm(slopes, axis=0)
        slopes = slopes[:, norms > 1e-300] / norms[norms > 1e-300]
        if not slopes.size:
            return np.zeros(len(self.values))
        U, singular, _ = np.linalg.svd(slopes, full_matrices=False)
        return (U[:, singular > self.singular * singular.max()] ** 2).sum(axis=1)

    @property
    def errors(self) -> Float[np.ndarray, " free"]:
        """Standard error of each free constant."""
        return np.sqrt(np.diag(self.covariance))

    def expression(self) -> sympy.Expr:
        """The form with its numbers put back: floats where they are free, exact where they are held."""
        return self.form.expression([self.held.get(k, float(value)) for k, value in enumerate(self.theta)])

    @cached_property
    def _slopes(self) -> Array:
        slopes = self.noise.slopes(self.values)
        J = self.jacobian[:, self.free]
        return J * (slopes[:, None] if isinstance(slopes, np.ndarray) else slopes)


def estimate(
    form: Parametrised,
    rows: Rows,
    noise: Noise,
    start: Float[np.ndarray, " constants"] | None = None,
    held: dict[int, sympy.Expr] | None = None,
) -> Estimate | None:
    """The constants of `form` from `start` (default: as they stand); None where it has no value on some row."""
    held = held or {}
    theta = np.array(form.values if start is None else start, dtype=np.float64)
    for k, number in held.items():
        theta[k] = float(number)  # pyright: ignore[reportArgumentType]
    free = np.array([k not in held for k in range(len(theta))], dtype=bool)
    bound = form.tape(rows.names).bind(rows.X)
    problem = _Problem(bound, rows, noise, noise.smallest(rows.y, rows.rounding))
    state = problem.at(theta)
    if state is None:
        return None
    if free.any():
        state = problem.descend(state, free)
    if problem.is_nearly_exact(state):
        problem = replace(problem, unwritten=unwritten(form, state.theta, rows))
        state = problem.at(state.theta) or state
        state = problem.descend(state, free) if free.any() else state
    return Estimate(form, state.theta, held, noise, state.scatter, state.values, state.jacobian, state.residuals)


def unwritten(form: Parametrised, theta: Array, rows: Rows, digits: float = 1e-9) -> Float[np.ndarray, " rows"]:
    """By how much f and y may differ where x and y are written to the share `digits`; none where f has no slope."""
    tape, constants = form.tape(rows.names), theta.tolist()
    values = tape(rows.X, constants)
    total = np.abs(rows.y)
    for j in dict.fromkeys(node.index for node in tape.nodes if node.kind == "column"):
        moved = rows.X.copy()
        moved[:, j] *= 1 + digits
        with np.errstate(all="ignore"):
            total = total + np.nan_to_num(np.abs(tape(moved, constants) - values) / digits, posinf=0.0)
    return digits * total


@dataclass(frozen=True)
class _State:
    theta: Array
    values: Array
    jacobian: Array
    residuals: Array
    scatter: Scatter


@dataclass(frozen=True)
class _Problem:
    bound: Bound
    rows: Rows
    noise: Noise
    smallest: float
    steps: int = 60
    trials: int = 12
    converged: float = 1e-12
    """A step that gains less than this share ends a fit."""
    near: float = 1e-6
    """A scatter below this share of what y is in size may be one of written digits."""
    unwritten: Array | None = None

    def is_nearly_exact(self, state: _State) -> bool:
        size = 1.0 if self.noise.is_share else float(np.sqrt(np.mean(self.rows.y**2)))
        return self.smallest < state.scatter.s < self.near * size

    def at(self, theta: Array) -> _State | None:
        values, jacobian = self.bound.jacobian(theta)
        with np.errstate(all="ignore"):
            r = self.noise.residuals(values, self.rows.y)
            if not (np.isfinite(r * r).all() and np.isfinite(jacobian * jacobian).all()):
                return None
            if self.unwritten is not None:
                r = np.sign(r) * np.maximum(np.abs(r) - np.abs(self.noise.slopes(values)) * self.unwritten, 0.0)
        scatter = self.noise.scatter(r, self.rows.y, self.rows.weights, self.smallest)
        return _State(theta, np.array(values), jacobian, r, scatter)

    def descend(self, state: _State, free: Bool[np.ndarray, " constants"]) -> _State:
        damping = 1e-4
        for _ in range(self.steps):
            root = np.sqrt(state.scatter.weights)
            slopes = self.noise.slopes(state.values)
            J = state.jacobian[:, free] * (
                root[:, None] * (slopes[:, None] if isinstance(slopes, np.ndarray) else slopes)
            )
            norms = np.linalg.norm(J, axis=0)
            norms = np.where(norms > 1e-300, norms, 1.0)
            Q, R = np.linalg.qr(J / norms)
            right = np.concatenate([Q.T @ (root * state.residuals), np.zeros(J.shape[1])])
            after, damping = self._step(state, free, R, right, norms, damping)
            if after is None:
                break
            gain = state.scatter.nats - after.scatter.nats
            state = after
            if gain < self.converged * max(1.0, abs(state.scatter.nats)):
                break
        return state

    def _step(
        self, state: _State, free: NDArray[np.bool_], R: Array, right: Array, norms: Array, damping: float
    ) -> tuple[_State | None, float]:
        for _ in range(self.trials):
            augmented = np.vstack([R, np.sqrt(damping) * np.eye(len(norms))])
            theta = state.theta.copy()
            theta[free] += np.linalg.lstsq(augmented, right, rcond=None)[0] / norms
            after = self.at(theta)
            if after is not None and self._better(after, state):
                return after, max(damping / 10, 1e-15)
            damping = min(damping * 8, 1e12)
        return None, damping

    def _better(self, after: _State, before: _State) -> bool:
        """By the likelihood; where its scale is at the rounding of y, by the sum of squares itself."""
        if after.scatter.nats != before.scatter.nats:
            return after.scatter.nats < before.scatter.nats
        return float((after.residuals**2).sum()) < float((before.residuals**2).sum())


def rows_for(rows: Rows, keep: NDArray[np.int_]) -> Rows:
    """Some of the rows."""
    return replace(rows, X=rows.X[keep], y=rows.y[keep], weights=rows.weights[keep])

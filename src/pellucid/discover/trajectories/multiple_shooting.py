"""The most likely coefficients of equations of motion: every stretch of data simulated from a state of its own.

    minimise sum_segments sum_s |phi_{t_s}(z_segment; c) - x_s|^2 / noise^2   over the coefficients c and all states z

by Gauss-Newton steps with exact sensitivities (multiple shooting: Bock 1983; its use to refine sparse equations: arXiv
2008.00700). Unlike a regression it is not biased by noise in the terms, and it says how well every coefficient is
known. Cost of a step: O(samples variables (variables + coefficients)), vectorised over all segments.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .models import Model
from .segments import Segments
from .settings import SHOOTING

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Fitted:
    """Parameter values, their covariance, the noise that is left (variables,), and how many numbers were fitted to."""

    values: Array
    covariance: Array
    noise: Array
    samples: int
    segments: Segments

    def criterion(self, scale: Array, penalty: float) -> float:
        """Twice the description length in nats: errors, and `penalty` for every parameter.

        scale, of shape (variables,).
        """
        noise = np.sqrt(self.noise**2 + (SHOOTING.floor * scale) ** 2)
        return 2 * self.samples * float(np.log(noise / scale).sum()) + penalty * len(self.values)


def simulate(model: Model, values: Array, segments: Segments) -> Array:
    """States at every sample of every segment (segments, samples, variables); NaN where they run away.

    values, of shape (parameters,).
    """
    return segments.march(model.flow(values), segments.start)


def fit(
    model: Model, values: Array, segments: Segments, scale: Array, steps: int = 12,
    finest: int = SHOOTING.most_substeps,
) -> Fitted | None:  # fmt: skip
    """The best parameters and starting states from these on; None where the simulation runs away at once, or needs more
    than the `finest` steps between samples.

    Steps between samples are halved until what they cost is small beside what the equations leave over.
    values, of shape (parameters,); scale, of shape (variables,).
    """
    while True:
        point = _best_point(model, values, segments, scale, steps)
        if point is None:
            return None
        wanted = _steps_needed(point, scale)
        if wanted <= segments.substeps:
            return _fitted(point, scale)
        if wanted > finest:
            return None
        segments, values = point.segments.with_steps(wanted), point.values


def _steps_needed(point: _Point, scale: Array) -> int:
    """How many steps between samples integrate well enough: as many as there are, or so many times as many.

    A method of order 4 that is off by e with some steps is off by e/16 with twice as many.
    """
    count = point.segments.substeps
    finer = min(2 * count, SHOOTING.most_substeps)
    with np.errstate(all="ignore"):
        away = simulate(point.model, point.values, point.segments.with_steps(finer)) - point.states
        error = np.sqrt((away**2).mean((0, 1)))
    limit = np.maximum(SHOOTING.integration * point.noise(scale), SHOOTING.exactly * SHOOTING.floor * scale)
    worst = float((error / limit).max())
    if worst <= 1:
        return count
    doublings = max(1, ceil(np.log2(worst) / Segments.order)) if np.isfinite(worst) else 1
    return min(count * 2 ** min(doublings, SHOOTING.most_doublings), SHOOTING.most_substeps)


def _best_point(model: Model, values: Array, segments: Segments, scale: Array, steps: int) -> _Point | None:
    """The same with the steps between samples that the segments have."""
    current = _Point(model, values, segments, SHOOTING.presumed * scale)
    if not np.isfinite(current.error):
        return None
    damping = 1e-4
    for _ in range(steps):
        current.rescale(current.noise(scale))
        slopes = _Linearised(current)
        if not np.isfinite(slopes.reduced).all():
            return None
        trial = None
        for _ in range(6):
            delta, starts = slopes.step(damping)
            trial = _Point(model, current.values + delta, current.segments.moved(starts), current.sigma)
            if np.isfinite(trial.error) and trial.error <= current.error * (1 + 1e-12):
                damping = max(damping / 10, 1e-12)
                break
            damping, trial = min(damping * 10, 1e6), None
        if trial is None:
            break
        gain, current = current.error - trial.error, trial
        if gain < SHOOTING.settled * max(1.0, len(values)):
            break
    current.rescale(current.noise(scale))
    return current


def _fitted(point: _Point, scale: Array) -> Fitted | None:
    """With the uncertainties of the parameters; None where they have none."""
    covariance: Any = np.zeros((0, 0))
    if len(point.values):
        reduced = _Linearised(point).reduced
        if not np.isfinite(reduced).all():
            return None
        covariance = np.linalg.pinv(reduced, hermitian=True)
    samples = point.segments.x.shape[0] * point.segments.x.shape[1]
    return Fitted(point.values, covariance, point.noise(scale), samples, point.segments)


class _Point:
    """The simulation for some parameters and starting states, its derivatives by both, and how far it is from the
    data.

    They are simulated together: most steps of the search are taken, and then the derivatives are needed.
    """

    def __init__(self, model: Model, values: Array, segments: Segments, noise: Array) -> None:
        self.model, self.values, self.segments = model, values, segments
        self.states, self.by_start, self.by_value = _sensitivities(model, values, segments)
        self.rescale(noise)

    def rescale(self, noise: Array) -> None:
        """Errors are counted in units of this noise (variables,)."""
        self.sigma = noise
        with np.errstate(all="ignore"):
            self.residuals = (self.segments.x - self.states) / noise
            error = float((self.residuals**2).sum())
        self.error = error if np.isfinite(error) else np.inf

    def noise(self, scale: Array) -> Array:
        """The standard deviation of what is left over in each variable."""
        segments, samples, width = self.segments.x.shape
        spare = max(1.0, segments * (samples - 1) - len(self.values) / width)
        left = ((self.segments.x - self.states) ** 2).sum((0, 1)) / spare
        return np.maximum(np.sqrt(left), SHOOTING.floor * scale)


class _Linearised:
    """Gauss-Newton equations, with the starting states eliminated."""

    def __init__(self, point: _Point) -> None:
        count, samples, width = point.segments.x.shape
        by_start = (point.by_start / point.sigma[:, None]).reshape(count, samples * width, width)
        by_value = (point.by_value / point.sigma[:, None]).reshape(count, samples * width, -1)
        residuals = point.residuals.reshape(count, samples * width, 1)
        with np.errstate(over="ignore", invalid="ignore"):  # what runs away is seen by whoever looks at `reduced`
            self.own = by_start.transpose(0, 2, 1) @ by_start
            self.mixed = by_start.transpose(0, 2, 1) @ by_value
            self.pull = by_start.transpose(0, 2, 1) @ residuals
            self.shared = (by_value.transpose(0, 2, 1) @ by_value).sum(0)
            self.push = (by_value.transpose(0, 2, 1) @ residuals).sum(0)[:, 0]
            self.reduced, _ = self._eliminated(0.0)

    def _eliminated(self, damping: float) -> tuple[Array, Array]:
        own = self.own + damping * np.einsum("sii->si", self.own)[:, :, None] * np.eye(self.own.shape[1])
        right = np.concatenate([self.mixed, self.pull], 2)
        self.solved = _solved(own, right)
        both = (self.mixed.transpose(0, 2, 1) @ self.solved).sum(0)
        return self.shared - both[:, :-1], self.push - both[:, -1]

    def step(self, damping: float) -> tuple[Array, Array]:
        """Changes of the parameters, and of the starting states (segments, variables)."""
        matrix, right = self._eliminated(damping)
        size = len(right)
        scale = np.sqrt(np.maximum(np.diag(matrix), 1e-300)) if size else np.ones(0)
        scaled = matrix / np.outer(scale, scale) + damping * np.eye(size)
        delta = np.linalg.lstsq(scaled, right / scale, rcond=1e-13)[0] / scale if size else right
        return delta, self.solved[:, :, -1] - self.solved[:, :, :-1] @ delta


def _solved(own: Array, right: Array) -> Array:
    """own^-1 right for every segment; with a little added to the diagonal where equations that run away in one of them
    forget a part of their start altogether."""
    try:
        return np.asarray(np.linalg.solve(own, right), dtype=np.float64)
    except np.linalg.LinAlgError:
        trace = np.einsum("sii->s", own)[:, None, None]
        ridge: Array = (SHOOTING.ridge * trace + 1e-300) * np.eye(own.shape[1])
        return np.asarray(np.linalg.solve(own + ridge, right), dtype=np.float64)


def _sensitivities(model: Model, values: Array, segments: Segments) -> tuple[Array, Array, Array]:
    """The simulation, and its derivatives by its starting state, and by the parameters."""
    count, _, width = segments.x.shape
    start = np.zeros((count, width, 1 + width + len(values)))
    start[:, :, 0], start[:, :, 1 : 1 + width] = segments.start, np.eye(width)
    found = segments.march(model.spreading(values), start)
    return found[..., 0], found[..., 1 : 1 + width], found[..., 1 + width :]

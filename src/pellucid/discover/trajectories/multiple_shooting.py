"""The most likely coefficients of equations of motion: every stretch of data simulated from a state of its own.

    minimise sum_segments sum_s |phi_{t_s}(z_segment; c) - x_s|^2 / noise^2   over the coefficients c and all states z

by Gauss-Newton steps with exact sensitivities (multiple shooting: Bock 1983; its use to refine sparse equations: arXiv
2008.00700). Unlike a regression it is not biased by noise in the terms, and it says how well every coefficient is
known. Cost of a step: O(samples variables (variables + coefficients)), vectorised over all segments.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .settings import SHOOTING
from .smoothing import Smoothed, median_step, timescale
from .term_library import Library

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Segments:
    """Stretches of data of the same number of samples: t (segments, samples), x (segments, samples, variables).

    `start` (segments, variables) are the states that simulation starts from; `substeps` Runge-Kutta steps lie between
    two samples.
    """

    t: Array
    x: Array
    start: Array
    substeps: int

    def __len__(self) -> int:
        return len(self.t)


def cut_segments(smoothed: Smoothed, generator: np.random.Generator, most: int = SHOOTING.most_segments) -> Segments:
    """Segments of the pieces, at most `most` of them."""
    scale, step = timescale(smoothed), median_step([piece.t for piece in smoothed.pieces])
    shortest = min(len(piece.t) for piece in smoothed.pieces)
    count = min(
        max(SHOOTING.fewest_samples, min(SHOOTING.most_samples, round(SHOOTING.segment * scale / step))) + 1, shortest
    )
    t, x, start = [], [], []
    for piece in smoothed.pieces:
        smooth = piece.smooth
        for low in range(0, len(piece.t) - count + 1, count):
            t.append(piece.t[low : low + count])
            x.append(piece.x[low : low + count])
            start.append(smooth[low])
    chosen = np.sort(generator.permutation(len(t))[:most])
    times = np.array(t)[chosen]
    longest = float(np.diff(times, axis=1).max())
    substeps = min(SHOOTING.most_substeps, max(1, ceil(longest / SHOOTING.step / scale)))
    return Segments(times, np.array(x)[chosen], np.array(start)[chosen], substeps)


@dataclass(frozen=True)
class Model:
    """x_j' = sum_i coefficients[j, i] * terms[i], where the coefficients are base + sum_p value_p * pattern[p].

    `base` (variables, terms), `pattern` (parameters, variables, terms).
    """

    library: Library
    base: Array
    pattern: Array

    def coefficients(self, values: Array) -> Array:
        """(variables, terms) for parameter values (parameters,)."""
        return self.base + np.tensordot(values, self.pattern, 1)


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
    coefficients = model.coefficients(values)

    def flow(state: Array) -> Array:
        return model.library.values(state) @ coefficients.T

    return _march(flow, segments.start, segments)


def fit(model: Model, values: Array, segments: Segments, scale: Array, steps: int = 12) -> Fitted | None:
    """The best parameters and starting states from these on; None where the simulation runs away at once.

    values, of shape (parameters,); scale, of shape (variables,).
    """
    noise = np.maximum(0.02 * scale, SHOOTING.floor * scale)
    size = len(values)
    current = _Point(model, values, segments, noise)
    if not np.isfinite(current.error):
        return None
    damping = 1e-4
    for _ in range(steps):
        noise = current.noise(size, scale)
        moved = False
        before = current.error
        current = current.rescaled(noise)
        start_error = current.error
        slopes = current.linearised(damping)
        for _ in range(6):
            delta, starts = slopes.step(damping)
            trial = _Point(model, current.values + delta, current.moved_to(starts), noise)
            if np.isfinite(trial.error) and trial.error <= start_error * (1 + 1e-12):
                moved, damping = True, max(damping / 10, 1e-12)
                break
            damping = min(damping * 10, 1e6)
        if not moved:
            break
        gained = start_error - trial.error
        current = trial
        if gained < 1e-4 * max(1.0, size) and before < np.inf:
            break
    noise = current.noise(size, scale)
    current = current.rescaled(noise)
    covariance: Any = np.linalg.pinv(current.linearised(0.0).reduced, hermitian=True) if size else np.zeros((0, 0))
    samples = current.segments.x.shape[0] * current.segments.x.shape[1]
    return Fitted(current.values, covariance, noise, samples, current.segments)


class _Point:
    """The simulation for some parameters and starting states, and how far it is from the data."""

    def __init__(self, model: Model, values: Array, segments: Segments, noise: Array) -> None:
        self.model, self.values, self.segments = model, values, segments
        self.states = simulate(model, values, segments)
        self._scaled(noise)

    def _scaled(self, noise: Array) -> None:
        self.sigma = noise
        self.residuals = (self.segments.x - self.states) / noise
        with np.errstate(all="ignore"):
            error = float((self.residuals**2).sum())
        self.error = error if np.isfinite(error) else np.inf

    def rescaled(self, noise: Array) -> _Point:
        self._scaled(noise)
        return self

    def noise(self, parameters: int, scale: Array) -> Array:
        """The standard deviation of what is left over in each variable."""
        segments, samples, width = self.segments.x.shape
        spare = max(1.0, segments * (samples - 1) - parameters / width)
        left = ((self.segments.x - self.states) ** 2).sum((0, 1)) / spare
        return np.maximum(np.sqrt(left), SHOOTING.floor * scale)

    def moved_to(self, starts: Array) -> Segments:
        old = self.segments
        return Segments(old.t, old.x, old.start + starts, old.substeps)

    def linearised(self, damping: float) -> _Linearised:
        return _Linearised(self)


class _Linearised:
    """Gauss-Newton equations, with the starting states eliminated."""

    def __init__(self, point: _Point) -> None:
        by_start, by_value = _sensitivities(point.model, point.values, point.segments)
        count, samples, width = point.segments.x.shape
        by_start = (by_start / point.sigma[:, None]).reshape(count, samples * width, width)
        by_value = (by_value / point.sigma[:, None]).reshape(count, samples * width, -1)
        residuals = point.residuals.reshape(count, samples * width, 1)
        self.own = by_start.transpose(0, 2, 1) @ by_start
        self.mixed = by_start.transpose(0, 2, 1) @ by_value
        self.pull = by_start.transpose(0, 2, 1) @ residuals
        self.shared = (by_value.transpose(0, 2, 1) @ by_value).sum(0)
        self.push = (by_value.transpose(0, 2, 1) @ residuals).sum(0)[:, 0]
        self.reduced, _ = self._eliminated(0.0)

    def _eliminated(self, damping: float) -> tuple[Array, Array]:
        own = self.own + damping * np.einsum("sii->si", self.own)[:, :, None] * np.eye(self.own.shape[1])
        right = np.concatenate([self.mixed, self.pull], 2)
        self.solved = np.linalg.solve(own, right)
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


def _sensitivities(model: Model, values: Array, segments: Segments) -> tuple[Array, Array]:
    """Derivatives of the simulation by its starting state, and by the parameters."""
    count, _, width = segments.x.shape
    coefficients, parameters = model.coefficients(values), len(values)
    flat = model.pattern.reshape(parameters * width, len(model.library)).T

    def flow(joined: Array) -> Array:
        state, spread = joined[:, :, 0], joined[:, :, 1:]
        terms = model.library.values(state)
        turned = np.einsum("ji,sik->sjk", coefficients, model.library.slopes(state)) @ spread
        turned[:, :, width:] += (terms @ flat).reshape(len(state), parameters, width).transpose(0, 2, 1)
        return np.concatenate([(terms @ coefficients.T)[:, :, None], turned], 2)

    start = np.zeros((count, width, 1 + width + parameters))
    start[:, :, 0], start[:, :, 1 : 1 + width] = segments.start, np.eye(width)
    found = _march(flow, start, segments)
    return found[..., 1 : 1 + width], found[..., 1 + width :]


def _march(flow: object, start: Array, segments: Segments) -> Array:
    """Runge-Kutta's method of order 4 for all segments at once; (segments, samples, ...)."""
    found = np.empty((len(segments), segments.t.shape[1], *start.shape[1:]))
    found[:, 0] = state = start
    shape = (-1, *(1,) * (start.ndim - 1))
    with np.errstate(all="ignore"):
        for i, gap in enumerate(np.diff(segments.t, axis=1).T):
            h = (gap / segments.substeps).reshape(shape)
            for _ in range(segments.substeps):
                k1 = flow(state)  # type: ignore[operator]
                k2 = flow(state + h / 2 * k1)  # type: ignore[operator]
                k3 = flow(state + h / 2 * k2)  # type: ignore[operator]
                k4 = flow(state + h * k3)  # type: ignore[operator]
                state = state + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
            found[:, i + 1] = state
    return found


def free_model(library: Library, supports: Sequence[Sequence[int]]) -> Model:
    """One parameter for every term of every equation; only terms that some equation has."""
    used = sorted({i for support in supports for i in support})
    small = library.select(used)
    width = len(supports)
    places = [(j, used.index(i)) for j, support in enumerate(supports) for i in support]
    pattern = np.zeros((len(places), width, len(used)))
    for p, (j, i) in enumerate(places):
        pattern[p, j, i] = 1.0
    return Model(small, np.zeros((width, len(used))), pattern)

"""Smooth curves through noisy samples, and how noisy these are: quintic splines with a penalty on the third derivative.

    x(t) = sum_k c_k B_k(t),   minimise sum_s (x(t_s) - x_s)^2 + penalty * int x'''(t)^2 dt

The penalty of each variable minimises generalised cross-validation over all trajectories together. Trajectories are cut
into pieces of at most `most_samples`: the cost is O(samples most_samples^2), and less where pieces share their times.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import BSpline, make_interp_spline
from scipy.linalg import cholesky, eigh, solve_triangular

from ...subjects.equations.trajectories import Trajectories
from .settings import SHOOTING, SMOOTHING

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Piece:
    """Part of a trajectory: samples x (samples, variables) at times t, and the smooth curve through them."""

    trajectory: int
    t: Array
    x: Array
    curve: BSpline
    given: Callable[[Array], Array]
    """Inputs and the time (points, inputs + 1) at times (points,)."""

    def everything(self, times: Array) -> Array:
        """The smooth states, inputs and the time (points, all of them).

        times, of shape (points,).
        """
        return np.hstack([np.asarray(self.curve(times)), self.given(times)])

    @property
    def smooth(self) -> Array:
        """The curve at the samples' times (samples, variables)."""
        return np.asarray(self.curve(self.t))


@dataclass(frozen=True)
class Smoothed:
    """Every piece; the standard deviations of the noise (variables,), and of what smoothing has left of it."""

    pieces: tuple[Piece, ...]
    noise: Array
    left: Array


def smooth(trajectories: Trajectories) -> Smoothed:
    """Smooth curves through all trajectories, as smooth as cross-validation says for each variable."""
    spans = _projected([_Span(i, t, x) for i, (t, x) in enumerate(_pieces(trajectories))])
    places = [i for i, t in enumerate(trajectories.t) for _ in _cuts(len(t))]
    spare = np.sum([len(span.t) - span.freedom for span in spans], 0)
    scores = np.sum([span.rss for span in spans], 0) / spare[:, None] ** 2
    best = np.argmin(scores, 0)  # (variables,)
    width = np.arange(trajectories.variables)
    rss = np.array([span.rss[best, width] for span in spans]).sum(0)
    spare = np.array([len(span.t) - span.freedom[best] for span in spans]).sum(0)
    given = [given_curve(t, u) for t, u in zip(trajectories.t, trajectories.u, strict=True)]
    pieces = [Piece(i, span.t, span.x, span.curve(best), given[i]) for i, span in zip(places, spans, strict=True)]
    noise, count = np.sqrt(rss / spare), sum(map(len, trajectories.t))
    return Smoothed(tuple(pieces), noise, noise * np.sqrt(1 - spare / count))


def _projected(spans: list[_Span]) -> list[_Span]:
    """Each with its coordinates in a basis; pieces of the same times, up to units, share theirs."""
    known: dict[bytes, _Basis] = {}
    for span in spans:
        key = np.round((span.t - span.t[0]) / (span.t[-1] - span.t[0]), 9).tobytes() + np.float64(len(span.t)).tobytes()
        if key not in known:
            known[key] = _Basis(span.t)
        span.basis = known[key]
        span.project()
    return spans


def _cuts(count: int) -> list[tuple[int, int]]:
    parts = -(-count // SMOOTHING.most_samples)
    edges = np.linspace(0, count, parts + 1).astype(int).tolist()
    return list(pairwise(edges))


def _pieces(trajectories: Trajectories) -> list[tuple[Array, Array]]:
    pairs = zip(trajectories.t, trajectories.x, strict=True)
    return [(t[low:high], x[low:high]) for t, x in pairs for low, high in _cuts(len(t))]


class _Basis:
    """B-splines on these times (scaled to [0, 1]), turned so that the penalty is diagonal."""

    def __init__(self, t: Array) -> None:
        count = len(t)
        self.degree = degree = min(SMOOTHING.degree, count - 1)
        s = (t - t[0]) / (t[-1] - t[0])
        inner = max(0, min(count - 1, int(np.ceil(SMOOTHING.coefficients * count))) - degree - 1)
        knots = np.quantile(s, np.linspace(0, 1, inner + 2))[1:-1]
        self.knots = np.concatenate([np.zeros(degree + 1), knots, np.ones(degree + 1)])
        size = len(self.knots) - degree - 1
        self.design = BSpline.design_matrix(s, self.knots, degree).toarray()
        fine = np.linspace(0, 1, 6 * size + 1)
        bent = np.asarray(BSpline(self.knots, np.eye(size), degree).derivative(3)(fine))
        penalty = bent.T @ bent / len(fine)
        gram = self.design.T @ self.design
        lower = cholesky(gram + 1e-13 * np.trace(gram) / size * np.eye(size), lower=True)
        half = solve_triangular(lower, penalty, lower=True)
        values, vectors = eigh(solve_triangular(lower, half.T, lower=True))
        self.turn = solve_triangular(lower.T, vectors, lower=False)  # coefficients = turn @ shrunk coordinates
        self.strength = np.maximum(values, 0)


class _Span:
    """A piece on its way: its coordinates in the turned basis, and errors for every penalty."""

    basis: _Basis

    def __init__(self, place: int, t: Array, x: Array) -> None:
        self.place, self.t, self.x = place, t, x

    def project(self) -> None:
        basis, duration = self.basis, self.t[-1] - self.t[0]
        self.centre = self.x.mean(0)
        rows = self.x - self.centre
        self.coordinates = basis.turn.T @ (basis.design.T @ rows)
        left = rows - basis.design @ (basis.turn @ self.coordinates)
        # penalties are for time in units of ten samples, so that one means the same for every piece
        unit = (10 * duration / len(self.t)) ** 5 / duration**5 * len(self.t)
        shrink = 1 / (1 + SMOOTHING.penalties[:, None] * unit * basis.strength)  # (penalties, coefficients)
        self.shrink, self.freedom = shrink, shrink.sum(1)
        self.rss = (left**2).sum(0) + ((1 - shrink) ** 2) @ self.coordinates**2

    def curve(self, best: NDArray[np.int64]) -> BSpline:
        """With the penalty best[j] for variable j."""
        coefficients = self.basis.turn @ (self.shrink[best].T * self.coordinates) + self.centre
        basis, knots = self.basis, self.t[0] + self.basis.knots * (self.t[-1] - self.t[0])
        return BSpline(knots, coefficients, basis.degree)


def smooth_states(smoothed: Smoothed) -> list[Array]:
    """The smoothed samples of every trajectory (samples, variables)."""
    places = sorted({piece.trajectory for piece in smoothed.pieces})
    return [np.concatenate([p.smooth for p in smoothed.pieces if p.trajectory == place]) for place in places]


def timescale(smoothed: Smoothed) -> float:
    """How long the fastest variable takes to change by its own size: min_j std(x_j) / std(x_j')."""
    states = np.concatenate([piece.smooth for piece in smoothed.pieces])
    speeds = np.concatenate([np.asarray(piece.curve.derivative()(piece.t)) for piece in smoothed.pieces])
    ratio = states.std(0) / np.maximum(np.sqrt((speeds**2).mean(0)), 1e-300)
    return float(ratio.min())


def median_step(times: Sequence[Array]) -> float:
    """The usual time between samples.

    Each of `times` of shape (samples,).

    >>> median_step([np.array([0.0, 1.0, 2.0]), np.array([0.0, 1.0])])
    1.0
    """
    return float(np.median(np.concatenate([np.diff(t) for t in times])))


def given_curve(t: Array, u: Array) -> Callable[[Array], Array]:
    """Inputs u (samples, inputs) and then the time, (points, inputs + 1) at times (points,).

    Smooth ones between samples by quintic splines; those that mostly keep their value from sample to sample keep it
    until the next one, as a controller's output does.

    >>> look = given_curve(np.arange(5.0), np.array([[0.0], [0.0], [1.0], [1.0], [1.0]]))
    >>> look(np.array([1.9, 2.1])).tolist()
    [[0.0, 1.9], [1.0, 2.1]]
    """
    stepwise = (np.diff(u, axis=0) == 0).mean(0) > SHOOTING.held_values if len(u) > 1 else np.zeros(u.shape[1], bool)
    smooth = make_interp_spline(t, u[:, ~stepwise], min(5, len(t) - 1 - len(t) % 2)) if (~stepwise).any() else None

    def look(times: Array) -> Array:
        found = np.empty((len(times), u.shape[1] + 1))
        found[:, -1] = times
        found[:, :-1][:, stepwise] = u[np.clip(np.searchsorted(t, times, "right") - 1, 0, len(t) - 1)][:, stepwise]
        if smooth is not None:
            found[:, :-1][:, ~stepwise] = smooth(times)
        return found

    return look

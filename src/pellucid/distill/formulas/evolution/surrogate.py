"""Surrogates: a smooth function through a table, with gradients and how far they can be trusted.

What AI Feynman 2.0 (arXiv 2006.10782, section 2) asks of its neural network, a Gaussian process (squared exponential
kernel, one length scale a feature) answers from 1,000 rows in a second, noise or not; a trained network will do too.
Hot path: `fit_surrogate`, O(rows^3) for the solve, with the length scales found on `SURROGATE.tuning_rows` rows.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cho_factor, cho_solve
from scipy.optimize import minimize

from ....nets.splines.kan import KAN
from ....subjects.tables.samples import Samples
from .lenses import LENSES
from .settings import SURROGATE

Values = NDArray[np.float64]
Field = Callable[[Values], tuple[Values, Values]]
"""X (rows, features) -> values (rows,) and gradients (rows, features)."""


@dataclass(frozen=True)
class Surrogate:
    """A smooth stand-in for the target, as `field`, and pairs of others, each fitted to disjoint halves of the rows.

    Half of what a pair disagrees on is a draw of the error of the whole, bias and noise alike. `error`: root mean
    square of what it gets wrong on rows left out, in units of the target's standard deviation; no less than the noise.
    `lens`: what of the target was smoothest, "plain", "log" or "square".
    """

    field: Field
    halves: tuple[tuple[Field, Field], ...]
    error: float
    lens: str = "plain"

    def __call__(self, X: Values) -> tuple[Values, Values]:
        return self.field(X)

    def doubt(self, X: Values) -> tuple[Values, Values]:
        """Draws of the errors of values (pairs, rows) and gradients (pairs, rows, features)."""
        pairs = [(first(X), second(X)) for first, second in self.halves]
        values, slopes = zip(*(((a[0] - b[0]) / 2, (a[1] - b[1]) / 2) for a, b in pairs), strict=True)
        return np.stack(values), np.stack(slopes)


def fit_surrogate(samples: Samples, seed: int = 0) -> Surrogate:
    """A Gaussian process through the table.

    Over features or their logarithms, for the target, its logarithm or its square: whichever is least wrong on rows
    left out. Raises ValueError for fewer than 8 rows.

    >>> X = np.random.default_rng(0).uniform(1, 2, (60, 2))
    >>> values, gradients = fit_surrogate(Samples(X, X[:, 0] * X[:, 1]))(X)
    >>> bool(np.allclose(gradients, X[:, ::-1], atol=1e-2))
    True
    """
    if samples.rows < 8:
        raise ValueError(f"samples has {samples.rows} rows; give at least 8 for a smooth function through them")
    generator = np.random.default_rng(seed)
    rows = generator.permutation(samples.rows)[: SURROGATE.rows]
    X, y = samples.X[rows], samples.y[rows]
    few = slice(0, SURROGATE.tuning_rows)
    tuned = [(_tuned(X[few], y[few], view), view) for view in _views(X, y)]
    (scales, _), view = min(tuned, key=lambda pair: pair[0][1])
    field, error = _process(X, y, view, scales)
    halves: list[tuple[Field, Field]] = []
    for _ in range(SURROGATE.pairs):
        first, second = np.array_split(generator.permutation(len(rows)), 2)
        halves.append((_process(X[first], y[first], view, scales)[0], _process(X[second], y[second], view, scales)[0]))
    return Surrogate(field, tuple(halves), error / max(float(np.std(y)), 1e-300), view.lens)


def network_surrogate(network: KAN, other: KAN, error: float = 0.0) -> Surrogate:
    """Two networks trained on disjoint halves of the rows, as a surrogate: their mean, and their disagreement."""
    first, second = _network_field(network), _network_field(other)

    def mean(X: Values) -> tuple[Values, Values]:
        (a, a_slope), (b, b_slope) = first(X), second(X)
        return (a + b) / 2, (a_slope + b_slope) / 2

    return Surrogate(mean, ((first, second),), error)


def _network_field(network: KAN) -> Field:
    import torch

    parameter = next(network.parameters())

    def field(X: Values) -> tuple[Values, Values]:
        x = torch.tensor(X, dtype=parameter.dtype, device=parameter.device, requires_grad=True)
        with torch.enable_grad():
            y = network(x)[..., 0]
            (slope,) = torch.autograd.grad(y.sum(), x)
        return y.detach().cpu().numpy().astype(np.float64), slope.cpu().numpy().astype(np.float64)

    return field


@dataclass(frozen=True)
class _View:
    """How features and target are looked at: as they are, by their logarithms, or the target by its square."""

    log_features: NDArray[np.bool_]
    lens: str
    sign: float
    shift: Values
    scale: Values
    offset: float
    spread: float

    def features(self, X: Values) -> Values:
        return (_some_logs(X, self.log_features) - self.shift) / self.scale

    def slopes(self, X: Values) -> Values:
        """d features / d X, (rows, features)."""
        with np.errstate(all="ignore"):
            return np.where(self.log_features, 1 / X, 1.0) / self.scale

    def target(self, y: Values) -> Values:
        return (LENSES[self.lens].look(self.sign * y) - self.offset) / self.spread

    def back(self, t: Values, slope: Values) -> tuple[Values, Values]:
        """The target and its slope, from what is seen of them."""
        t = t * self.spread + self.offset
        slope = slope * self.spread * self.sign
        if self.lens == "log":
            y = np.exp(t)
            return self.sign * y, slope * y[:, None]
        if self.lens == "square":
            y = np.sqrt(np.maximum(t, 1e-300))
            return self.sign * y, slope / (2 * y[:, None])
        return self.sign * t, slope


def _some_logs(X: Values, which: NDArray[np.bool_]) -> Values:
    with np.errstate(all="ignore"):
        return np.where(which, np.log(np.abs(X)), X)


def _views(X: Values, y: Values) -> list[_View]:
    positive = (X > 0).all(0)
    signed = bool((y > 0).all() or (y < 0).all())
    views: list[_View] = []
    for logs in [np.zeros_like(positive)] if not positive.any() else [np.zeros_like(positive), positive]:
        U = _some_logs(X, logs)
        scale = np.where(np.ptp(U, axis=0) > 0, U.std(0), 1.0)
        sign = -1.0 if signed and y[0] < 0 else 1.0
        for lens in ("plain", "log", "square")[: 3 if signed else 1]:
            t = LENSES[lens].look(sign * y)
            views.append(_View(logs, lens, sign, U.mean(0), scale, float(t.mean()), float(t.std()) or 1.0))
    return views


def _tuned(X: Values, y: Values, view: _View) -> tuple[Values, float]:
    """The logarithms of (length scales, noise) that make y most likely, and the error on rows left out."""
    U, t = view.features(X), view.target(y)
    distances = (U[:, None, :] - U[None, :, :]) ** 2
    start = np.concatenate([np.full(U.shape[1], np.log(2.0)), [np.log(1e-2)]])
    bounds = [(-1.5, 6.0)] * U.shape[1] + [(np.log(1e-6), 0.5)]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        best = minimize(
            _unlikely,
            start,
            (distances, t),
            jac=True,
            method="L-BFGS-B",
            bounds=bounds,
            options={"maxiter": SURROGATE.tuning_steps},
        )
    return best.x, _process(X, y, view, best.x)[1]


def _unlikely(parameters: Values, distances: Values, t: Values) -> tuple[float, Values]:
    """Minus the log marginal likelihood, its amplitude profiled out, and its gradient."""
    scales, noise = np.exp(parameters[:-1]), np.exp(2 * parameters[-1])
    rows = len(t)
    kernel = np.exp(-0.5 * distances @ (1 / scales**2))
    try:
        factor = cho_factor(kernel + (noise + 1e-12) * np.eye(rows), lower=True)
    except np.linalg.LinAlgError:
        return 1e25, np.zeros_like(parameters)
    inverse = cho_solve(factor, np.eye(rows))
    weights = inverse @ t
    fit = float(t @ weights) / rows
    value = 0.5 * rows * np.log(fit) + np.log(np.diag(factor[0])).sum()
    outer = inverse - np.outer(weights, weights) / fit  # 2 d value / d K
    slope = 0.5 * np.einsum("ij,ijk->k", outer * kernel, distances) / scales**2
    return float(value), np.append(slope, noise * np.trace(outer))


def _process(X: Values, y: Values, view: _View, parameters: Values) -> tuple[Field, float]:
    """The posterior mean with its gradient, and the root mean square error on rows left out one at a time."""
    U, t = view.features(X), view.target(y)
    scaled, scales = U / np.exp(parameters[:-1]), np.exp(parameters[:-1])
    noise = np.exp(2 * parameters[-1]) + 1e-12
    kernel = np.exp(-0.5 * _square_distances(scaled, scaled)) + noise * np.eye(len(t))
    factor: Any = cho_factor(kernel, lower=True)
    weights = cho_solve(factor, t)
    left_out = t - weights / np.diag(cho_solve(factor, np.eye(len(t))))
    missed = view.back(left_out, np.zeros_like(U))[0] - y

    def field(new: Values) -> tuple[Values, Values]:
        at = view.features(new) / scales
        near = np.exp(-0.5 * _square_distances(at, scaled)) * weights
        value = near.sum(1)
        slope = (near @ scaled - at * value[:, None]) / scales
        y, slope = view.back(value, slope)
        return y, slope * view.slopes(new)

    return field, float(np.sqrt(np.mean(missed**2)))


def _square_distances(a: Values, b: Values) -> Values:
    return np.maximum((a**2).sum(1)[:, None] + (b**2).sum(1) - 2 * a @ b.T, 0.0)

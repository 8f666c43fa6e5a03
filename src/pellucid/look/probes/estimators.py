"""Linear estimators in closed form or by L-BFGS: means of classes, logistic and ridge regression.

All give weights (targets, width) and offsets (targets,): scores = values @ weights.T + offsets. The hot path is the
Gram matrix, O(rows width min(rows, width)); every penalty after it costs a multiplication.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float
from numpy.typing import NDArray

from .folds import grouped_folds, others
from .settings import SETTINGS

Array = NDArray[np.float64]
Rows = NDArray[np.int64]
Fitted = tuple[Array, Array]
Fit = Callable[[Array, Array, Sequence[str], np.random.Generator], Fitted]
"""(values (rows, width), y (rows, targets), groups, generator) -> weights and offsets."""


def scores(fitted: Fitted, values: Array) -> Array:
    """(rows, targets)."""
    return values @ fitted[0].T + fitted[1]


def difference_of_means(
    values: Float[np.ndarray, "rows width"], y: Float[np.ndarray, "rows targets"], whiten: float | None = None
) -> Fitted:
    """w = m1 - m0, offset so that their middle has score 0; Marks and Tegmark, arXiv 2310.06824, section 5.1.

    With `whiten`, w = (S + whiten tr(S)/width I)^-1 (m1 - m0) with the covariance S within the classes.
    """
    ones = y[:, 0] > 0.5
    first, second = values[~ones].mean(0), values[ones].mean(0)
    w = second - first
    if whiten is not None:
        centred = values - np.where(ones[:, None], second, first)
        covariance = centred.T @ centred / len(values)
        covariance[np.diag_indices_from(covariance)] += whiten * np.trace(covariance) / len(w) + SETTINGS.tiny
        w = np.linalg.solve(covariance, w)
    return w[None], np.array([-w @ (first + second) / 2])


@dataclass(frozen=True)
class Whitener:
    """Values with mean 0 and variance 1 in each column; what is fitted on them is told for the values themselves."""

    mean: Array
    scale: Array

    @classmethod
    def of(cls, values: Float[np.ndarray, "rows width"]) -> Whitener:
        spread = values.std(0)
        return cls(values.mean(0), np.where(spread > SETTINGS.tiny, spread, np.inf))  # a constant column says nothing

    def __call__(self, values: Array) -> Array:
        return (values - self.mean) / self.scale

    def back(self, weights: Float[np.ndarray, "targets width"], offsets: Float[np.ndarray, " targets"]) -> Fitted:
        weights = weights / self.scale
        return weights, offsets - weights @ self.mean


def ridge(
    values: Float[np.ndarray, "rows width"], y: Float[np.ndarray, "rows targets"], penalties: Sequence[float]
) -> list[Fitted]:
    """For each penalty p the minimiser of |y - Z w|^2 + p rows |w|^2 over standardised Z, the offset being free."""
    standard = Whitener.of(values)
    z, mean = standard(values), y.mean(0)
    rows, width = z.shape
    if rows <= width:  # the dual problem is the smaller one
        eigenvalues, vectors = np.linalg.eigh(z @ z.T)
        rotated = vectors.T @ (y - mean)
        return [standard.back(((vectors * (1 / (eigenvalues + p * rows))) @ rotated).T @ z, mean) for p in penalties]
    eigenvalues, vectors = np.linalg.eigh(z.T @ z)
    rotated = vectors.T @ (z.T @ (y - mean))
    return [standard.back(((vectors * (1 / (eigenvalues + p * rows))) @ rotated).T, mean) for p in penalties]


def logistic(
    values: Float[np.ndarray, "rows width"], y: Float[np.ndarray, "rows targets"], penalty: float, steps: int = 100
) -> Fitted:
    """The minimiser of mean log(1 + exp(-s (Z w + b))) + penalty |w|^2 / 2 over standardised Z, s = +-1; by L-BFGS."""
    from scipy.optimize import minimize

    standard = Whitener.of(values)
    z, sign = standard(values), np.where(y[:, 0] > 0.5, 1.0, -1.0)

    def loss(parameters: Array) -> tuple[float, Array]:
        w, b = parameters[:-1], parameters[-1]
        margin = sign * (z @ w + b)
        pull = -sign / (1 + np.exp(np.clip(margin, -700, 700))) / len(z)
        value = float(np.logaddexp(0, -margin).mean() + penalty * (w @ w) / 2)
        return value, np.append(z.T @ pull + penalty * w, pull.sum())

    found = minimize(loss, np.zeros(z.shape[1] + 1), jac=True, method="L-BFGS-B", options={"maxiter": steps}).x
    return standard.back(found[None, :-1], found[-1:])


def nearest_means(
    values: Float[np.ndarray, "rows width"], y: Float[np.ndarray, "rows targets"], whiten: float | None = None
) -> Fitted:
    """score_c(x) = x . S^-1 m_c - m_c . S^-1 m_c / 2, the largest for the class whose mean is nearest; y are 0 and 1.

    S is the unit matrix, or with `whiten` the covariance within the classes plus whiten tr(S)/width I. A class without
    rows is never the nearest one.
    """
    counts, middle = y.sum(0), values.mean(0)
    means = y.T @ (values - middle) / np.maximum(counts, 1)[:, None]
    weights = means
    if whiten is not None:
        centred = values - middle - y @ means
        covariance = centred.T @ centred / len(values)
        covariance[np.diag_indices_from(covariance)] += whiten * np.trace(covariance) / values.shape[1] + SETTINGS.tiny
        weights = np.linalg.solve(covariance, means.T).T
    offsets = -(weights * means).sum(1) / 2 - weights @ middle
    return weights, np.where(counts > 0, offsets, SETTINGS.never)


def multinomial(
    values: Float[np.ndarray, "rows width"], y: Float[np.ndarray, "rows targets"], penalty: float, steps: int = 200
) -> Fitted:
    """The minimiser of mean (log sum_c exp(s_c) - s_true) + penalty |W|^2 / 2, s = Z W' + b over standardised Z."""
    from scipy.optimize import minimize
    from scipy.special import log_softmax, softmax

    standard = Whitener.of(values)
    z, back = standard(values), None
    if z.shape[0] < z.shape[1]:  # the solution lies in the span of the rows
        left, sizes, back = np.linalg.svd(z, full_matrices=False)
        z = left * sizes
    classes, width = y.shape[1], z.shape[1]

    def loss(parameters: Array) -> tuple[float, Array]:
        w, b = parameters[: classes * width].reshape(classes, width), parameters[classes * width :]
        told = z @ w.T + b
        chance = softmax(told, axis=1)
        missed = -float((log_softmax(told, axis=1) * y).sum() / len(z))
        pull = (chance - y) / len(z)
        return missed + penalty * float((w * w).sum()) / 2, np.append((pull.T @ z + penalty * w).ravel(), pull.sum(0))

    start = np.zeros(classes * (width + 1))
    found = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": steps}).x
    w = found[: classes * width].reshape(classes, width)
    return standard.back(w if back is None else w @ back, found[classes * width :])


def ridge_fit(penalties: Sequence[float]) -> Fit:
    """Ridge with the penalty that does best on held-out groups of the training rows; one penalty is taken as it is."""

    def fit(values: Array, y: Array, groups: Sequence[str], generator: np.random.Generator) -> Fitted:
        if len(penalties) == 1:
            return ridge(values, y, penalties)[0]

        def wrong(kept: Rows, held: Rows) -> list[float]:
            fitted = ridge(values[kept], y[kept], penalties)
            return [(((scores(one, values[held]) - y[held]) / (y.std(0) + SETTINGS.tiny)) ** 2).sum() for one in fitted]

        return ridge(values, y, [_least_wrong(penalties, wrong, _inner(groups, generator), len(y))])[0]

    return fit


def logistic_fit(penalties: Sequence[float]) -> Fit:
    """Logistic regression with the penalty of the least loss on held-out groups of the training rows."""

    def fit(values: Array, y: Array, groups: Sequence[str], generator: np.random.Generator) -> Fitted:
        if len(penalties) == 1:
            return logistic(values, y, penalties[0])

        def wrong(kept: Rows, held: Rows) -> list[float]:
            if len(np.unique(y[kept, 0])) < 2:
                return [0.0] * len(penalties)
            told = [scores(logistic(values[kept], y[kept], one), values[held])[:, 0] for one in penalties]
            return [np.logaddexp(0, -np.where(y[held, 0] > 0.5, one, -one)).sum() for one in told]

        return logistic(values, y, _least_wrong(penalties, wrong, _inner(groups, generator)[:2], len(y)))

    return fit


def means_fit(whiten: float | None = None) -> Fit:
    """Difference of means, as a `Fit`."""
    return lambda values, y, groups, generator: difference_of_means(values, y, whiten)


def nearest_means_fit(whiten: float | None = None) -> Fit:
    """`nearest_means`, as a `Fit`."""
    return lambda values, y, groups, generator: nearest_means(values, y, whiten)


def multinomial_fit(penalties: Sequence[float]) -> Fit:
    """Multinomial regression with the penalty of the least loss on held-out groups of the training rows."""
    from scipy.special import log_softmax

    def fit(values: Array, y: Array, groups: Sequence[str], generator: np.random.Generator) -> Fitted:
        if len(penalties) == 1:
            return multinomial(values, y, penalties[0])

        def wrong(kept: Rows, held: Rows) -> list[float]:
            told = [scores(multinomial(values[kept], y[kept], one), values[held]) for one in penalties]
            return [-float((log_softmax(one, axis=1) * y[held]).sum()) for one in told]

        return multinomial(values, y, _least_wrong(penalties, wrong, _inner(groups, generator)[:2], len(y)))

    return fit


def _least_wrong(
    penalties: Sequence[float], wrong: Callable[[Rows, Rows], Sequence[float]], parts: Sequence[Rows], count: int
) -> float:
    """The penalty of the least loss in all; `wrong(kept, held)` are the losses of each, held out in turn."""
    total = np.zeros(len(penalties))
    for held in parts:
        total += wrong(others(held, count), held)
    return penalties[int(np.argmin(total))]


def _inner(groups: Sequence[str], generator: np.random.Generator) -> list[Rows]:
    return grouped_folds(groups, min(4, len(set(groups))), generator)

"""What a formula misses: noise, or something that is still to be explained.

    r = y - f(X),   share = 1 - sum (r - s(X))^2 / sum (r - mean r)^2   on rows that s was not fitted to

s is a ridge regression on squares, products and random waves of the features, which can follow any smooth function. For
noise the share is 0 or below; how far above it can come by chance is seen with shuffled residuals. It is the question
of AI Feynman 2.0 (arXiv 2006.10782 section 2.4), whether a formula is as accurate as the data, asked without a network.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ....artifacts.formulas.formula import Formula
from ....subjects.tables.samples import Samples

Array = NDArray[np.float64]
FOLDS = 5
SHUFFLES = 39
WAVES = 120
ROWS = 1500
RIDGES = (1e-2, 1.0, 1e2)
NOTHING = 0.02
"""A formula is as good as the data where a smooth function explains less than this share of what it misses."""


@dataclass(frozen=True)
class ResidualStructure:
    """The `share` of the residual that a smooth function explains on rows it was not fitted to, and `chance`.

    `chance` is the largest share that shuffled residuals gave.
    """

    share: float
    chance: float

    @property
    def is_noise(self) -> bool:
        return self.share <= self.chance


def residual_structure(X: Array, residual: Array, generator: np.random.Generator) -> ResidualStructure:
    """How much of the residual (rows,) the features X (rows, features) still explain. Cost: O(rows features^2) BLAS.

    >>> generator = np.random.default_rng(0)
    >>> X = generator.uniform(-1, 1, (400, 2))
    >>> residual_structure(X, 0.1 * np.sin(3 * X[:, 0]) + 0.1 * generator.normal(size=400), generator).is_noise
    False
    >>> residual_structure(X, generator.normal(size=400), generator).is_noise
    True
    """
    if len(X) > ROWS:
        chosen = generator.permutation(len(X))[:ROWS]
        X, residual = X[chosen], residual[chosen]
    shuffled = [generator.permutation(residual) for _ in range(SHUFFLES)]
    targets = np.column_stack([residual, *shuffled])
    spread = targets.std(0)
    if not np.isfinite(targets).all() or spread[0] == 0:
        return ResidualStructure(0.0, 0.0)
    features = _features(X, generator)
    folds = generator.permutation(len(X)) % FOLDS
    missed = np.stack([_missed(features, targets, folds, ridge) for ridge in RIDGES])
    shares = 1 - (missed / ((targets - targets.mean(0)) ** 2).sum(0)).min(0)
    return ResidualStructure(float(shares[0]), float(shares[1:].max()))


def is_within_noise(formula: Formula, samples: Samples, seed: int) -> bool:
    """Whether the formula is as good as the data, and has no floating number that another one could do without."""
    if any(number.is_Float for number in formula.sympy().atoms()):
        return False
    rest = residual_structure(samples.X, samples.y - formula(samples.X), np.random.default_rng([seed, 11]))
    return rest.is_noise and rest.share < NOTHING


def _missed(features: Array, targets: Array, folds: NDArray[np.int64], ridge: float) -> Array:
    """Sums of squares (targets,) of what is missed on each fold by a regression on the others."""
    total = np.zeros(targets.shape[1])
    for fold in range(FOLDS):
        inside, outside = folds != fold, folds == fold
        A, mean = features[inside], targets[inside].mean(0)
        gram = A.T @ A + ridge * np.eye(A.shape[1])
        weights = np.linalg.solve(gram, A.T @ (targets[inside] - mean))
        total += ((targets[outside] - mean - features[outside] @ weights) ** 2).sum(0)
    return total


def _features(X: Array, generator: np.random.Generator) -> Array:
    """Standardised features, their squares and products, and waves of three lengths."""
    scale = X.std(0)
    Z = (X - X.mean(0)) / np.where(scale > 0, scale, 1.0)
    width = Z.shape[1]
    columns = [Z]
    if width <= 20:
        first, second = np.triu_indices(width)
        columns.append(Z[:, first] * Z[:, second])
    for length in (0.5, 1.0, 2.0):
        directions = generator.normal(size=(width, WAVES // 3)) / (length * np.sqrt(width))
        columns.append(np.cos(Z @ directions + generator.uniform(0, 2 * np.pi, WAVES // 3)))
    stacked = np.concatenate(columns, 1)
    stacked = stacked - stacked.mean(0)
    return stacked / np.maximum(stacked.std(0), 1e-12)

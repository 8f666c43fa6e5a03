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
from ....core.claim import Claim, Measured
from ....core.context import Context
from ....subjects.tables.samples import Samples

Array = NDArray[np.float64]


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


def residual_structure(
    X: Array,
    residual: Array,
    generator: np.random.Generator,
    *,
    shuffles: int = 39,
    most_rows: int = 1500,
    ridges: tuple[float, ...] = (1e-2, 1.0, 1e2),
) -> ResidualStructure:
    """How much of the residual (rows,) the features X (rows, features) still explain. Cost: O(rows features^2) BLAS.

    The best of the `ridges` counts, for the residual and for each of its `shuffles` alike, so that noise is taken for
    structure once in `shuffles` + 1 = 40 times. Of more rows than `most_rows` so many are drawn.

    >>> generator = np.random.default_rng(0)
    >>> X = generator.uniform(-1, 1, (400, 2))
    >>> residual_structure(X, 0.1 * np.sin(3 * X[:, 0]) + 0.1 * generator.normal(size=400), generator).is_noise
    False
    >>> residual_structure(X, generator.normal(size=400), generator).is_noise
    True
    """
    if len(X) > most_rows:
        chosen = generator.permutation(len(X))[:most_rows]
        X, residual = X[chosen], residual[chosen]
    shuffled = [generator.permutation(residual) for _ in range(shuffles)]
    targets = np.column_stack([residual, *shuffled])
    spread = targets.std(0)
    if not np.isfinite(targets).all() or spread[0] == 0:
        return ResidualStructure(0.0, 0.0)
    waves = _features(X, generator)
    fold_of = generator.permutation(len(X)) % 5
    missed = np.stack([_missed(waves, targets, fold_of, ridge) for ridge in ridges])
    shares = 1 - (missed / ((targets - targets.mean(0)) ** 2).sum(0)).min(0)
    return ResidualStructure(float(shares[0]), float(shares[1:].max()))


def is_within_noise(formula: Formula, samples: Samples, seed: int, *, nothing: float = 0.02) -> bool:
    """Whether the formula is as good as the data, and has no floating number that another one could do without.

    It is as good where a smooth function explains less than the share `nothing` of what it misses, and no more than of
    shuffled residuals.
    """
    if any(number.is_Float for number in formula.sympy().atoms()):
        return False
    found = _residual_of(formula, samples, seed)
    return found.is_noise and found.share < nothing


def residual_claim(formula: Formula, samples: Samples, seed: int) -> Claim:
    """How much of what the formula misses could still be explained; key "residual_structure"."""
    found = _residual_of(formula, samples, seed)
    statement = f"share of what is missed in {formula.target} that a smooth function of the features explains"
    share, chance = max(found.share, 0.0), max(found.chance, 0.0)
    statement += "; baseline: of the same misses, shuffled among the rows"
    return Measured(statement, share, "", chance, key="residual_structure")


def _residual_of(formula: Formula, samples: Samples, seed: int) -> ResidualStructure:
    generator = np.random.default_rng(Context(seed).stream("residual"))
    return residual_structure(samples.X, samples.y - formula(samples.X), generator)


def _missed(features: Array, targets: Array, fold_of: NDArray[np.int64], ridge: float) -> Array:
    """Sums of squares (targets,) of what is missed on each fold by a regression on the others."""
    total = np.zeros(targets.shape[1])
    for fold in np.unique(fold_of):
        inside, outside = fold_of != fold, fold_of == fold
        A, mean = features[inside], targets[inside].mean(0)
        gram = A.T @ A + ridge * np.eye(A.shape[1])
        weights = np.linalg.solve(gram, A.T @ (targets[inside] - mean))
        total += ((targets[outside] - mean - features[outside] @ weights) ** 2).sum(0)
    return total


def _features(X: Array, generator: np.random.Generator, waves: int = 40) -> Array:
    """Standardised features, their squares and products, and `waves` waves of each of three lengths."""
    scale = X.std(0)
    Z = (X - X.mean(0)) / np.where(scale > 0, scale, 1.0)
    width = Z.shape[1]
    columns = [Z]
    if width <= 20:
        first, second = np.triu_indices(width)
        columns.append(Z[:, first] * Z[:, second])
    for length in (0.5, 1.0, 2.0):
        directions = generator.normal(size=(width, waves)) / (length * np.sqrt(width))
        columns.append(np.cos(Z @ directions + generator.uniform(0, 2 * np.pi, waves)))
    stacked = np.concatenate(columns, 1)
    stacked = stacked - stacked.mean(0)
    return stacked / np.maximum(stacked.std(0), 1e-12)

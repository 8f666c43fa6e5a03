"""Four ways to say how much a model uses a column: permutation, gradient, Shapley values, and the pattern.

    permutation: E loss(x with x_j of another row) - loss(x)        gradient: E |f(x + h e_j) - f(x - h e_j)| sd_j / 2h
    SHAP: E |phi_j(x)|, other columns from other rows               pattern: |Cov(x_j, f(x))| / sd_j

The first three ask the model alone, and give credit to a column that only cancels noise; the pattern (Haufe et al.,
2014) does not. Of several outputs the absolute values are averaged. Cost: rows * columns * (draws) predictions each.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from jaxtyping import Float

Array = Float[np.ndarray, "..."]
Scores = Callable[[Float[np.ndarray, "rows columns"]], Float[np.ndarray, "rows outputs"]]


def permuted(
    scores: Scores,
    losses: Callable[[Array], Float[np.ndarray, " rows"]],
    X: Float[np.ndarray, "rows columns"],
    draws: int,
    generator: np.random.Generator,
) -> Float[np.ndarray, "rows columns"]:
    """How much each row's loss rises when a column is permuted, averaged over draws."""
    before = losses(scores(X))
    rise = np.zeros(X.shape)
    for j in range(X.shape[1]):
        for _ in range(draws):
            other = X.copy()
            other[:, j] = generator.permutation(X[:, j])
            rise[:, j] += (losses(scores(other)) - before) / draws
    return rise


def gradients(scores: Scores, X: Float[np.ndarray, "rows columns"], step: float) -> Float[np.ndarray, " columns"]:
    """Mean absolute slope over `step` standard deviations to either side, in outputs a standard deviation."""
    found = np.zeros(X.shape[1])
    for j, spread in enumerate(X.std(0)):
        ahead, behind = X.copy(), X.copy()
        ahead[:, j] += step * spread
        behind[:, j] -= step * spread
        found[j] = np.abs(scores(ahead) - scores(behind)).mean() / (2 * step)
    return found


def shapley(
    scores: Scores, X: Float[np.ndarray, "rows columns"], rows: int, draws: int, generator: np.random.Generator
) -> Float[np.ndarray, " columns"]:
    """Mean absolute Shapley value of the output, columns taken one by one in random orders from row to row."""
    chosen = generator.choice(len(X), min(rows, len(X)), replace=False)
    found: Array = np.zeros((X.shape[1], len(chosen), scores(X[:1]).shape[1]))
    for _ in range(draws):
        at = X[generator.integers(len(X), size=len(chosen))].copy()
        orders = generator.permuted(np.tile(np.arange(X.shape[1]), (len(chosen), 1)), axis=1)
        before, each = scores(at), np.arange(len(chosen))
        for place in range(X.shape[1]):
            columns = orders[:, place]
            at[each, columns] = X[chosen, columns]
            after = scores(at)
            found[columns, each] += (after - before) / draws
            before = after
    return np.abs(found).mean((1, 2))


def pattern(scores: Scores, X: Float[np.ndarray, "rows columns"]) -> Float[np.ndarray, " columns"]:
    """Absolute covariance of each column with the output, a standard deviation of the column."""
    outputs = scores(X)
    outputs, centred = outputs - outputs.mean(0), X - X.mean(0)
    spread = np.where(X.std(0) > 0, X.std(0), 1)
    return np.abs(centred.T @ outputs / len(X)).mean(1) / spread

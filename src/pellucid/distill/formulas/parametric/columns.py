"""Which columns the enumeration looks at, where there are more than it has catalogues for."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float
from sklearn.feature_selection import mutual_info_regression


def choose_columns(
    X: Float[np.ndarray, "rows columns"], y: Float[np.ndarray, " rows"], most: int, most_rows: int = 2_000
) -> list[int]:
    """At most `most` columns of X (rows, columns), in their order: those that tell most of y (rows,).

    Three looks are joined, since each misses something: straight lines through ranks, trees, and mutual information.
    None of them tells much on few rows; so the two that make the best plane, or the best product of powers, are always
    among them: where y is exact six rows show which.

    >>> draw = np.random.default_rng(0)
    >>> X = draw.uniform(1, 2, (200, 9))
    >>> choose_columns(X, X[:, 3] * X[:, 7], 2)
    [3, 7]
    """
    columns = X.shape[1]
    if columns <= most:
        return list(range(columns))
    some = np.random.default_rng(0).permutation(len(y))[:most_rows]
    scores = _scores(X[some], y[some])
    scores[list(best_pair(X[some], y[some]))] = np.inf
    return sorted(int(j) for j in np.argsort(-scores, kind="stable")[:most])


def _scores(X: Float[np.ndarray, "rows columns"], y: Float[np.ndarray, " rows"]) -> Float[np.ndarray, " columns"]:
    """The mean of the scores, each as a share of its largest."""
    from sklearn.ensemble import ExtraTreesRegressor

    ranks = np.argsort(np.argsort(X, axis=0), axis=0) / len(y)
    target = np.argsort(np.argsort(y)) / len(y)
    centred = ranks - ranks.mean(axis=0)
    slopes = np.abs(np.linalg.lstsq(centred, target - target.mean(), rcond=None)[0])
    trees = ExtraTreesRegressor(100, min_samples_leaf=3, random_state=0).fit(ranks, target).feature_importances_
    told = mutual_info_regression(X, y, random_state=0) if len(y) > 20 else np.zeros(X.shape[1])
    parts = [score / (score.max() or 1.0) for score in (slopes, trees, told)]
    return np.mean(parts, axis=0)


def best_pair(X: Float[np.ndarray, "rows columns"], y: Float[np.ndarray, " rows"]) -> tuple[int, int]:
    """The two columns of X (rows, columns) whose plane, for the values or their logarithms, leaves least of y (rows,).

        R^2 = (a^2 + b^2 - 2 a b g) / (1 - g^2)     a, b the correlations with y, g that of the two

    >>> X = np.random.default_rng(0).uniform(1, 5, (6, 8))
    >>> best_pair(X, 3 * X[:, 2] * X[:, 5])
    (2, 5)
    """
    best, found = -np.inf, (0, min(1, X.shape[1] - 1))
    looks = [(X, y)]
    if (y != 0).all():
        with np.errstate(divide="ignore"):
            looks.append((np.log(np.abs(X)), np.log(np.abs(y))))
    for columns, goal in looks:
        usable = np.flatnonzero(np.isfinite(columns).all(axis=0))
        unit = columns[:, usable] - columns[:, usable].mean(axis=0)
        norms = np.linalg.norm(unit, axis=0)
        usable, unit = usable[norms > 0], unit[:, norms > 0] / norms[norms > 0]
        rest = goal - goal.mean()
        if len(usable) < 2 or not rest.any():
            continue
        a, g = unit.T @ (rest / np.linalg.norm(rest)), unit.T @ unit
        apart = np.where(1 - g * g > 1e-9, 1 - g * g, np.inf)
        explained = np.triu((a[:, None] ** 2 + a**2 - 2 * np.outer(a, a) * g) / apart, 1)
        i, j = divmod(int(np.argmax(explained)), len(usable))
        if explained[i, j] > best:
            best, found = float(explained[i, j]), (int(usable[i]), int(usable[j]))
    return found

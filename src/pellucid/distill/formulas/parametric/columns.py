"""Which columns the enumeration looks at, where there are more than it has catalogues for."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float
from sklearn.feature_selection import mutual_info_regression


def choose_columns(
    X: Float[np.ndarray, "rows columns"], y: Float[np.ndarray, " rows"], most: int, most_rows: int = 2_000
) -> list[int]:
    """At most `most` columns of X (rows, columns), in their order: those that tell most of y (rows,).

    Three looks are joined, since each misses something: straight lines through ranks, through logarithms of a
    product, and the error of trees without the column.

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

"""How close drawn rows come to rows that nothing was fitted to, and whether they are copies of those that were learnt.

    energy distance   2 E|X - Y| - E|X - X'| - E|Y - Y'|, without bias: 0 on average where both are drawn alike
                      (Szekely and Rizzo 2013, J. Stat. Plan. Inference 143)
    two-sample test   AUC of boosted trees that tell drawn rows from held-out ones, by cross-validation; 1/2: they
                      cannot (Lopez-Paz and Oquab, arXiv:1610.06545)
    nearer            P(a drawn row lies nearer to a learnt row than a held-out one does); 1/2 as fresh rows, 1 copies

Distances are between coordinates of rows (`ColumnCode`). Cost: rows^2 * coordinates.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Int
from scipy.spatial.distance import cdist
from scipy.stats import rankdata

Codes = Float[np.ndarray, "rows width"]


class Figure(NamedTuple):
    """A value and its standard error."""

    value: float
    error: float


def energy_distance(x: Codes, y: Codes, generator: np.random.Generator, resamples: int = 60) -> Figure:
    """Of two samples, with the standard error of a bootstrap over their rows.

    >>> g = np.random.default_rng(0)
    >>> same = energy_distance(g.normal(size=(200, 2)), g.normal(size=(200, 2)), g)
    >>> bool(abs(same.value) < 4 * same.error)
    True
    """
    cross, first, second = cdist(x, y), cdist(x, x), cdist(y, y)

    def of(a: Float[np.ndarray, " x"], b: Float[np.ndarray, " y"]) -> float:
        within = a @ first @ a / (1 - a @ a) + b @ second @ b / (1 - b @ b)
        return float(2 * a @ cross @ b - within)

    equal = np.full(len(x), 1 / len(x)), np.full(len(y), 1 / len(y))
    drawn = [of(*(generator.multinomial(len(one), one) / len(one) for one in equal)) for _ in range(resamples)]
    return Figure(of(*equal), float(np.std(drawn, ddof=1)))


def told_apart(real: Codes, drawn: Codes, seed: int, folds: int = 5) -> Figure:
    """AUC of boosted trees that tell `drawn` rows from `real` ones of a fold that they have not seen.

    Of fewer than 300 rows the mean of several partings into folds: one alone may say 0.3 where nothing is to be told.
    """
    x, y = np.concatenate([real, drawn]), np.repeat([0, 1], [len(real), len(drawn)])
    generator = np.random.default_rng(seed)
    partings = max(1, min(8, 300 // len(x)))
    means = [_parting(x, y, generator.permutation(len(x)) % folds, seed) for _ in range(partings)]
    mean = float(np.mean(means))
    spread = np.var(means, ddof=1) / partings if partings > 1 else 0.0
    return Figure(mean, float(np.sqrt(_area_error(mean, len(drawn), len(real)) ** 2 + spread)))


def _parting(x: Codes, y: Int[np.ndarray, " rows"], fold: Int[np.ndarray, " rows"], seed: int) -> float:
    """The mean AUC in a fold, by its rows."""
    from sklearn.ensemble import HistGradientBoostingClassifier

    areas, weights = [], []
    for one in np.unique(fold):
        away = fold != one
        trees = HistGradientBoostingClassifier(max_iter=60, min_samples_leaf=10, random_state=seed)
        trees.set_params(early_stopping=False).fit(x[away], y[away])
        scores, labels = trees.predict_proba(x[~away])[:, 1], y[~away]
        if 0 < labels.sum() < len(labels):
            areas.append(area(scores[labels == 1], scores[labels == 0]).value)
            weights.append(len(labels))
    return float(np.average(areas, weights=weights)) if areas else 0.5


def nearer(learnt: Codes, held_out: Codes, drawn: Codes) -> Figure:
    """How likely a drawn row is nearer to its nearest learnt row than a held-out one is to its own; ties count half."""
    return area(-nearest(drawn, learnt), -nearest(held_out, learnt))


def copies(learnt: Float[np.ndarray, "a columns"], rows: Float[np.ndarray, "b columns"]) -> float:
    """The share of rows that are the same in every cell as one that was learnt."""
    known = {row.tobytes() for row in _filled(learnt)}
    return float(np.mean([row.tobytes() in known for row in _filled(rows)]))


def area(high: Float[np.ndarray, " a"], low: Float[np.ndarray, " b"]) -> Figure:
    """P(a > b) + P(a = b) / 2, the area under the curve, with its standard error (Hanley and McNeil 1982).

    >>> area(np.array([1.0, 2.0]), np.array([0.0, 1.0])).value
    0.875
    """
    ranks = rankdata(np.concatenate([high, low]))[: len(high)]
    value = float((ranks.sum() - len(high) * (len(high) + 1) / 2) / (len(high) * len(low)))
    return Figure(value, _area_error(value, len(high), len(low)))


def _area_error(value: float, high: int, low: int) -> float:
    first, second = value / (2 - value), 2 * value**2 / (1 + value)
    spread = value * (1 - value) + (high - 1) * (first - value**2) + (low - 1) * (second - value**2)
    floor = 0.5 / (high * low)
    return float(np.sqrt(max(spread, floor) / (high * low)))


def nearest(rows: Codes, learnt: Codes, block: int = 2000) -> Float[np.ndarray, " rows"]:
    """The distance from each row to the nearest learnt one."""
    parts = [cdist(rows[i : i + block], learnt).min(1) for i in range(0, len(rows), block)]
    return np.concatenate(parts)


def _filled(values: Float[np.ndarray, "rows columns"]) -> Float[np.ndarray, "rows columns"]:
    return np.ascontiguousarray(np.nan_to_num(values, nan=np.inf)) + 0.0

"""How good a probe is on rows that it was not fitted on, and how good that is beside what needs no model."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from jaxtyping import Float
from numpy.typing import NDArray

from ...subjects.models.labelled.labelled import Labelled
from .estimators import Fit, logistic_fit, ridge_fit, scores
from .folds import group_numbers, grouped_folds, others
from .settings import SETTINGS, Control

Array = NDArray[np.float64]
Measure = Callable[[Array, Array], float]


@dataclass(frozen=True)
class Evaluated:
    """Held-out scores (rows, targets), the measure of them with its standard error, and that of each control."""

    scores: Array
    value: float
    uncertainty: float
    controls: dict[str, float] = field(default_factory=dict)

    @property
    def baseline(self) -> float:
        """The best of the controls."""
        return max(self.controls.values())


def evaluate(
    labelled: Labelled,
    fit: Fit,
    measure: Measure,
    *,
    nothing: tuple[str, float],
    folds: int,
    shuffles: int,
    generator: np.random.Generator,
    words: Fit | None = None,
) -> Evaluated:
    """Grouped cross-validation of `fit`, with every control that the data allows; `nothing` is what a constant gets.

    `words` fits the control of letter n-grams: by default logistic regression for two classes, else ridge regression.
    """
    y, groups = labelled.targets, labelled.groups
    parts = grouped_folds(groups, folds, generator)
    predicted = held_out(fit, labelled.values, y, groups, parts, generator)
    controls: dict[str, float] = dict([nothing])
    if labelled.texts:
        plain = words or _words_fit(labelled.is_classes)
        controls[Control.WORDS] = measure(
            held_out(plain, letter_counts(labelled.texts), y, groups, parts, generator), y
        )
    if labelled.shuffled is not None:
        controls[Control.SHUFFLED] = measure(held_out(fit, labelled.shuffled, y, groups, parts, generator), y)
    random = []
    for _ in range(shuffles):
        other = y[generator.permutation(len(y))]
        random.append(measure(held_out(fit, labelled.values, other, groups, parts, generator), other))
    if random:
        controls[Control.RANDOM] = float(np.mean(random))
    return Evaluated(
        predicted, measure(predicted, y), standard_error(predicted, y, groups, measure, generator), controls
    )


def _words_fit(of_classes: bool) -> Fit:
    return logistic_fit(SETTINGS.word_penalties) if of_classes else ridge_fit(SETTINGS.word_ridge_penalties)


def held_out(
    fit: Fit,
    values: Array,
    y: Array,
    groups: Sequence[str],
    parts: Sequence[NDArray[np.int64]],
    generator: np.random.Generator,
) -> Array:
    """The score of each row by the probe that was fitted without its fold, (rows, targets)."""
    predicted = np.zeros(y.shape)
    for held in parts:
        kept = others(held, len(y))
        fitted = fit(values[kept], y[kept], [groups[int(i)] for i in kept], generator)
        predicted[held] = scores(fitted, values[held])
    return predicted


def standard_error(
    predicted: Float[np.ndarray, "rows targets"],
    y: Float[np.ndarray, "rows targets"],
    groups: Sequence[str],
    measure: Measure,
    generator: np.random.Generator,
) -> float:
    """Of a measure, over draws of whole groups with replacement."""
    numbers = group_numbers(groups)
    rows = [np.flatnonzero(numbers == i) for i in range(int(numbers.max()) + 1)]
    found = []
    for _ in range(SETTINGS.resamples):
        drawn = np.concatenate([rows[i] for i in generator.integers(len(rows), size=len(rows))])
        found.append(measure(predicted[drawn], y[drawn]))
    return float(np.std(found))


def accuracy(predicted: Float[np.ndarray, "rows targets"], y: Float[np.ndarray, "rows targets"]) -> float:
    """The share of rows whose score has the sign of their class; y are 0 and 1.

    >>> accuracy(np.array([[2.0], [-1.0], [3.0]]), np.array([[1.0], [0.0], [0.0]])).__round__(2)
    0.67
    """
    return float(((predicted[:, 0] > 0) == (y[:, 0] > 0.5)).mean())


def class_accuracy(predicted: Float[np.ndarray, "rows targets"], y: Float[np.ndarray, "rows targets"]) -> float:
    """The share of rows whose largest score (rows, classes) is that of their class; y are 0 and 1."""
    return float((predicted.argmax(1) == y.argmax(1)).mean())


def balanced_accuracy(predicted: Float[np.ndarray, "rows targets"], y: Float[np.ndarray, "rows targets"]) -> float:
    """The mean over the classes of the share of their rows that are predicted rightly."""
    right = predicted.argmax(1) == y.argmax(1)
    counts = y.sum(0)
    return float((y.T @ right)[counts > 0] @ (1 / counts[counts > 0]) / (counts > 0).sum())


def area_under_curve(predicted: Float[np.ndarray, "rows targets"], y: Float[np.ndarray, "rows targets"]) -> float:
    """The chance that a row of class 1 has a higher score than one of class 0 (0.5 where there is but one class).

    >>> area_under_curve(np.array([[0.1], [0.9], [0.4]]), np.array([[0.0], [1.0], [1.0]]))
    1.0
    """
    from scipy.stats import rankdata

    ones = y[:, 0] > 0.5
    count = int(ones.sum())
    if count in (0, len(ones)):
        return 0.5
    ranks = rankdata(predicted[:, 0])
    return float((ranks[ones].sum() - count * (count + 1) / 2) / (count * (len(ones) - count)))


def explained(predicted: Float[np.ndarray, "rows targets"], y: Float[np.ndarray, "rows targets"]) -> float:
    """R^2, 1 - squared error over variance, the mean over the targets.

    >>> y = np.array([[1.0], [2.0], [3.0]])
    >>> explained(y, y), explained(0 * y + 2, y)
    (1.0, 0.0)
    """
    return float(np.mean(explained_each(predicted, y)))


def explained_each(
    predicted: Float[np.ndarray, "rows targets"], y: Float[np.ndarray, "rows targets"]
) -> Float[np.ndarray, " targets"]:
    """R^2 of each target."""
    spread = ((y - y.mean(0)) ** 2).sum(0)
    return 1 - ((y - predicted) ** 2).sum(0) / np.where(spread > 0, spread, np.inf)


def rank_correlation(one: NDArray[Any], other: NDArray[Any]) -> float:
    """Spearman's, of two vectors of shape (rows,); 0 where one of the two is constant.

    >>> round(rank_correlation(np.array([1.0, 2.0, 4.0]), np.array([0.1, 0.2, 9.0])), 6)
    1.0
    """
    from scipy.stats import rankdata

    ranks = [rankdata(values) - (len(values) + 1) / 2 for values in (one, other)]
    size = float(np.sqrt((ranks[0] ** 2).sum() * (ranks[1] ** 2).sum()))
    return float(ranks[0] @ ranks[1]) / size if size else 0.0


def letter_counts(texts: Sequence[str]) -> Array:
    """How often the most frequent n-grams of 1 to 4 letters within words are in each text, (rows, n-grams).

    >>> letter_counts(["a cat", "a cap"]).shape[0]
    2
    """
    from sklearn.feature_extraction.text import CountVectorizer

    counter = CountVectorizer(analyzer="char_wb", ngram_range=(1, 4), max_features=SETTINGS.word_columns, min_df=2)
    try:
        return counter.fit_transform(texts).toarray().astype(np.float64)  # type: ignore[union-attr]
    except ValueError:  # no n-gram is in two texts
        return np.zeros((len(texts), 1))

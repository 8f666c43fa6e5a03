"""How good a probe is on rows that it was not fitted on, and how good that is beside what needs no model."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...subjects.models.labelled import Labelled
from .estimators import Fit, logistic_fit, ridge_fit, scores
from .folds import group_numbers, grouped_folds, others

Array = NDArray[np.float64]
Measure = Callable[[Array, Array], float]

WORDS = "words alone (letter n-grams of the text)"
SHUFFLED = "activations of the same words in random order"
RANDOM = "labels in random order"

_MOST_COLUMNS = 1500
_RESAMPLES = 200
WORD_PENALTIES = (0.003, 0.03, 0.3)
_RIDGE_WORD_PENALTIES = (0.03, 0.3, 1.0, 3.0, 10.0, 30.0)
"""Counts of letters want more of it than activations: with too little, the control would be easy to beat."""


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
    told = held_out(fit, labelled.values, y, groups, parts, generator)
    controls = dict([nothing])
    if labelled.texts:
        plain = words or (logistic_fit(WORD_PENALTIES) if labelled.is_classes else ridge_fit(_RIDGE_WORD_PENALTIES))
        controls[WORDS] = measure(held_out(plain, letter_counts(labelled.texts), y, groups, parts, generator), y)
    if labelled.shuffled is not None:
        controls[SHUFFLED] = measure(held_out(fit, labelled.shuffled, y, groups, parts, generator), y)
    random = []
    for _ in range(shuffles):
        other = y[generator.permutation(len(y))]
        random.append(measure(held_out(fit, labelled.values, other, groups, parts, generator), other))
    if random:
        controls[RANDOM] = float(np.mean(random))
    return Evaluated(told, measure(told, y), standard_error(told, y, groups, measure, generator), controls)


def held_out(
    fit: Fit,
    values: Array,
    y: Array,
    groups: Sequence[str],
    parts: Sequence[NDArray[np.int64]],
    generator: np.random.Generator,
) -> Array:
    """The score of each row by the probe that was fitted without its fold, (rows, targets)."""
    told = np.zeros(y.shape)
    for held in parts:
        kept = others(held, len(y))
        fitted = fit(values[kept], y[kept], [groups[int(i)] for i in kept], generator)
        told[held] = scores(fitted, values[held])
    return told


def standard_error(
    told: Array, y: Array, groups: Sequence[str], measure: Measure, generator: np.random.Generator
) -> float:
    """Of a measure, over draws of whole groups with replacement."""
    numbers = group_numbers(groups)
    rows = [np.flatnonzero(numbers == i) for i in range(int(numbers.max()) + 1)]
    found = []
    for _ in range(_RESAMPLES):
        drawn = np.concatenate([rows[i] for i in generator.integers(len(rows), size=len(rows))])
        found.append(measure(told[drawn], y[drawn]))
    return float(np.std(found))


def accuracy(told: Array, y: Array) -> float:
    """The share of rows whose score has the sign of their class."""
    return float(((told[:, 0] > 0) == (y[:, 0] > 0.5)).mean())


def class_accuracy(told: Array, y: Array) -> float:
    """The share of rows whose largest score (rows, classes) is that of their class; y are 0 and 1."""
    return float((told.argmax(1) == y.argmax(1)).mean())


def balanced_accuracy(told: Array, y: Array) -> float:
    """The mean over the classes of the share of their rows that are told rightly."""
    right = told.argmax(1) == y.argmax(1)
    counts = y.sum(0)
    return float((y.T @ right)[counts > 0] @ (1 / counts[counts > 0]) / (counts > 0).sum())


def area_under_curve(told: Array, y: Array) -> float:
    """The chance that a row of class 1 has a higher score than one of class 0 (0.5 where there is but one class)."""
    from scipy.stats import rankdata

    ones = y[:, 0] > 0.5
    count = int(ones.sum())
    if count in (0, len(ones)):
        return 0.5
    ranks = rankdata(told[:, 0])
    return float((ranks[ones].sum() - count * (count + 1) / 2) / (count * (len(ones) - count)))


def explained(told: Array, y: Array) -> float:
    """R^2, 1 - squared error over variance, the mean over the targets."""
    return float(np.mean(explained_each(told, y)))


def explained_each(told: Array, y: Array) -> Array:
    """R^2 of each target."""
    spread = ((y - y.mean(0)) ** 2).sum(0)
    return 1 - ((y - told) ** 2).sum(0) / np.where(spread > 0, spread, np.inf)


def rank_correlation(one: NDArray[Any], other: NDArray[Any]) -> float:
    """Spearman's, 0 where one of the two is constant.

    >>> round(rank_correlation(np.array([1.0, 2.0, 4.0]), np.array([0.1, 0.2, 9.0])), 6)
    1.0
    """
    from scipy.stats import rankdata

    ranks = [rankdata(values) - (len(values) + 1) / 2 for values in (one, other)]
    size = float(np.sqrt((ranks[0] ** 2).sum() * (ranks[1] ** 2).sum()))
    return float(ranks[0] @ ranks[1]) / size if size else 0.0


def letter_counts(texts: Sequence[str]) -> Array:
    """How often the most frequent n-grams of 1 to 4 letters within words are in each text, (rows, n-grams)."""
    from sklearn.feature_extraction.text import CountVectorizer

    counter = CountVectorizer(analyzer="char_wb", ngram_range=(1, 4), max_features=_MOST_COLUMNS, min_df=2)
    try:
        return counter.fit_transform(texts).toarray().astype(np.float64)  # type: ignore[union-attr]
    except ValueError:  # no n-gram is in two texts
        return np.zeros((len(texts), 1))

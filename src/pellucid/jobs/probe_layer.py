"""Which layer is probed: that one of a few in the middle where a quick probe does best, on groups of its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..look.probes.estimators import means_fit, nearest_means_fit, ridge_fit
from ..look.probes.evaluation import accuracy, class_accuracy, held_out, rank_correlation
from ..look.probes.folds import group_numbers, grouped_folds, set_aside
from ..look.probes.many_classes import one_hot
from ..subjects.models.labelled.labelled import Labelled
from ..subjects.models.labelled.labelled_texts import LabelledTexts

Read = Callable[[Sequence[str], LabelledTexts], dict[str, Labelled]]
"""From the paths of layers and texts to the labelled activations at each path."""


@dataclass(frozen=True)
class LayerChoice:
    """How a layer is chosen where none is named. Our choices, none of them tuned."""

    layers: int = 4
    """How many are tried, at equal distances: reading costs most of the time."""
    share: float = 0.25
    """The share of the groups that choose the layer, and that the probe never sees."""
    folds: int = 5
    """As many groups at least must be left for the probe, which is judged in so many folds."""
    fewest: int = 4
    """Groups that choose; fewer could not be told apart from chance."""
    penalties: tuple[float, ...] = (1.0, 10.0, 100.0)
    """Of the quick ridge regression, where the labels are numbers."""
    quick_folds: int = 10
    """Folds of the quick probe, where there are as many groups: it is cheap, and has few rows."""


LAYER_CHOICE = LayerChoice()


@dataclass(frozen=True)
class ChosenLayer:
    """The `layer`, what the quick probe measured at each that was tried, and the `texts` that chose none."""

    layer: int
    tried: tuple[tuple[int, float], ...]
    texts: LabelledTexts


def choose_layer(read: Read, layers: Sequence[str], texts: LabelledTexts, seed: int) -> ChosenLayer:
    """The layer of `layers` (paths, from the lowest) that is probed. Raises ValueError for too few groups of texts."""
    generator, depth = np.random.default_rng(seed), len(layers)
    spaced = (round(depth * (i + 1) / (LAYER_CHOICE.layers + 1)) for i in range(LAYER_CHOICE.layers))
    numbers = sorted({min(depth - 1, number) for number in spaced})
    first = rows_that_choose(texts, generator)
    found = read([layers[i] for i in numbers], texts.select(first))
    tried = tuple((i, quick_score(found[layers[i]], generator)) for i in numbers)
    best = max(tried, key=lambda one: one[1])[0]
    return ChosenLayer(best, tried, texts.select(np.setdiff1d(np.arange(texts.rows), first)))


def rows_that_choose(texts: LabelledTexts, generator: np.random.Generator) -> NDArray[np.int64]:
    """The rows that choose the layer: whole groups. Raises ValueError where too few groups would be left of either."""
    several = texts.y.ndim == 1 and len(texts.names) > 1
    first = set_aside(
        texts.groups,
        texts.y.tolist() if several else [0] * texts.rows,
        LAYER_CHOICE.share,
        LAYER_CHOICE.folds,
        generator,
    )
    groups = _groups(texts.groups)
    aside = _groups([texts.groups[int(i)] for i in first]) if len(first) else 0
    if aside < LAYER_CHOICE.fewest or groups - aside < LAYER_CHOICE.folds:
        raise ValueError(
            f"{groups} groups are too few, or too unequal, to choose a layer on some and judge it on others; "
            "name a --layer, or give more rows"
        )
    return first


def _groups(groups: Sequence[str]) -> int:
    return int(group_numbers(groups).max()) + 1


def quick_score(labelled: Labelled, generator: np.random.Generator) -> float:
    """Held-out accuracy, or rank correlation, of a cheap probe: with few groups R^2 tells of their levels mostly."""
    y, fit, measure = labelled.targets, ridge_fit(LAYER_CHOICE.penalties), _ranked
    if labelled.is_classes and len(labelled.names) > 2:
        y, fit, measure = one_hot(labelled), nearest_means_fit(), class_accuracy
    elif labelled.is_classes:
        fit, measure = means_fit(), accuracy
    parts = grouped_folds(labelled.groups, min(LAYER_CHOICE.quick_folds, _groups(labelled.groups)), generator)
    return measure(held_out(fit, labelled.values, y, labelled.groups, parts, generator), y)


def _ranked(told: NDArray[np.float64], y: NDArray[np.float64]) -> float:
    return float(np.mean([rank_correlation(told[:, i], y[:, i]) for i in range(y.shape[1])]))

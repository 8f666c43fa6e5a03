"""What the probes of several classes share: evaluation with every control, and how it is told."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from jaxtyping import Float
from numpy.typing import NDArray

from ...artifacts.features.linear_readout import LinearReadout
from ...artifacts.features.probe_parts import ProbePredictions
from ...core.claim import Claim, Measured
from ...core.method import Found
from ...run.threads import one_thread
from ...subjects.models.labelled.labelled import Labelled
from .estimators import Fit, multinomial_fit
from .evaluation import balanced_accuracy, class_accuracy, evaluate
from .folds import group_numbers
from .settings import SETTINGS, Control


def tell_apart(
    labelled: Labelled, fit: Fit, generator: np.random.Generator, *, folds: int, shuffles: int
) -> Found[LinearReadout]:
    """A readout whose largest score is the class, with its controls first."""
    labelled.need_classes()
    refuse_rare(labelled.y, labelled.groups, labelled.names, folds)
    y = one_hot(labelled)
    rows = replace(labelled, y=y, behaviour=None)
    counts = y.sum(0)
    with one_thread():
        checked = evaluate(
            rows, fit, class_accuracy, nothing=(Control.MOST_FREQUENT, float(counts.max() / counts.sum())), folds=folds,
            shuffles=shuffles, generator=generator, words=multinomial_fit(SETTINGS.word_penalties),
        )  # fmt: skip
        weights, offsets = fit(rows.values, y, rows.groups, generator)
    claims: list[Claim] = [
        Measured(f"control: held-out accuracy of {n}", v, "", key=f"control: {n}") for n, v in checked.controls.items()
    ]
    told = f"held-out accuracy, {labelled.rows} rows of {len(labelled.names)} classes in {folds} grouped folds"
    claims.append(
        Measured(
            f"{told}; baseline: the best control",
            checked.value,
            "",
            checked.baseline,
            checked.uncertainty,
            key="accuracy",
        )
    )
    chance = 1 / len(labelled.names)
    what = "held-out accuracy, the mean over the classes; baseline: one class for every row"
    claims.append(Measured(what, balanced_accuracy(checked.scores, y), "", chance, key="balanced_accuracy"))
    readout = LinearReadout(weights, offsets, labelled.names, labelled.title, of_classes=True)
    predictions = ProbePredictions(checked.scores, y, labelled.names, labelled.title, of_classes=True)
    return Found(readout, tuple(claims), {"predictions": predictions})


def one_hot(labelled: Labelled) -> NDArray[np.float64]:
    """(rows, classes), 1 at each row's class."""
    return np.eye(len(labelled.names))[labelled.y.astype(int)]


def refuse_rare(
    y: Float[np.ndarray, " rows"], groups: tuple[str, ...], names: tuple[str, ...], folds: int, named: int = 4
) -> None:
    """Raises ValueError for classes in fewer groups than folds, which most folds could not be judged on."""
    numbers = group_numbers(groups)
    counts = {name: len(set(numbers[y == i].tolist())) for i, name in enumerate(names)}
    rare = sorted((count, name) for name, count in counts.items() if count < folds)
    if rare:
        shown = ", ".join(f"{name!r} in {count}" for count, name in rare[:named]) + (", ..." if rare[named:] else "")
        kept = len(names) - len(rare)
        remedy = f"keep the {kept} most frequent classes (--classes {kept})" if kept > 1 else "group otherwise"
        raise ValueError(
            f"{len(rare)} of {len(names)} classes are in fewer than {folds} groups ({shown}); {remedy}, or give more "
            "rows; for numbers give a target instead of a label"
        )

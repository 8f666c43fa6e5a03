"""What the probes of two classes share: evaluation with every control, the causal check, and how it is told."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from ...artifacts.features.direction import Direction
from ...artifacts.features.probe_parts import ProbePredictions
from ...core.claim import Claim, Measured
from ...core.method import Found
from ...run.threads import one_thread
from ...subjects.models.labelled.labelled import Labelled
from .estimators import Fit, Fitted
from .evaluation import Evaluated, accuracy, area_under_curve, evaluate
from .folds import grouped_folds, others
from .settings import Control
from .steering import steer, steering_claims


def classify(
    labelled: Labelled,
    fit: Fit,
    generator: np.random.Generator,
    *,
    folds: int,
    shuffles: int,
    causal_rows: int,
    randoms: int,
) -> Found[Direction]:
    """A direction between two classes, with its controls first. Raises ValueError for anything but two classes."""
    labelled.need_two_classes()
    with one_thread():
        share = float(labelled.y.mean())
        checked = evaluate(
            labelled, fit, accuracy, nothing=(Control.MAJORITY, max(share, 1 - share)), folds=folds, shuffles=shuffles,
            generator=generator,
        )  # fmt: skip
        direction = direction_of(labelled, fit(labelled.values, labelled.targets, labelled.groups, generator))
        claims = classification_claims(labelled, checked, folds)
        if labelled.behaviour is not None and causal_rows:
            held = grouped_folds(labelled.groups, folds, generator)[0]
            claims += _causal(labelled, fit, held, causal_rows, randoms, generator)
    predictions = ProbePredictions(checked.scores, labelled.targets, labelled.names, labelled.title)
    return Found(direction, tuple(claims), {"predictions": predictions})


def direction_of(labelled: Labelled, fitted: Fitted) -> Direction:
    """The fitted weights with the gap between the means of the classes along them."""
    weights, offsets = fitted
    ones = labelled.y > 0.5
    length = float(np.linalg.norm(weights[0])) or 1.0
    vector = weights[0] if weights[0].any() else np.ones(labelled.width)
    gap = float((labelled.values[ones].mean(0) - labelled.values[~ones].mean(0)) @ weights[0] / length)
    return Direction(vector, -float(offsets[0]), labelled.title or "two classes", labelled.names, gap)


def classification_claims(labelled: Labelled, checked: Evaluated, folds: int) -> list[Claim]:
    """The controls first, then the probe beside the best of them."""
    rows = f"{labelled.rows} rows in {folds} grouped folds"
    claims: list[Claim] = [
        Measured(f"control: held-out accuracy of {name}", value, "", key=f"control: {name}")
        for name, value in checked.controls.items()
    ]
    claims.append(
        Measured(
            f"held-out accuracy, {rows}; baseline: the best control", checked.value, "", checked.baseline,
            checked.uncertainty, key="accuracy",
        )
    )  # fmt: skip
    area = area_under_curve(checked.scores, labelled.targets)
    claims.append(Measured("held-out area under the ROC curve, over all folds", area, "", 0.5, key="auc"))
    return claims


def _causal(
    labelled: Labelled,
    fit: Fit,
    held: NDArray[np.int64],
    count: int,
    randoms: int,
    generator: np.random.Generator,
) -> list[Claim]:
    """The causal check on `count` of the rows `held`, which the direction was not made from, half of each class."""
    kept = labelled.select(others(held, labelled.rows))
    direction = direction_of(kept, fit(kept.values, kept.targets, kept.groups, generator))
    half = max(1, count // 2)
    mixed = generator.permutation(held)
    rows = np.sort(np.concatenate([mixed[labelled.y[mixed] == value][:half] for value in (0.0, 1.0)]))
    steered = steer(direction, labelled, rows, randoms, generator)
    return steering_claims(replace(direction, names=labelled.names), labelled, steered)

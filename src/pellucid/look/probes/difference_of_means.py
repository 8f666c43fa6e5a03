"""Difference of means: the plainest direction between two classes, and often the one that a model uses.

Marks and Tegmark, The Geometry of Truth (arXiv 2310.06824), section 5 (mass-mean probing), section 6 (interventions).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...artifacts.features.direction import Direction
from ...core.context import Context
from ...core.method import Found, Method
from ...subjects.models.labelled.labelled import Labelled
from .classification import classify
from .estimators import means_fit


@dataclass(frozen=True)
class DifferenceOfMeans(Method[Labelled, Direction]):
    """Two classes -> the direction from the mean of one to that of the other, with controls and a causal check.

    w = m1 - m0; with `whiten`, w = (S + whiten tr(S)/width I)^-1 (m1 - m0), S the covariance within the classes. Held
    out are whole groups; the controls are the words alone, the words in random order and random labels. Where the
    model's behaviour is known, `causal_rows` held-out rows are moved along w, beside `randoms` random directions.
    Raises ValueError for anything but two classes, and fewer groups than `folds`.

    >>> x = np.random.default_rng(0).normal(size=(60, 4)); y = np.arange(60) % 2; x[:, 2] += 6 * y
    >>> found = DifferenceOfMeans().explain(Labelled(x, y, names=("false", "true")))
    >>> int(abs(found.artifact.unit).argmax()), found.parts["predictions"].describe()
    (2, '60 held-out rows, 60 of them right')
    """

    whiten: float | None = None
    folds: int = 5
    shuffles: int = 3
    causal_rows: int = 32
    randoms: int = 8

    def _find(self, subject: Labelled, context: Context) -> Found[Direction]:
        return classify(
            subject,
            means_fit(self.whiten),
            np.random.default_rng(context.seed),
            folds=self.folds,
            shuffles=self.shuffles,
            causal_rows=self.causal_rows,
            randoms=self.randoms,
        )

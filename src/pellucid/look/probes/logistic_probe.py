"""Logistic regression on activations: the most that a linear function reads, used by the model or not.

Alain and Bengio, Understanding intermediate layers using linear classifier probes (arXiv 1610.01644); its controls:
Hewitt and Liang, Designing and Interpreting Probes with Control Tasks (arXiv 1909.03368).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...artifacts.features.direction import Direction
from ...core.context import Context
from ...core.method import Found, Method
from ...subjects.models.labelled.labelled import Labelled
from .classification import classify
from .estimators import logistic_fit


@dataclass(frozen=True)
class LogisticProbe(Method[Labelled, Direction]):
    """Two classes -> the direction of a logistic regression, with controls and a causal check.

    Minimises mean log(1 + exp(-s (w z + b))) + p |w|^2 / 2 over standardised activations z, s = +-1; p is the one of
    `penalties` with the least loss on held-out groups of the training rows. Held-out groups, controls, the causal check
    and errors are those of `DifferenceOfMeans`.

    >>> x = np.random.default_rng(0).normal(size=(60, 4)); y = np.arange(60) % 2; x[:, 2] += 6 * y
    >>> found = LogisticProbe().explain(Labelled(x, y, names=("false", "true")))
    >>> int(abs(found.artifact.unit).argmax()), found.parts["predictions"].describe()
    (2, '60 held-out rows, 60 of them right')
    """

    penalties: tuple[float, ...] = (0.003, 0.03, 0.3)
    folds: int = 5
    shuffles: int = 2
    causal_rows: int = 32
    randoms: int = 8

    def _find(self, subject: Labelled, context: Context) -> Found[Direction]:
        return classify(
            subject,
            logistic_fit(self.penalties),
            np.random.default_rng(context.seed),
            folds=self.folds,
            shuffles=self.shuffles,
            causal_rows=self.causal_rows,
            randoms=self.randoms,
        )

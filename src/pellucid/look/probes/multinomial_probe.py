"""Multinomial logistic regression on activations: the most that a linear function reads of several classes.

Alain and Bengio, Understanding intermediate layers using linear classifier probes (arXiv 1610.01644); its controls:
Hewitt and Liang, Designing and Interpreting Probes with Control Tasks (arXiv 1909.03368).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...artifacts.features.linear_readout import LinearReadout
from ...core.context import Context
from ...core.method import Found, Method
from ...subjects.models.labelled.labelled import Labelled
from .estimators import multinomial_fit
from .many_classes import tell_apart


@dataclass(frozen=True)
class MultinomialProbe(Method[Labelled, LinearReadout]):
    """Several classes -> a readout whose largest score is the class, by logistic regression, with controls.

    Minimises mean (log sum_c exp(s_c) - s_true) + p |W|^2 / 2 with scores s = W z + b over standardised activations z;
    p is the one of `penalties` with the least loss on held-out groups of the training rows. Folds, controls and errors
    are those of `NearestMeans`.

    >>> x = np.random.default_rng(0).normal(size=(90, 4)); y = np.arange(90) % 3; x[np.arange(90), y] += 6
    >>> found = MultinomialProbe().explain(Labelled(x, y, names=("a", "b", "c")))
    >>> found.artifact([[9.0, 0.0, 0.0, 0.0]]).argmax()
    np.int64(0)
    """

    penalties: tuple[float, ...] = (0.003, 0.03, 0.3)
    folds: int = 5
    shuffles: int = 2

    def _find(self, subject: Labelled, context: Context) -> Found[LinearReadout]:
        generator = np.random.default_rng(context.seed)
        return tell_apart(subject, multinomial_fit(self.penalties), generator, folds=self.folds, shuffles=self.shuffles)

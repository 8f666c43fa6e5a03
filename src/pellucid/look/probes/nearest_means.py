"""Nearest means: of several classes, the one whose mean activation is nearest; the plainest probe there is.

Marks and Tegmark, The Geometry of Truth (arXiv 2310.06824), section 5 (mass-mean probing), for more than two classes.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...artifacts.features.linear_readout import LinearReadout
from ...core.context import Context
from ...core.method import Found, Method
from ...subjects.models.labelled.labelled import Labelled
from .estimators import nearest_means_fit
from .many_classes import tell_apart


@dataclass(frozen=True)
class NearestMeans(Method[Labelled, LinearReadout]):
    """Several classes -> a readout whose largest score is the class of the nearest mean, with controls.

    score_c(x) = x . S^-1 m_c - m_c . S^-1 m_c / 2, S the unit matrix, or with `whiten` the covariance within the
    classes plus whiten tr(S)/width I. Held out are whole groups; the controls are those of `DifferenceOfMeans`. Raises
    ValueError for one class, and for classes in fewer groups than `folds`.

    >>> x = np.random.default_rng(0).normal(size=(90, 4)); y = np.arange(90) % 3; x[np.arange(90), y] += 6
    >>> found = NearestMeans().explain(Labelled(x, y, names=("a", "b", "c")))
    >>> found.parts["predictions"].describe()
    '90 held-out rows of 3 classes, 90 of them right'
    """

    whiten: float | None = None
    folds: int = 5
    shuffles: int = 3

    def _find(self, subject: Labelled, context: Context) -> Found[LinearReadout]:
        generator = np.random.default_rng(context.seed)
        return tell_apart(subject, nearest_means_fit(self.whiten), generator, folds=self.folds, shuffles=self.shuffles)

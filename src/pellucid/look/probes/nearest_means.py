"""Nearest means: of several classes, the one whose mean activation is nearest; the plainest probe there is.

Marks and Tegmark, The Geometry of Truth (arXiv 2310.06824), section 5 (mass-mean probing), for more than two classes.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ...artifacts.features.linear_readout import LinearReadout
from ...core.finding import Finding
from ...core.method import Method
from ...core.reporter import SILENT, Reporter
from ...subjects.models.labelled import Labelled
from .estimators import nearest_means_fit
from .many_classes import tell_apart


@dataclass(frozen=True)
class NearestMeans(Method[Labelled, LinearReadout]):
    """Several classes -> a readout whose largest score is the class of the nearest mean, with controls.

    score_c(x) = x . S^-1 m_c - m_c . S^-1 m_c / 2, S the unit matrix, or with `whiten` the covariance within the
    classes plus whiten tr(S)/width I. Held out are whole groups; the controls are those of `DifferenceOfMeans`. Raises
    ValueError for one class, and for classes in fewer groups than `folds`.

    >>> import numpy as np
    >>> x = np.random.default_rng(0).normal(size=(90, 4)); y = np.arange(90) % 3; x[np.arange(90), y] += 6
    >>> found = NearestMeans().explain(Labelled(x, y, names=("a", "b", "c")))
    >>> found.parts["predictions"].describe()
    '90 held-out rows of 3 classes, 90 of them right'
    """

    whiten: float | None = None
    folds: int = 5
    shuffles: int = 3

    def explain(
        self, subject: Labelled, seed: int = 0, *, reporter: Reporter = SILENT, checkpoint: Path | None = None
    ) -> Finding[LinearReadout]:
        return tell_apart(self, subject, nearest_means_fit(self.whiten), seed, reporter, self.folds, self.shuffles)

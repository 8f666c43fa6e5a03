"""A monitor from labelled texts: which feature tells them best, from where on, judged on texts that were not used.

    threshold = the smallest t with  (1 + usual texts that reach t) / (usual texts + 1) <= false_alarms

over usual texts that chose nothing (split conformal, arXiv 1604.04173): of texts like these no more than that share
raises an alarm. Features are chosen on a first part, the threshold set on a second, all figures are of a third.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float
from numpy.typing import NDArray

from ...artifacts.audits.monitor import Monitor
from ...core.claim import Claim, Measured
from ...core.context import Context
from ...core.method import Found, Method
from ..probes.folds import grouped_folds
from .scored_texts import ScoredTexts

__all__ = ["FeatureMonitor", "roc_area"]


@dataclass(frozen=True)
class FeatureMonitor(Method[ScoredTexts, Monitor]):
    """A monitor of the features `chosen`, else of the one that tells the texts apart best.

    Raises ValueError where so few usual texts are left to set the threshold that `false_alarms` cannot be promised.

    >>> FeatureMonitor(false_alarms=0.1).chosen
    ()
    """

    chosen: tuple[int, ...] = ()
    false_alarms: float = 0.05
    kept: int = 512
    """So many usual scores are kept, for drift."""

    def _find(self, subject: ScoredTexts, context: Context) -> Found[Monitor]:
        count = subject.strongest.shape[1]
        wrong = [feature for feature in self.chosen if not 0 <= feature < count]
        if wrong or len(set(self.chosen)) < len(self.chosen):
            raise ValueError(f"chosen={self.chosen} are not features of {count:,}, each once; use 0 to {count - 1}")
        if not 0 < self.false_alarms < 1:
            raise ValueError(f"false_alarms={self.false_alarms} is no share; use 0.05, say")
        fit, calibrate, test = self._parts(subject, context)
        features = np.array(self.chosen or [self._best(subject, fit)])
        scales = np.maximum(subject.strongest[fit][:, features].max(0), 1e-30)
        scores = subject.strongest[:, features] @ (1 / scales)
        usual = np.sort(scores[calibrate & ~subject.alarm])
        threshold = self._threshold(usual)
        curve = _curve(scores[test], subject.alarm[test])
        step = max(1, len(usual) // self.kept)
        monitor = Monitor(features, scales, threshold, self.false_alarms, usual[::step], curve, subject.names)
        claims = self._claims(subject, monitor, scores, test)
        return Found(monitor, tuple(claims))

    def _parts(self, subject: ScoredTexts, context: Context) -> list[Bool[np.ndarray, " texts"]]:
        """Three parts of whole groups: to choose by, to set the threshold, to judge on."""
        known = len(set(subject.groups))
        if known < 3:
            raise ValueError(f"the texts are {known} groups (the same text is one), too few for three parts; give more")
        generator = np.random.default_rng(context.stream("parts"))
        folds = grouped_folds(subject.groups, 3, generator)
        parts = [np.isin(np.arange(len(subject.alarm)), fold) for fold in folds]
        for part in (parts[0], parts[2]):
            if subject.alarm[part].all() or not subject.alarm[part].any():
                raise ValueError(f"{len(subject.alarm)} texts are too few, or too alike, for three parts; give more")
        return parts

    def _best(self, subject: ScoredTexts, fit: NDArray[np.bool_]) -> int:
        """The feature of the largest area under the ROC curve; the first of several."""
        areas = [roc_area(column, subject.alarm[fit])[0] for column in subject.strongest[fit].T]
        return int(np.argmax(areas))

    def _threshold(self, usual: Float[np.ndarray, " texts"]) -> float:
        count = len(usual)
        above = int(np.floor(self.false_alarms * (count + 1))) - 1  # so many usual scores may reach it
        if above < 0:
            fewest = int(np.ceil(1 / self.false_alarms)) - 1
            raise ValueError(
                f"{count} usual texts set the threshold, too few for false_alarms={self.false_alarms}; give "
                f"{3 * fewest} usual texts, or allow more false alarms"
            )
        return float(np.nextafter(usual[count - 1 - above], np.inf))

    def _claims(
        self, subject: ScoredTexts, monitor: Monitor, scores: Float[np.ndarray, " texts"], test: NDArray[np.bool_]
    ) -> list[Claim]:
        truth = subject.alarm[test]
        area, error = roc_area(scores[test], truth)
        length = roc_area(subject.lengths[test].astype(float), truth)[0]
        raised = monitor.raises(scores[test])
        caught, false = raised[truth], raised[~truth]
        of = f"{len(caught)} {subject.names[1]} and {len(false)} {subject.names[0]} held-out texts"
        baseline = max(length, 1 - length)
        return _three(area, error, baseline, caught, false, of, subject.names, self.false_alarms)


def _three(
    area: float, error: float, length: float, caught: NDArray[np.bool_], false: NDArray[np.bool_], of: str,
    names: tuple[str, str], allowed: float,
) -> list[Claim]:  # fmt: skip
    """Area, detections and false alarms, with their errors and baselines."""

    def share(values: NDArray[np.bool_]) -> tuple[float, float | None]:
        p, n = (values.sum() + 1) / (len(values) + 2), len(values)  # which is never 0 or 1, and so has an error
        return 100 * float(values.mean()), 100 * float((p * (1 - p) / n) ** 0.5)

    hits, missed = share(caught), share(false)
    told = f"texts that raise an alarm, {of}"
    return [
        Measured(f"area under the ROC curve, {of}; baseline: by a text's length", area, "", length, error, key="auc"),
        Measured(f"{names[1]} {told}; baseline: {names[0]} ones", hits[0], "%", missed[0], hits[1], key="caught"),
        Measured(f"{names[0]} {told}; baseline: what is allowed", missed[0], "%", 100 * allowed, missed[1],
                 key="false_alarms"),
    ]  # fmt: skip


def roc_area(scores: Float[np.ndarray, " texts"], truth: Bool[np.ndarray, " texts"]) -> tuple[float, float]:
    """The area under the ROC curve, ties counting half, and its standard error (Hanley and McNeil, 1982).

    >>> roc_area(np.array([1.0, 2.0, 3.0]), np.array([False, False, True]))[0]
    1.0
    """
    values = np.unique(scores, return_inverse=True)[1]
    positive, negative = (
        np.bincount(values[truth], minlength=values.max() + 1),
        np.bincount(values[~truth], minlength=values.max() + 1),
    )
    n, m = int(truth.sum()), int((~truth).sum())
    below = np.cumsum(negative) - negative
    area = float((positive * (below + negative / 2)).sum() / (n * m))
    q1, q2 = area / (2 - area), 2 * area**2 / (1 + area)
    spread = area * (1 - area) + (n - 1) * (q1 - area**2) + (m - 1) * (q2 - area**2)
    return area, float(np.sqrt(max(spread, 0.25 / max(n, m)) / (n * m)))


def _curve(scores: Float[np.ndarray, " texts"], truth: Bool[np.ndarray, " texts"]) -> Float[np.ndarray, "points 2"]:
    """The share of usual texts and of the others that reach each score, from the largest one on."""
    steps = np.unique(scores)[::-1]
    points = [((scores[~truth] >= t).mean(), (scores[truth] >= t).mean()) for t in steps]
    return np.array([(0.0, 0.0), *points])

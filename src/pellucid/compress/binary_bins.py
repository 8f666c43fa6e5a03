"""A score of two classes, cut into a few grades that keep most of what it says.

Pareto-optimal data compression for binary classification tasks (Tegmark and Wu, arXiv 1908.08961): the corners of the
frontier, the most informative binning into each number of bins. The paper's code looks for them from 50 random starts;
here all intervals are gone through by dynamic programming. (The frontier in between is not made of intervals, where the
score has discrete values, so that only the corners are claimed.)
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..artifacts.compression.binned_score import BinnedScore, Grades
from ..core.claim import Claim, Exhausted, Measured
from ..core.context import Context
from ..core.measurement import Evidence, measured_by, measurement
from ..core.method import Found, Method
from ..subjects.tables.samples import Samples
from .intervals import best_intervals, equal_bins, information, interval_counts, score_cells

Counts = NDArray[np.int64]


@dataclass(frozen=True)
class BinaryBins(Method[Samples, BinnedScore]):
    """Intervals of a score (the only feature) that keep most of I(score; y), for y of two values.

        max I(Z;Y),   Z one of m intervals of the score

    Up to `bins` of them, cut between `cells` cells of equally many rows, or between all values where these are fewer.
    A share `held_out` of the rows is kept from the choice of cuts, and decides how many grades are worth having; where
    `chosen` is not 0, that many are taken. `resamples` give standard errors.

    >>> score = np.linspace(0, 1, 300)
    >>> found = BinaryBins(bins=2).explain(Samples(score, score > 0.4, ("score",), "ill"))
    >>> round(found.artifact.of(2).cuts[0], 2)
    0.4
    """

    bins: int = 8
    chosen: int = 0
    cells: int = 200
    held_out: float = 1 / 3
    resamples: int = 200

    def _find(self, subject: Samples, context: Context) -> Found[BinnedScore]:
        """Raises ValueError for more than one feature, y of other than two values, and settings that are none."""
        labels, values = _two_labels(subject)
        if self.bins < 2 or not 0 <= self.chosen <= self.bins or not 0 < self.held_out < 1 or self.cells < 2:
            raise ValueError(
                f"bins={self.bins}, chosen={self.chosen}, cells={self.cells}, held_out={self.held_out}: give 2 bins or "
                "more, as many cells, and a share between 0 and 1"
            )
        score = subject.X[:, 0]
        counts, cuts = score_cells(score, labels, self.cells)
        held = self._held_out(score, labels, np.random.default_rng(context.stream("split")))
        grades = []
        for starts in best_intervals(counts, self.bins):
            inside = interval_counts(counts, starts)
            kept = held[min(len(starts), len(held)) - 1]
            edges = tuple(float(cuts[start - 1]) for start in starts[1:])
            pairs = tuple((int(a), int(b)) for a, b in inside)
            grades.append(Grades(edges, pairs, information(inside), *kept))
        best = max(grades, key=lambda one: one.held_out)
        worth = next(k + 1 for k, one in enumerate(grades) if one.held_out >= best.held_out - best.error)
        chosen = min(self.chosen or worth, len(grades))
        names = subject.names[0], subject.target, values
        found = BinnedScore(*names, tuple(grades), chosen, information(counts), len(counts))
        return Found(found, (_exhausted(found), *measured_by("compress.grades", (_measured(found),))))

    def _held_out(
        self, score: NDArray[np.float64], labels: Counts, generator: np.random.Generator
    ) -> list[tuple[float, float, float]]:
        """For 1, 2, ... bins: what they predict of held-out rows, its standard error, and what equal bins do."""
        order = generator.permutation(len(score))
        aside = max(1, round(self.held_out * len(score)))
        held, fitted = order[:aside], order[aside:]
        if len(np.unique(labels[fitted])) < 2:
            return [(0.0, 0.0, 0.0)]
        counts, cuts = score_cells(score[fitted], labels[fitted], self.cells)
        found = []
        for starts in best_intervals(counts, self.bins):
            ours, equal = (
                _gains(interval_counts(counts, s), cuts[s[1:] - 1], score[held], labels[held])
                for s in (starts, equal_bins(counts, len(starts)))
            )
            means = generator.choice(ours, (self.resamples, len(ours))).mean(1)
            found.append((float(ours.mean()), float(means.std()), float(equal.mean())))
        return found


def _gains(
    counts: Counts, cuts: NDArray[np.float64], score: NDArray[np.float64], labels: Counts, prior: float = 0.5
) -> NDArray[np.float64]:
    """log2 q(y|grade) - log2 q(y) for each row, by frequencies of the part that was fitted (Krichevsky, Trofimov)."""
    given = (counts + prior) / (counts + prior).sum(1, keepdims=True)
    alone = counts.sum(0) + prior
    grade = np.searchsorted(cuts, score, side="right")
    return np.log2(given[grade, labels]) - np.log2(alone / alone.sum())[labels]


def _two_labels(subject: Samples) -> tuple[Counts, tuple[str, str]]:
    """Labels 0 and 1 (rows,), and what they stand for. Raises ValueError."""
    if subject.features != 1:
        raise ValueError(f"{subject.features} features are no score; give one: samples.select_features([0])")
    values = np.unique(subject.y)
    if len(values) != 2:
        what = f"{len(values)} different values" if len(values) > 1 else "only one value"
        raise ValueError(f"{subject.target!r} has {what}; a score is graded by a label of two")
    if subject.rows < 6 or len(np.unique(subject.X)) < 2:
        raise ValueError(f"{subject.rows} rows with {len(np.unique(subject.X))} different scores are too few to grade")
    low, high = (f"{value:g}" for value in values)
    return (subject.y == values[1]).astype(np.int64), (low, high)


def _exhausted(found: BinnedScore) -> Exhausted:
    cases = math.comb(found.cells - 1, found.chosen - 1)
    statement = f"no other {found.chosen} intervals of {found.score} say more of {found.label}, on these rows"
    domain = f"all {cases:,} ways to cut {found.cells} cells of {found.score} into {found.chosen} intervals"
    return Exhausted(statement, domain, cases, key="corner")


def _measured(found: BinnedScore) -> Measured:
    one = found.of()
    statement = (
        f"{found.chosen} grades, cut without them, predict of held-out rows of {found.label} (baseline: as many bins "
        "of equally many rows)"
    )
    return Measured(statement, one.held_out, "bit each", one.equal, one.error or None, key="held_out")


@measurement("compress.grades", on_data=True)
def _grades_again(evidence: Evidence) -> tuple[Claim, ...]:
    told = evidence.finding.provenance.settings
    method = BinaryBins(**{name: told[name] for name in ("bins", "chosen", "cells", "held_out", "resamples")})
    again = method._find(evidence.subject, evidence.context)
    return tuple(claim for claim in again.claims if claim.key == "held_out")

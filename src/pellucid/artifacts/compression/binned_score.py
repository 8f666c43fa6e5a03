"""BinnedScore: a score cut into grades, for every number of grades, with what each grade means."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, Self

import numpy as np
from jaxtyping import Float, Int
from numpy.typing import NDArray

from ...core.artifact import Artifact


class Grades(NamedTuple):
    """Cuts (bins - 1) between grades, counts of both labels in each (bins, 2), and what the grades say, in bits.

    `held_out` is what grades and frequencies of one part of the rows predict of the others, `error` its standard error,
    `equal` the same of as many bins of equally many rows.
    """

    cuts: tuple[float, ...]
    counts: tuple[tuple[int, int], ...]
    information: float
    held_out: float
    error: float
    equal: float


@dataclass(frozen=True)
class BinnedScore(Artifact):
    """The most informative intervals of a score into 1, 2, ... grades; the row `chosen` is what one should take.

    `labels` are the two values of the label; frequencies are those of the second. `whole` is what the score says in the
    cells that it was cut between, in bits.

    >>> one, two = Grades((), ((5, 5),), 0, 0, 0, 0), Grades((0.5,), ((5, 0), (0, 5)), 1, 1, 0, 1)
    >>> found = BinnedScore("risk", "ill", ("no", "yes"), (one, two), 2, 1.0, 10)
    >>> found.grade(np.array([0.2, 0.9])).tolist(), found.frequencies().tolist()
    ([0, 1], [0.0, 1.0])
    """

    score: str
    label: str
    labels: tuple[str, str]
    grades: tuple[Grades, ...]
    chosen: int
    whole: float
    cells: int

    kind = "binned_score"

    def of(self, bins: int | None = None) -> Grades:
        """The cuts into so many grades; into the chosen number by default. Raises ValueError for what was not made."""
        many = self.chosen if bins is None else bins
        if not 1 <= many <= len(self.grades):
            raise ValueError(f"bins={many} was not made; give 1 to {len(self.grades)}")
        return self.grades[many - 1]

    def grade(self, score: Float[np.ndarray, " rows"], bins: int | None = None) -> Int[np.ndarray, " rows"]:
        """The grade of each score, 0 for the lowest."""
        return np.searchsorted(self.of(bins).cuts, score, side="right")

    def frequencies(self, bins: int | None = None) -> NDArray[np.float64]:
        """How often the label is the second one in each grade (bins,)."""
        counts = np.array(self.of(bins).counts, float)
        return counts[:, 1] / counts.sum(1)

    def describe(self) -> str:
        found = self.of()
        share = f"{100 * found.information / self.whole:.1f} %" if self.whole > 0 else "all"
        whole = f"{self.whole:.4g} bit that it says of {self.label}"
        return f"{self.chosen} grades of {self.score} keep {share} of the {whole}"

    def to_dict(self) -> dict[str, Any]:
        return {
            "score": self.score,
            "label": self.label,
            "labels": list(self.labels),
            "grades": [
                {**one._asdict(), "cuts": list(one.cuts), "counts": [list(pair) for pair in one.counts]}
                for one in self.grades
            ],
            "chosen": self.chosen,
            "whole": self.whole,
            "cells": self.cells,
        }

    def files(self) -> Mapping[str, bytes]:
        """A module without dependencies that grades a score."""
        found = self.of()
        text = (
            '"""Grades of a score, with how often the label was the second one in each."""\n\n'
            f"CUTS = {list(found.cuts)!r}\n"
            f"FREQUENCIES = {[round(float(f), 6) for f in self.frequencies()]!r}\n\n\ndef grade(score):\n"
            '    """The grade, 0 for the lowest."""\n    return sum(score >= cut for cut in CUTS)\n'
        )
        return {"binned_score.py": text.encode()}

    @classmethod
    def from_dict(cls, data: dict[str, Any], files: Mapping[str, bytes]) -> Self:
        grades = tuple(
            Grades(**{**one, "cuts": tuple(one["cuts"]), "counts": tuple((a, b) for a, b in one["counts"])})
            for one in data["grades"]
        )
        first, second = data["labels"]
        rest = (data["chosen"], data["whole"], data["cells"])
        return cls(data["score"], data["label"], (first, second), grades, *rest)

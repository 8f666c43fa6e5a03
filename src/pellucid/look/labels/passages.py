"""Passages: pieces of text of one length, in which a feature fires or does not; some to label by, others to judge on.

No passage that a label was written from, and no row that a token table was made from, is judged on.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import torch
from jaxtyping import Bool, Float, Int
from numpy.typing import NDArray

from ..evaluation.token_tables import Firings, TableScores, score_tables
from .seen_features import SeenFeatures

__all__ = ["Judged", "Passages"]


@dataclass(frozen=True)
class Judged:
    """Held-out passages (words' numbers): those in which a feature fires, with where, and as many in which not.

    `others` marks as many words of each silent passage as there are firings in the firing one at the same place.
    """

    firing: Int[np.ndarray, "passages length"]
    fires: Bool[np.ndarray, "passages length"]
    silent: Int[np.ndarray, "passages length"]
    others: Bool[np.ndarray, "passages length"]


@dataclass(frozen=True, eq=False)
class Passages:
    """The texts of an atlas, cut; the first `share` of the rows are held out.

    Raises ValueError for a length beyond the rows, and for texts of which nothing can be held out.
    """

    subject: SeenFeatures
    length: int
    share: float

    def __post_init__(self) -> None:
        rows, length = self.subject.atlas.texts.shape
        if not 1 < self.length <= length:
            raise ValueError(f"length={self.length} is no piece of rows of {length} tokens; use from 2 to {length}")
        if not 0 < self.share < 1 or not 0 < round(self.share * rows) < rows:
            raise ValueError(f"share={self.share} of {rows} rows leaves nothing on one side; use about a quarter")

    @cached_property
    def words(self) -> Int[np.ndarray, "passages length"]:
        """All of them, in order; what is left at the end of a row is dropped."""
        texts = self.subject.atlas.texts
        return texts[:, : self._each * self.length].reshape(-1, self.length)

    @property
    def _each(self) -> int:
        return self.subject.atlas.texts.shape[1] // self.length

    @cached_property
    def held_rows(self) -> int:
        return round(self.share * len(self.subject.atlas.texts))

    @property
    def held(self) -> int:
        """So many passages, the first, are held out."""
        return self.held_rows * self._each

    @cached_property
    def tables(self) -> TableScores:
        """The token tables, from the rows that are not held out; tokens are words' numbers."""
        firing, texts = self.subject.firing, self.subject.atlas.texts
        tokens = torch.from_numpy(texts[firing.rows, firing.positions].astype(np.int64))
        fires = Firings(
            torch.from_numpy(firing.places), torch.from_numpy(firing.features.astype(np.int64)),
            torch.from_numpy(firing.values), firing.size,
        )  # fmt: skip
        rows = torch.from_numpy(firing.rows.astype(np.int64))
        return score_tables(fires, tokens, rows, rows < self.held_rows)

    @cached_property
    def _read(self) -> NDArray[np.int64]:
        """The held-out passages of which at least half was read; the others are padding."""
        firing = self.subject.firing
        inside = (firing.positions < self._each * self.length) & (firing.rows < self.held_rows)
        passage = firing.rows[inside].astype(np.int64) * self._each + firing.positions[inside] // self.length
        return np.flatnonzero(np.bincount(passage, minlength=self.held) * 2 >= self.length)

    @cached_property
    def _by_feature(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The order of the firings by feature, and where each feature's begin."""
        features = self.subject.firing.features
        order = np.argsort(features, kind="stable")
        return order, np.searchsorted(features[order], np.arange(self.subject.firing.size + 1))

    @cached_property
    def _places(self) -> NDArray[np.int64]:
        return self.subject.firing.places

    def strengths(self, feature: int) -> dict[int, NDArray[np.float32]]:
        """By passage in which it fires: its activation at each word."""
        firing = self.subject.firing
        order, starts = self._by_feature
        mine = order[starts[feature] : starts[feature + 1]]
        place = self._places[mine]
        position = firing.positions[place].astype(np.int64)
        inside = position < self._each * self.length
        passage = firing.rows[place].astype(np.int64) * self._each + position // self.length
        found: dict[int, NDArray[np.float32]] = {}
        rows = zip(passage[inside], position[inside] % self.length, firing.values[mine][inside], strict=True)
        for number, at, value in rows:
            found.setdefault(int(number), np.zeros(self.length, np.float32))[at] = value
        return found

    def shown(
        self, feature: int, strongest: int, spread: int
    ) -> list[tuple[Int[np.ndarray, " words"], Float[np.ndarray, " words"]]]:
        """Passages to write a label from: those of the strongest firings, then some at even ranks among the others."""
        known = {number: value for number, value in self.strengths(feature).items() if number >= self.held}
        order = sorted(known, key=lambda number: -float(known[number].max()))
        rest = order[strongest:]
        picks = [rest[(i + 1) * len(rest) // (spread + 1)] for i in range(spread)] if len(rest) > spread else rest
        return [(self.words[number], known[number]) for number in [*order[:strongest], *picks]]

    def judged(self, feature: int, count: int, generator: np.random.Generator) -> Judged:
        """Held-out passages, at most `count` of each kind, as many of one as of the other."""
        known = {number: value for number, value in self.strengths(feature).items() if number < self.held}
        silent = np.setdiff1d(self._read, list(known))
        size = min(count, len(known), len(silent))
        fires = sorted(generator.choice(sorted(known), size, replace=False).tolist()) if size else []
        quiet = np.sort(generator.choice(silent, size, replace=False)) if size else np.zeros(0, np.int64)
        marks = np.array([known[number] > 0 for number in fires]).reshape(size, self.length)
        others = np.zeros_like(marks)
        for row, marked in enumerate(marks.sum(1).tolist()):
            others[row, generator.choice(self.length, marked, replace=False)] = True
        return Judged(self.words[fires], marks, self.words[quiet], others)

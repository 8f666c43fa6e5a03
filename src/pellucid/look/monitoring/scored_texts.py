"""Texts, each with the strongest activation of every feature in it, and whether it should raise an alarm."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from jaxtyping import Bool, Float, Int

from ...core.subject import Subject

__all__ = ["ScoredTexts"]


@dataclass(frozen=True, eq=False)
class ScoredTexts(Subject):
    """`strongest` (texts, features), `alarm` (texts,), `groups` of texts that are never on both sides of a split.

    `lengths`: tokens of each text, the simplest of detectors. Raises ValueError for sizes that differ, NaN, and one
    kind of text alone.
    """

    made_by: ClassVar[str] = "ScoredTexts(strongest, alarm, groups, lengths)"

    strongest: Float[np.ndarray, "texts features"]
    alarm: Bool[np.ndarray, " texts"]
    groups: tuple[str, ...]
    lengths: Int[np.ndarray, " texts"]
    names: tuple[str, str] = ("usual", "alarm")

    def __post_init__(self) -> None:
        sizes = {len(self.strongest), len(self.alarm), len(self.groups), len(self.lengths)}
        if len(sizes) > 1 or self.strongest.ndim != 2:
            told = f"{self.strongest.shape}, {len(self.alarm)}, {len(self.groups)} and {len(self.lengths)}"
            raise ValueError(f"strongest, alarm, groups and lengths have {told} texts; give one of each")
        if not np.isfinite(self.strongest).all():
            raise ValueError("strongest holds NaN or infinity; leave those texts out")
        if self.alarm.all() or not self.alarm.any():
            raise ValueError(f"all texts are {self.names[int(self.alarm.all())]!r}; give some of either kind")

    def fingerprint(self) -> str:
        """SHA-256 of all of it."""
        digest = hashlib.sha256(repr((self.groups, self.names)).encode())
        for part in (self.strongest, self.alarm, self.lengths):
            digest.update(np.ascontiguousarray(part).tobytes())
        return digest.hexdigest()

"""The numbers that all probes share, with the reason for each, and the names of their controls."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Control(StrEnum):
    """What a probe is set beside; the names under which the figures are told."""

    MAJORITY = "the more frequent class for every row"
    MOST_FREQUENT = "the most frequent class for every row"
    MEAN = "the mean for every row"
    WORDS = "words alone (letter n-grams of the text)"
    SHUFFLED = "activations of the same words in random order"
    RANDOM = "labels in random order"


@dataclass(frozen=True)
class ProbeSettings:
    """What the controls and the errors of all probes are made with."""

    word_columns: int = 1500
    """The most frequent letter n-grams that the control of words has, to bound the time of its fits."""
    word_penalties: tuple[float, ...] = (0.003, 0.03, 0.3)
    """Of its logistic regression: those of the probes."""
    word_ridge_penalties: tuple[float, ...] = (0.03, 0.3, 1.0, 3.0, 10.0, 30.0)
    """Of its ridge regression. Counts of letters want more than activations: with too little, the control would be easy
    to beat."""
    resamples: int = 200
    """Draws of whole groups that say how uncertain a figure is: its error is then known to 5 %."""
    tiny: float = 1e-12
    """A column with less spread is constant: far below what float32 activations can vary by."""
    never: float = -1e12
    """The score of a class without rows."""


SETTINGS = ProbeSettings()

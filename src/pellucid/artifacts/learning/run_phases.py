"""What a training run is doing: its phase, when it fitted and when it generalised, and what is odd about its log."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..array_artifact import ArrayArtifact

MEANS = {
    "comprehension": "held-out data follow soon after the training data",
    "grokking": "held-out data follow long after the training data were fitted",
    "memorisation": "the training data are fitted, held-out data are not",
    "overfitting": "held-out data were better before, and are lost while the training data are fitted",
    "confusion": "not even the training data are fitted",
    "test before train": "held-out data reach the threshold before the training data do",
    "fitted": "the training data are fitted; there are no held-out data",
    "not fitted": "the training data are not fitted; there are no held-out data",
}
"""The phases in words."""


@dataclass(frozen=True, eq=False)
class RunPhases(ArrayArtifact):
    """The phase that most thresholds name, and the steps (last below, first above) at which 90 % of the way is done.

    Intervals are () where the run has not got there. `forecast` is () or (step, least, most).
    """

    phase: str
    votes: tuple[tuple[str, float], ...]
    metric: str
    """accuracy or loss."""
    fitted: tuple[float, ...]
    generalised: tuple[float, ...]
    train_steps: NDArray[np.float64]
    train: NDArray[np.float64]
    test_steps: NDArray[np.float64]
    test: NDArray[np.float64]
    norm_steps: NDArray[np.float64]
    norm: NDArray[np.float64]
    ratio: float | None = None
    critical: float | None = None
    forecast: tuple[float, ...] = ()
    anomalies: tuple[str, ...] = ()
    advice: tuple[str, ...] = ()
    name: str = ""

    kind = "run_phases"

    @property
    def is_plain(self) -> bool:
        """Whether seven in ten thresholds name one phase."""
        return self.votes[0][1] >= 0.7

    def describe(self) -> str:
        share = f"{100 * self.votes[0][1]:.0f} % of thresholds"
        return f"{self.phase} ({share}): {MEANS.get(self.phase, self.phase)}"

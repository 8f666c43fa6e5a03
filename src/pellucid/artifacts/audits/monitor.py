"""A monitor: features of a model that raise an alarm about a text, from which strength on, and what is usual."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from jaxtyping import Float, Int
from numpy.typing import NDArray

from ..array_artifact import ArrayArtifact


@dataclass(frozen=True, eq=False)
class Monitor(ArrayArtifact):
    """A text's score is the sum over `features` of its strongest activation divided by the feature's `scale`.

    An alarm is raised from `threshold` on, which `false_alarms` of the usual texts reach at most. `usual` are sorted
    scores of usual texts, against which drift is told; `curve` the share of usual texts and of the others that reach
    each of a row of thresholds, on held-out text. `path` says where in the model named `model` the features are.
    """

    features: Int[np.ndarray, " some"]
    scales: Float[np.ndarray, " some"]
    threshold: float
    false_alarms: float
    usual: Float[np.ndarray, " texts"]
    curve: Float[np.ndarray, "thresholds 2"]
    names: tuple[str, str] = ("usual", "alarm")
    path: str = ""
    model: str = ""

    kind = "monitor"
    arrays: ClassVar[tuple[str, ...]] = ("features", "scales", "usual", "curve")

    def __post_init__(self) -> None:
        object.__setattr__(self, "names", tuple(self.names))
        for name in self.arrays:
            kind = np.int32 if name == "features" else np.float64
            object.__setattr__(self, name, np.ascontiguousarray(getattr(self, name), dtype=kind))
        if len(self.features) != len(self.scales) or not len(self.features) or not (self.scales > 0).all():
            raise ValueError(f"{len(self.features)} features, scales {self.scales}: give a scale above 0 for each")
        if not np.isfinite(self.threshold) or not 0 < self.false_alarms < 1:
            raise ValueError(f"threshold={self.threshold}, false_alarms={self.false_alarms}: give numbers, a share")

    def score(self, strongest: Float[np.ndarray, "texts features"]) -> Float[np.ndarray, " texts"]:
        """Of texts, from the strongest activation of each of the `features` in them.

        >>> monitor = Monitor([7], [2.0], 1.5, 0.1, [0.0], np.zeros((0, 2)))
        >>> monitor.score(np.array([[4.0]])).tolist()
        [2.0]
        """
        return np.asarray(strongest, dtype=np.float64) @ (1 / self.scales)

    def raises(self, scores: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Which scores raise an alarm."""
        return np.asarray(scores) >= self.threshold

    def describe(self) -> str:
        which = f"feature{'s' * (len(self.features) > 1)} {', '.join(map(str, self.features.tolist()))}"
        return f"alarm for {self.names[1]} by {which}, from {self.threshold:.3g} on"

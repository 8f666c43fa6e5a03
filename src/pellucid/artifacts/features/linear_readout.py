"""Linear readouts: numbers as an affine function of activations."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..array_artifact import ArrayArtifact


@dataclass(frozen=True, eq=False)
class LinearReadout(ArrayArtifact):
    """y = weights x + offsets; weights: (targets, width), offsets: (targets,), one target for each of `names`.

    With `of_classes` the names are classes, and the largest of the targets says which one.

    >>> LinearReadout(np.array([[1.0, 2.0]]), np.array([3.0]), ("year",))([[1.0, 1.0]]).tolist()
    [[6.0]]
    """

    weights: NDArray[np.float64]
    offsets: NDArray[np.float64]
    names: tuple[str, ...]
    label: str = ""
    penalty: float = 0.0
    of_classes: bool = False

    kind = "linear_readout"

    def __post_init__(self) -> None:
        object.__setattr__(self, "names", tuple(self.names))
        if self.weights.ndim != 2 or self.offsets.shape != (len(self.names),) or len(self.weights) != len(self.names):
            raise ValueError(
                f"weights are {self.weights.shape}, offsets {self.offsets.shape} for {len(self.names)} names; give "
                "(targets, width) and (targets,)"
            )

    def __call__(self, values: Any) -> NDArray[np.float64]:
        """values: (rows, width) -> (rows, targets)."""
        return np.asarray(values, dtype=np.float64) @ self.weights.T + self.offsets

    def describe(self) -> str:
        if self.of_classes:
            return f"linear readout of {len(self.names)} classes from width {self.weights.shape[1]}"
        return f"linear readout of {', '.join(self.names)} from width {self.weights.shape[1]}"

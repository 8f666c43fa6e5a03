"""Measured field: samples of a field over time and space, and what found equations leave over of its rate."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..array_artifact import ArrayArtifact


@dataclass(frozen=True, eq=False)
class MeasuredField(ArrayArtifact):
    """Samples (fields, times, points) at times t (times,) and places x (points,), of a plane along its middle line.

    `residual` (fields, times, points) is the rate less the right-hand side, both averaged over small test functions, of
    the rate's root mean square; NaN at the edges, where no test function fits. From `held_from` on, along the axis
    `held_axis` ("t" or "x"), nothing was fitted.

    >>> MeasuredField(("u",), np.arange(3.0), np.arange(4.0), np.zeros((1, 3, 4)), np.zeros((1, 3, 4))).describe()
    'u at 3 times and 4 places'
    """

    fields: tuple[str, ...]
    t: NDArray[np.float64]
    x: NDArray[np.float64]
    values: NDArray[np.float64]
    residual: NDArray[np.float64]
    held_axis: str = "t"
    held_from: float = float("inf")

    kind = "measured_field"

    def __post_init__(self) -> None:
        object.__setattr__(self, "fields", tuple(self.fields))
        shape = (len(self.fields), len(self.t), len(self.x))
        if self.values.shape != shape or self.residual.shape != shape:
            raise ValueError(f"values are {self.values.shape} and residual {self.residual.shape}; give {shape}")

    def describe(self) -> str:
        return f"{', '.join(self.fields)} at {len(self.t)} times and {len(self.x)} places"

"""Measured orbits: trajectories that were kept for testing, and what found equations predict for them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from ..array_artifact import ArrayArtifact


@dataclass(frozen=True, eq=False)
class MeasuredOrbits(ArrayArtifact):
    """Samples (rows, variables) at times (rows,) of the trajectories `ids` (rows,); `predicted` is NaN where unknown.

    >>> x = np.zeros((6, 2))
    >>> MeasuredOrbits(("x", "v"), np.arange(6.0), x, np.repeat([0, 1], 3), x).describe()
    '2 measured orbits, 6 samples of x, v'
    """

    variables: tuple[str, ...]
    times: NDArray[np.float64]
    states: NDArray[np.float64]
    ids: NDArray[np.int64]
    predicted: NDArray[np.float64]

    kind = "measured_orbits"

    def __post_init__(self) -> None:
        object.__setattr__(self, "variables", tuple(self.variables))
        shape = (len(self.times), len(self.variables))
        if self.states.shape != shape or self.predicted.shape != shape or self.ids.shape != shape[:1] or not shape[0]:
            raise ValueError(
                f"states are {self.states.shape}, predicted {self.predicted.shape}, ids {self.ids.shape}; give "
                f"{shape}, {shape} and {shape[:1]}, at least one row"
            )

    @classmethod
    def joined(
        cls, variables: Sequence[str], times: Sequence[NDArray[Any]], states: Sequence[NDArray[Any]],
        predicted: Sequence[NDArray[Any]] | None = None,
    ) -> Self:  # fmt: skip
        """From one array for each orbit.

        Each of `t` (samples,), of `x` (samples, variables).
        """
        ids = np.repeat(np.arange(len(times)), [len(t) for t in times]).astype(np.int64)
        rows = np.concatenate(list(states)).astype(np.float64)
        told = np.full_like(rows, np.nan) if predicted is None else np.concatenate(list(predicted)).astype(np.float64)
        return cls(tuple(variables), np.concatenate(list(times)).astype(np.float64), rows, ids, told)

    def __len__(self) -> int:
        return len(np.unique(self.ids))

    def __iter__(self) -> Iterator[tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]]:
        """Times, states and predicted states of every orbit."""
        for place in np.unique(self.ids):
            rows = self.ids == place
            yield self.times[rows], self.states[rows], self.predicted[rows]

    def describe(self) -> str:
        count = len(self)
        told = f"{len(self.times):,} samples of {', '.join(self.variables)}"
        return f"{count} measured orbit{'s' if count != 1 else ''}, {told}"

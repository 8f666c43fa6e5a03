"""Orbits: solutions of equations of motion, computed numerically, to watch what is conserved along them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..array_artifact import ArrayArtifact


@dataclass(frozen=True, eq=False)
class Orbits(ArrayArtifact):
    """States (orbits, times, variables) at `times` (times,), NaN after an orbit has run away, and its parameters.

    >>> Orbits(np.zeros((2, 5, 3)), np.arange(5.0), np.zeros((2, 0)), ("x", "y", "z")).describe()
    '2 orbits of 5 steps, in x, y, z'
    """

    states: NDArray[np.float64]
    times: NDArray[np.float64]
    parameters: NDArray[np.float64]
    variables: tuple[str, ...]

    kind = "orbits"

    def __post_init__(self) -> None:
        object.__setattr__(self, "variables", tuple(self.variables))
        count, steps, width = self.states.shape
        if self.times.shape != (steps,) or len(self.parameters) != count or len(self.variables) != width:
            raise ValueError(
                f"states are {self.states.shape}, times {self.times.shape}, parameters {self.parameters.shape}; give "
                "(orbits, times, variables), (times,) and (orbits, parameters)"
            )

    def __len__(self) -> int:
        return len(self.states)

    def describe(self) -> str:
        count, steps, _ = self.states.shape
        return f"{count} orbit{'s' if count != 1 else ''} of {steps} steps, in {', '.join(self.variables)}"

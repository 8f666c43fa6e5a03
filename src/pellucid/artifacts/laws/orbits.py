"""Orbits: solutions of equations of motion, computed numerically, to watch what is conserved along them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from ...core.artifact import Artifact
from ..tensor_file import load_tensors, save_tensors


@dataclass(frozen=True, eq=False)
class Orbits(Artifact):
    """States (orbits, times, variables) at `times` (times,), NaN after an orbit has run away, and its parameters.

    >>> Orbits(np.zeros((2, 5, 3)), np.arange(5.0), np.zeros((2, 0)), ("x", "y", "z")).describe()
    '2 orbits of 5 steps, in x, y, z'
    """

    states: NDArray[np.float64]
    times: NDArray[np.float64]
    parameters: NDArray[np.float64]
    variables: tuple[str, ...]

    kind = "orbits"
    file: ClassVar[str] = "orbits.safetensors"

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

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Orbits):
            return NotImplemented
        pairs = ((self.states, other.states), (self.times, other.times), (self.parameters, other.parameters))
        return self.variables == other.variables and all(np.array_equal(a, b, equal_nan=True) for a, b in pairs)

    __hash__ = None  # type: ignore[assignment]

    def describe(self) -> str:
        count, steps, _ = self.states.shape
        return f"{count} orbit{'s' if count != 1 else ''} of {steps} steps, in {', '.join(self.variables)}"

    def to_dict(self) -> dict[str, Any]:
        return {"variables": list(self.variables)}

    def files(self) -> Mapping[str, bytes]:
        arrays = {"states": self.states, "times": self.times, "parameters": self.parameters}
        return {self.file: save_tensors({name: np.ascontiguousarray(value) for name, value in arrays.items()})}

    @classmethod
    def from_dict(cls, data: dict[str, Any], files: Mapping[str, bytes]) -> Self:
        arrays = load_tensors(files, cls.file)
        return cls(arrays["states"], arrays["times"], arrays["parameters"], tuple(data["variables"]))

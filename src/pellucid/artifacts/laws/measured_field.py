"""Measured field: samples of a field over time and space, and what found equations leave over of its rate."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from ...core.artifact import Artifact
from ..tensor_file import load_tensors, save_tensors


@dataclass(frozen=True, eq=False)
class MeasuredField(Artifact):
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
    file: ClassVar[str] = "measured_field.safetensors"

    def __post_init__(self) -> None:
        object.__setattr__(self, "fields", tuple(self.fields))
        shape = (len(self.fields), len(self.t), len(self.x))
        if self.values.shape != shape or self.residual.shape != shape:
            raise ValueError(f"values are {self.values.shape} and residual {self.residual.shape}; give {shape}")

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, MeasuredField):
            return NotImplemented
        pairs = ((getattr(self, name), getattr(other, name)) for name in ("t", "x", "values", "residual"))
        return self.to_dict() == other.to_dict() and all(np.array_equal(a, b, equal_nan=True) for a, b in pairs)

    __hash__ = None  # type: ignore[assignment]

    def describe(self) -> str:
        return f"{', '.join(self.fields)} at {len(self.t)} times and {len(self.x)} places"

    def to_dict(self) -> dict[str, Any]:
        return {"fields": list(self.fields), "held_axis": self.held_axis, "held_from": self.held_from}

    def files(self) -> Mapping[str, bytes]:
        arrays = {"t": self.t, "x": self.x, "values": self.values, "residual": self.residual}
        return {self.file: save_tensors({name: np.ascontiguousarray(value) for name, value in arrays.items()})}

    @classmethod
    def from_dict(cls, data: dict[str, Any], files: Mapping[str, bytes]) -> Self:
        arrays = load_tensors(files, cls.file)
        given = (arrays["t"], arrays["x"], arrays["values"], arrays["residual"])
        return cls(tuple(data["fields"]), *given, data["held_axis"], data["held_from"])

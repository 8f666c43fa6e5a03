"""Coordinate changes: new coordinates as a network of the old ones, and back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from ...core.artifact import Artifact
from ..tensor_file import load_tensors, save_tensors

_STEPS, _HALVINGS = 60, 12
_SMALL, _CLOSE = 1e-12, 1e-6


@dataclass(frozen=True, eq=False)
class CoordinateChange(Artifact):
    """z' = z + W3 tanh(W2 tanh(W1 z + b1) + b2) + b3 for the coordinates that move; the others stay.

    `weights` holds W1 (width, size), b1, W2, b2, W3 (size, width), b3; rows of W3 and b3 are 0 for what stays.

    >>> zero = {"W1": np.zeros((1, 2)), "b1": np.zeros(1), "W2": np.zeros((1, 1)), "b2": np.zeros(1),
    ...         "W3": np.zeros((2, 1)), "b3": np.ones(2)}
    >>> CoordinateChange(("x", "y"), zero)(np.zeros((1, 2)))
    array([[1., 1.]])
    """

    coordinates: tuple[str, ...]
    weights: Mapping[str, NDArray[np.float64]]
    symmetry: str = ""
    """What becomes manifest in the new coordinates, in words."""

    kind = "coordinate_change"
    file: ClassVar[str] = "coordinate_change.safetensors"

    def __post_init__(self) -> None:
        object.__setattr__(self, "coordinates", tuple(self.coordinates))
        weights = {name: np.array(value, dtype=np.float64, order="C") for name, value in self.weights.items()}
        object.__setattr__(self, "weights", weights)
        missing = sorted({"W1", "b1", "W2", "b2", "W3", "b3"} - set(weights))
        if missing:
            raise ValueError(f"weights lack {missing}; give W1, b1, W2, b2, W3 and b3")
        if weights["W1"].shape[1] != len(self.coordinates) or weights["W3"].shape[0] != len(self.coordinates):
            raise ValueError(f"weights are not for {len(self.coordinates)} coordinates; give W1 and W3 of that size")

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, CoordinateChange)
            and (self.coordinates, self.symmetry) == (other.coordinates, other.symmetry)
            and all(np.array_equal(self.weights[name], other.weights[name]) for name in self.weights)
        )

    __hash__ = None  # type: ignore[assignment]

    def __call__(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """The new coordinates of points (points, size)."""
        return np.asarray(points, dtype=np.float64) + self._shift(points)[0]

    def jacobian(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """dz'_i / dz_j at every point, (points, size, size).

        points (count, size) gives (count, size, size).
        """
        return np.eye(len(self.coordinates)) + self._shift(points)[1]

    def inverse(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """The old coordinates of new ones, by damped Newton steps from the new ones themselves; NaN where they fail.

        points (count, size) gives (count, size).
        """
        wanted = np.asarray(points, dtype=np.float64)
        found = wanted.copy()
        error = np.abs(self(found) - wanted).max(-1)
        for _ in range(_STEPS):
            if error.max(initial=0.0) < _SMALL:
                break
            missed = self(found) - wanted
            step = (np.linalg.pinv(self.jacobian(found)) @ missed[..., None])[..., 0]
            best, least = found, error
            for half in range(_HALVINGS):
                tried = found - step / 2**half
                left = np.abs(self(tried) - wanted).max(-1)
                better = left < least
                best, least = np.where(better[:, None], tried, best), np.where(better, left, least)
            found, error = best, least
        found[error > _CLOSE] = np.nan
        return found

    def describe(self) -> str:
        moved = [n for n, row in zip(self.coordinates, self.weights["W3"], strict=True) if np.any(row)]
        told = f"new {', '.join(moved) or 'coordinates'} as a network of {', '.join(self.coordinates)}"
        return f"{told}, in which {self.symmetry}" if self.symmetry else told

    def to_dict(self) -> dict[str, Any]:
        return {"coordinates": list(self.coordinates), "symmetry": self.symmetry}

    def files(self) -> Mapping[str, bytes]:
        return {self.file: save_tensors(self.weights)}

    @classmethod
    def from_dict(cls, data: dict[str, Any], files: Mapping[str, bytes]) -> Self:
        return cls(tuple(data["coordinates"]), load_tensors(files, cls.file), data["symmetry"])

    def _shift(self, points: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """z' - z and its derivative."""
        w = self.weights
        first = np.tanh(np.asarray(points, dtype=np.float64) @ w["W1"].T + w["b1"])
        second = np.tanh(first @ w["W2"].T + w["b2"])
        inner = (1 - first**2)[..., None] * w["W1"]
        slope = w["W3"] @ ((1 - second**2)[..., None] * (w["W2"] @ inner))
        return second @ w["W3"].T + w["b3"], slope

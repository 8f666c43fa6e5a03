"""Directions: one vector in the space of a site, along which two classes differ."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..array_artifact import ArrayArtifact


@dataclass(frozen=True, eq=False)
class Direction(ArrayArtifact):
    """score(x) = vector . x - offset: above 0 the second one of `names`, below it the first.

    vector: (width,). `label` says what it was made from, `gap` how far the two classes are apart along the vector of
    length 1 (the size of a step from one to the other), `site` where in a model it lives.

    >>> direction = Direction(np.array([0.0, 2.0]), 1.0, "cities", gap=3.0)
    >>> direction.score(np.array([[5.0, 1.0], [5.0, 0.0]])).tolist(), direction.step.tolist()
    ([1.0, -1.0], [0.0, 3.0])
    """

    vector: NDArray[np.float64]
    offset: float
    label: str
    names: tuple[str, ...] = ("false", "true")
    gap: float = 1.0
    site: str = ""

    kind = "direction"

    def __post_init__(self) -> None:
        vector = np.array(self.vector, dtype=np.float64)
        if vector.ndim != 1 or not np.isfinite(vector).all() or not vector.any():
            raise ValueError(f"vector has shape {vector.shape}, or is 0 or not finite; give (width,) numbers")
        object.__setattr__(self, "vector", vector)
        object.__setattr__(self, "names", tuple(self.names))

    @property
    def unit(self) -> NDArray[np.float64]:
        """The vector with length 1.

        >>> Direction(np.array([3.0, 4.0]), 0.0, "cities").unit.tolist()
        [0.6, 0.8]
        """
        return self.vector / np.linalg.norm(self.vector)

    @property
    def step(self) -> NDArray[np.float64]:
        """What leads from one class's mean to the other's, along the vector."""
        return self.gap * self.unit

    def score(self, values: Any) -> NDArray[np.float64]:
        """values: (rows, width) -> (rows,)."""
        return np.asarray(values, dtype=np.float64) @ self.vector - self.offset

    def cosine(self, other: Direction) -> float:
        """The cosine of the angle between two directions.

        >>> first, second = (Direction(np.array(v), 0.0, "cities") for v in ([1.0, 0.0], [0.0, 2.0]))
        >>> first.cosine(second)
        0.0
        """
        return float(self.unit @ other.unit)

    def describe(self) -> str:
        return f"direction from {self.names[0]} to {self.names[1]} ({self.label}), width {len(self.vector)}"

"""Where every feature of a dictionary fires on some text, and how strongly: what an atlas shows the best of, whole."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np
from jaxtyping import Float, Int
from numpy.typing import NDArray

from ...core.artifact import Artifact
from ..tensor_file import load_tensors, save_tensors


@dataclass(frozen=True, eq=False)
class FeatureFiring(Artifact):
    """At place p, token `positions[p]` of row `rows[p]`, `counts[p]` features fire: the next so many of `features`.

    `values` are their activations, all above 0. `size`: how many features there are, those that never fire too.

    >>> fires = FeatureFiring(np.array([0, 0]), np.array([0, 1]), np.array([0, 2]), np.array([3, 1]), np.ones(2), 4)
    >>> fires.places.tolist(), fires.of(3)[0].tolist()
    ([1, 1], [1])
    """

    rows: Int[np.ndarray, " places"]
    positions: Int[np.ndarray, " places"]
    counts: Int[np.ndarray, " places"]
    features: Int[np.ndarray, " firings"]
    values: Float[np.ndarray, " firings"]
    size: int

    kind = "feature_firing"
    file: ClassVar[str] = "firing.safetensors"
    arrays: ClassVar[tuple[str, ...]] = ("rows", "positions", "counts", "features", "values")

    def __post_init__(self) -> None:
        small = np.uint16 if self.size <= 2**16 else np.uint32
        kinds = (np.int32, np.int32, np.int32, small, np.float32)
        for name, kind in zip(self.arrays, kinds, strict=True):
            object.__setattr__(self, name, np.ascontiguousarray(getattr(self, name), dtype=kind))
        if not len(self.rows) == len(self.positions) == len(self.counts):
            told = f"{len(self.rows)} rows, {len(self.positions)} positions, {len(self.counts)} counts"
            raise ValueError(f"{told} are not of the same places; give one of each for a place")
        if not len(self.features) == len(self.values) == int(self.counts.sum()):
            told = f"{len(self.features)} features and {len(self.values)} values"
            raise ValueError(f"{told} are not the {int(self.counts.sum())} that the counts add up to")
        if len(self.features) and int(self.features.max()) >= self.size:
            raise ValueError(f"feature {int(self.features.max())} is beyond size={self.size}; give how many there are")

    @classmethod
    def of_codes(
        cls, rows: Any, positions: Any, values: Float[np.ndarray, "places k"], indices: Int[np.ndarray, "places k"],
        size: int,
    ) -> Self:  # fmt: skip
        """Of sparse codes: what is above 0."""
        fired = values > 0
        return cls(rows, positions, fired.sum(1), indices[fired], values[fired], size)

    @property
    def places(self) -> NDArray[np.int64]:
        """The place of each firing."""
        return np.repeat(np.arange(len(self.counts)), self.counts)

    def of(self, feature: int) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """The places at which a feature fires, and how strongly."""
        chosen = self.features == feature
        return self.places[chosen], self.values[chosen]

    def describe(self) -> str:
        return f"{len(self.features):,} firings of {self.size:,} features at {len(self.rows):,} tokens"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, FeatureFiring):
            return NotImplemented
        return self.size == other.size and dict(self.files()) == dict(other.files())

    def to_dict(self) -> dict[str, Any]:
        return {"size": self.size}

    def files(self) -> Mapping[str, bytes]:
        return {self.file: save_tensors({name: getattr(self, name) for name in self.arrays})}

    @classmethod
    def from_dict(cls, data: dict[str, Any], files: Mapping[str, bytes]) -> Self:
        return cls(**load_tensors(files, cls.file), size=data["size"])

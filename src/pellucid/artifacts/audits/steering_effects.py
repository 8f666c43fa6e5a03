"""What adding each of many features does to the words that it promotes, beside directions drawn at random."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np
from jaxtyping import Float, Int

from ...core.artifact import Artifact
from ..tensor_file import load_tensors, save_tensors


@dataclass(frozen=True, eq=False)
class SteeringEffects(Artifact):
    """Feature `features[i]`, added `strength[i]` strong: what becomes of log-probabilities, on average over tokens.

    `promoted` is the mean change over the words that its direction promotes most, `suppressed` over those that it
    suppresses; `kl` how far the predictions move, in nats a token. `drawn_...` the same, of the same words, along a
    random direction as long. `words[i]` are the promoted words.
    """

    features: Int[np.ndarray, " some"]
    strength: Float[np.ndarray, " some"]
    promoted: Float[np.ndarray, " some"]
    suppressed: Float[np.ndarray, " some"]
    kl: Float[np.ndarray, " some"]
    drawn_promoted: Float[np.ndarray, " some"]
    drawn_suppressed: Float[np.ndarray, " some"]
    drawn_kl: Float[np.ndarray, " some"]
    words: tuple[tuple[str, ...], ...] = ()
    tokens: int = 0
    name: str = ""

    kind = "steering_effects"
    file: ClassVar[str] = "steering.safetensors"
    arrays: ClassVar[tuple[str, ...]] = (
        "features", "strength", "promoted", "suppressed", "kl", "drawn_promoted", "drawn_suppressed", "drawn_kl"
    )  # fmt: skip

    def __post_init__(self) -> None:
        object.__setattr__(self, "words", tuple(tuple(each) for each in self.words))
        for name in self.arrays:
            kind = np.int32 if name == "features" else np.float32
            object.__setattr__(self, name, np.ascontiguousarray(getattr(self, name), dtype=kind))
        sizes = {name: len(getattr(self, name)) for name in self.arrays}
        if len(set(sizes.values())) != 1:
            raise ValueError(f"sizes {sizes} differ; give one of each for a feature")

    def describe(self) -> str:
        return f"steering with {len(self.features)} features of {self.name}, on {self.tokens:,} tokens"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, SteeringEffects):
            return NotImplemented
        return self.to_dict() == other.to_dict() and dict(self.files()) == dict(other.files())

    def to_dict(self) -> dict[str, Any]:
        return {"words": [list(each) for each in self.words], "tokens": self.tokens, "name": self.name}

    def files(self) -> Mapping[str, bytes]:
        return {self.file: save_tensors({name: getattr(self, name) for name in self.arrays})}

    @classmethod
    def from_dict(cls, data: dict[str, Any], files: Mapping[str, bytes]) -> Self:
        arrays: dict[str, Any] = load_tensors(files, cls.file)
        return cls(**data, **arrays)

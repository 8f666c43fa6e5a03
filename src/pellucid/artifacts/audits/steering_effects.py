"""What adding each of many features does to the words that it promotes, beside directions drawn at random."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from jaxtyping import Float, Int

from ..array_artifact import ArrayArtifact


@dataclass(frozen=True, eq=False)
class SteeringEffects(ArrayArtifact):
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

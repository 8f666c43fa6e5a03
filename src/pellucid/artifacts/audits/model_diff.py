"""A difference of two models: latents of one crosscoder, each with the model that it belongs to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np
from jaxtyping import Float, Int
from numpy.typing import NDArray

from ...core.artifact import Artifact
from ..tensor_file import load_tensors, save_tensors

Place = list[tuple[str, float]]


@dataclass(frozen=True, eq=False)
class ModelDiff(Artifact):
    """Latent j writes `share[j]` of its length in the second of `names` (0: only in the first, 1: only in the second).

    `cosine` is that of its two directions, `firings` how often it fires on held-out text. `verdict` is an index into
    `verdicts`. Of latents that write in one model alone `absent_error` and `absent_reconstruction` say how much of what
    the latent writes is in the other model all the same, by its error and by its reconstruction (latent scaling,
    arXiv 2504.02922; 0: nothing, 1: as much; NaN: not asked). `places[j]`: its strongest firings, words with
    activations, of some of them.
    """

    names: tuple[str, str]
    share: Float[np.ndarray, " n"]
    cosine: Float[np.ndarray, " n"]
    firings: Int[np.ndarray, " n"]
    verdict: Int[np.ndarray, " n"]
    absent_error: Float[np.ndarray, " n"]
    absent_reconstruction: Float[np.ndarray, " n"]
    places: Mapping[int, list[Place]]
    tokens: int = 0

    kind = "model_diff"
    file: ClassVar[str] = "diff.safetensors"
    arrays: ClassVar[tuple[str, ...]] = (
        "share", "cosine", "firings", "verdict", "absent_error", "absent_reconstruction"
    )  # fmt: skip
    verdicts: ClassVar[tuple[str, ...]] = ("too rare", "first only", "second only", "shared", "moved", "one-sided")
    """"moved" is shared with directions apart; "one-sided" writes in one model, and the other has it as well."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "names", tuple(self.names))
        places = {int(j): [[(str(w), float(v)) for w, v in one] for one in each] for j, each in self.places.items()}
        object.__setattr__(self, "places", places)
        for name in self.arrays:
            kind = np.int32 if name in ("firings", "verdict") else np.float32
            object.__setattr__(self, name, np.ascontiguousarray(getattr(self, name), dtype=kind))
        sizes = {name: len(getattr(self, name)) for name in self.arrays}
        if len(set(sizes.values())) != 1 or len(self.names) != 2:
            raise ValueError(f"sizes {sizes}, names {self.names}: give two names, and one of each for a latent")

    def of(self, verdict: str) -> NDArray[np.int64]:
        """The latents of a verdict, those that fire most first. Raises ValueError for one that is none."""
        if verdict not in self.verdicts:
            raise ValueError(f"verdict={verdict!r} is none of {', '.join(self.verdicts)}")
        found = np.flatnonzero(self.verdict == self.verdicts.index(verdict))
        return found[np.argsort(-self.firings[found], kind="stable")]

    def words(self, verdict: str) -> str:
        """A verdict with the models' names."""
        return verdict.replace("first", self.names[0]).replace("second", self.names[1])

    def describe(self) -> str:
        first, second = (len(self.of(one)) for one in ("first only", "second only"))
        shared, moved = (len(self.of(one)) for one in ("shared", "moved"))
        text = f"{second} latents of {self.names[1]} alone, {first} of {self.names[0]} alone"
        return f"{text}, {shared:,} shared, {moved} moved"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, ModelDiff):
            return NotImplemented
        return self.to_dict() == other.to_dict() and dict(self.files()) == dict(other.files())

    def to_dict(self) -> dict[str, Any]:
        places = {str(j): [[list(pair) for pair in one] for one in each] for j, each in self.places.items()}
        return {"names": list(self.names), "places": places, "tokens": self.tokens}

    def files(self) -> Mapping[str, bytes]:
        return {self.file: save_tensors({name: getattr(self, name) for name in self.arrays})}

    @classmethod
    def from_dict(cls, data: dict[str, Any], files: Mapping[str, bytes]) -> Self:
        arrays: dict[str, Any] = load_tensors(files, cls.file)
        return cls(**data, **arrays)

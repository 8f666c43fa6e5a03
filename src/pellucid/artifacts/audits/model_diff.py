"""A difference of two models: latents, each with the model that it belongs to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from jaxtyping import Float, Int
from numpy.typing import NDArray

from ..array_artifact import ArrayArtifact

Place = list[tuple[str, float]]


@dataclass(frozen=True, eq=False)
class ModelDiff(ArrayArtifact):
    """Latent j is to `share[j]` in the second of `names` (0: only in the first, 1: only in the second).

    `firings` is how often it fires on held-out text, `verdict` an index into `verdicts`. `cosine` is that of its two
    directions, of a crosscoder (else NaN), `concentration` which share it is of the difference where it fires, of a
    dictionary of differences (else NaN). Of latents of one model alone `absent` says how much of it is in the other
    model all the same, `absent_reconstruction` the same by what other latents write (latent scaling, arXiv 2504.02922;
    0: nothing, 1: as much; NaN: not asked). `places[j]`: its strongest firings, words with activations, of some.
    """

    names: tuple[str, str]
    share: Float[np.ndarray, " n"]
    cosine: Float[np.ndarray, " n"]
    firings: Int[np.ndarray, " n"]
    verdict: Int[np.ndarray, " n"]
    absent: Float[np.ndarray, " n"]
    absent_reconstruction: Float[np.ndarray, " n"]
    concentration: Float[np.ndarray, " n"]
    places: Mapping[int, list[Place]]
    tokens: int = 0

    kind = "model_diff"
    arrays: ClassVar[tuple[str, ...]] = (
        "share", "cosine", "firings", "verdict", "absent", "absent_reconstruction", "concentration"
    )  # fmt: skip
    verdicts: ClassVar[tuple[str, ...]] = (
        "too rare", "first only", "second only", "shared", "moved", "one-sided", "unclear", "copy"
    )  # fmt: skip
    """"moved" is in both, in another direction or to another degree; "one-sided" writes in one model, and the other has
    it as well; "unclear" is no clearer than latents of noise are, "copy" points or fires as another that fires more."""

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
        others = [(one, len(self.of(one))) for one in ("shared", "moved", "unclear")]
        text = f"{second} latents of {self.names[1]} alone, {first} of {self.names[0]} alone"
        return ", ".join([text, *(f"{count:,} {one}" for one, count in others if count)])

    def to_dict(self) -> dict[str, Any]:
        places = {str(j): [[list(pair) for pair in one] for one in each] for j, each in self.places.items()}
        return {**super().to_dict(), "places": places}

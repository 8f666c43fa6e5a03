"""A feature atlas: for every feature of a dictionary, where it fires, what it writes, and what lies near it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, ClassVar, Self

import numpy as np
from jaxtyping import Float, Int
from numpy.typing import NDArray

from ...core.artifact import Artifact
from ..tensor_file import load_tensors, save_tensors


@dataclass(frozen=True, eq=False)
class FeatureAtlas(Artifact):
    """What was seen of n features on `tokens` tokens of the rows `texts` (numbers of words in `vocabulary`).

    `density` is the share of the tokens at which a feature fires, `histogram` counts its activations in equal bins up
    to `maximum`. Example e of feature f is around the token (`example_rows`, `example_positions`)[f, e] (-1: none);
    `example_values` are the activations from `before` tokens before it on; the last `spread` examples are not the
    strongest, but spread over all strengths. `promoted` and `suppressed` are words whose logits a step along the
    decoder's row changes most (-1: not known); `promotes` says whether these are "words" or "classes". `ablation` is
    the true change of the loss over `sequences` sequences, in nats, each time the feature fires and is taken away,
    where it was run (else NaN), with its standard error over sequences (`ablation_error`); `ablation_estimate` is the
    same to first order, of every feature, and no more than that. Of a classifier `moved` are the classes whose logits
    change most in truth when a feature that was run is taken away, by `moved_changes` each time it fires, with standard
    errors (`moved_errors`; NaN: one row only). Of a crosscoder `site_norms` are how long what a feature writes is at
    each of `sites`, in units of the activations there. `token_precision`, `token_recall` and `token_f1` say how well a
    table of tokens tells where a feature fires, on rows that the table was not made from (`token_f1_error`: standard
    error over rows; NaN: not known); `token_table` are its first tokens, those at which it fires
    most often.
    """

    name: str
    vocabulary: tuple[str, ...]
    texts: Int[np.ndarray, "rows length"]
    density: Float[np.ndarray, " n"]
    maximum: Float[np.ndarray, " n"]
    histogram: Int[np.ndarray, "n bins"]
    example_rows: Int[np.ndarray, "n examples"]
    example_positions: Int[np.ndarray, "n examples"]
    example_values: Float[np.ndarray, "n examples window"]
    promoted: Int[np.ndarray, "n words"]
    promoted_values: Float[np.ndarray, "n words"]
    suppressed: Int[np.ndarray, "n words"]
    suppressed_values: Float[np.ndarray, "n words"]
    nearest: Int[np.ndarray, "n near"]
    cosines: Float[np.ndarray, "n near"]
    ablation_estimate: Float[np.ndarray, " n"]
    ablation: Float[np.ndarray, " n"]
    ablation_error: Float[np.ndarray, " n"]
    before: int = 16
    spread: int = 3
    tokens: int = 0
    sequences: int = 0
    promotes: str = "words"
    moved: Int[np.ndarray, "n classes"] = field(default_factory=lambda: np.zeros((0, 0), np.int32))
    moved_changes: Float[np.ndarray, "n classes"] = field(default_factory=lambda: np.zeros((0, 0), np.float32))
    moved_errors: Float[np.ndarray, "n classes"] = field(default_factory=lambda: np.zeros((0, 0), np.float32))
    sites: tuple[str, ...] = ()
    site_norms: Float[np.ndarray, "n sites"] = field(default_factory=lambda: np.zeros((0, 0), np.float32))
    token_precision: Float[np.ndarray, " n"] = field(default_factory=lambda: np.zeros(0, np.float32))
    token_recall: Float[np.ndarray, " n"] = field(default_factory=lambda: np.zeros(0, np.float32))
    token_f1: Float[np.ndarray, " n"] = field(default_factory=lambda: np.zeros(0, np.float32))
    token_f1_error: Float[np.ndarray, " n"] = field(default_factory=lambda: np.zeros(0, np.float32))
    token_table: Int[np.ndarray, "n tokens"] = field(default_factory=lambda: np.zeros((0, 0), np.int32))

    kind = "feature_atlas"
    file: ClassVar[str] = "features.safetensors"
    plain: ClassVar[tuple[str, ...]] = (
        "name",
        "vocabulary",
        "before",
        "spread",
        "tokens",
        "sequences",
        "promotes",
        "sites",
    )
    """The fields that are no arrays."""
    told: ClassVar[float] = 0.7
    """From this F1 on a feature is said to be told by its tokens: seven of ten firings, and little else."""
    partly_told: ClassVar[float] = 0.5
    """From this on partly so: what a table says there is wrong, or missing, as often as it is right."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "vocabulary", tuple(self.vocabulary))
        object.__setattr__(self, "sites", tuple(self.sites))
        for name in ("moved", "moved_changes", "moved_errors", "site_norms", "token_table"):
            if not getattr(self, name).size:  # of no classes, a single site, an earlier version
                object.__setattr__(self, name, np.zeros((self.size, 0), getattr(self, name).dtype))
        for name in ("token_precision", "token_recall", "token_f1", "token_f1_error"):
            if not getattr(self, name).size:
                object.__setattr__(self, name, np.full(self.size, np.nan, np.float32))
        sizes = {name: array.shape[0] for name, array in self._arrays().items() if name != "texts"}
        if len(set(sizes.values())) != 1:
            raise ValueError(f"the arrays are of other numbers of features: {sizes}; give a row for each feature")
        if self.texts.ndim != 2 or (self.texts.size and int(self.texts.max()) >= len(self.vocabulary)):
            raise ValueError(f"texts {self.texts.shape} names more than {len(self.vocabulary)} words; give all words")
        if not 0 <= self.before < max(1, self.example_values.shape[-1]):
            raise ValueError(f"before={self.before} is beyond the window of {self.example_values.shape[-1]} tokens")

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, FeatureAtlas):
            return NotImplemented
        return self.to_dict() == other.to_dict() and dict(self.files()) == dict(other.files())

    @property
    def size(self) -> int:
        """How many features there are, dead ones too."""
        return len(self.density)

    @property
    def alive(self) -> NDArray[np.int64]:
        """The features that fired."""
        return np.flatnonzero(self.density > 0)

    @property
    def is_run(self) -> NDArray[np.bool_]:
        """Of which features the true effect is known."""
        return np.isfinite(self.ablation)

    def by_effect(self) -> NDArray[np.int64]:
        """The features that fired, those first whose loss truly costs the model most over all tokens.

        Behind those whose effect was run come the others by the estimate; where there is none either, those first that
        move a logit most, or fire most strongly.
        """
        alive = self.alive
        density, run = self.density[alive], self.is_run[alive]
        estimate = np.where(np.isfinite(self.ablation_estimate[alive]), self.ablation_estimate[alive], -np.inf)
        if not run.any() and not np.isfinite(estimate).any():
            strength = self.maximum[alive] * density
            if self.moved.shape[1]:
                moved = np.abs(self.moved_changes[alive, 0]) * density
                return alive[np.lexsort((-strength, -np.where(np.isfinite(moved), moved, -np.inf)))]
            return alive[np.argsort(-strength, kind="stable")]
        cost = np.where(run, self.ablation[alive], estimate) * density
        return alive[np.lexsort((-cost, ~run))]

    def example(self, feature: int, number: int) -> list[tuple[str, float]]:
        """The words around an example, each with the feature's activation there."""
        row, position = int(self.example_rows[feature, number]), int(self.example_positions[feature, number])
        if row < 0:
            return []
        places = position - self.before + np.arange(self.example_values.shape[-1])
        inside = (places >= 0) & (places < self.texts.shape[1])
        words = [self.vocabulary[i] for i in self.texts[row, places[inside]]]
        return list(zip(words, self.example_values[feature, number, inside].tolist(), strict=True))

    def words(self, feature: int) -> list[str]:
        """The words that the feature promotes most."""
        return [self.vocabulary[i] for i in self.promoted[feature] if i >= 0]

    def told_by_tokens(self, feature: int) -> str:
        """Whether tokens alone tell where it fires, in words; "" where that was not measured."""
        f1 = float(self.token_f1[feature])
        if not np.isfinite(f1):
            return ""
        if f1 >= self.told:
            return "told by its tokens"
        return "partly told by its tokens" if f1 >= self.partly_told else "not told by its tokens"

    def classes(self, feature: int) -> list[tuple[str, float, float]]:
        """The classes whose logits change most when the feature is taken away: name, change, standard error."""
        rows = zip(*(one[feature].tolist() for one in (self.moved, self.moved_changes, self.moved_errors)), strict=True)
        return [(self.vocabulary[i], change, error) for i, change, error in rows if i >= 0]

    def describe(self) -> str:
        return f"{len(self.alive):,} of {self.size:,} features seen on {self.tokens:,} tokens"

    def to_dict(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.plain} | {
            "vocabulary": list(self.vocabulary), "sites": list(self.sites),
        }  # fmt: skip

    def files(self) -> Mapping[str, bytes]:
        return {self.file: save_tensors(self._arrays())}

    @classmethod
    def from_dict(cls, data: dict[str, Any], files: Mapping[str, bytes]) -> Self:
        arrays: dict[str, Any] = load_tensors(files, cls.file)
        arrays.setdefault("ablation_error", np.full(len(arrays["ablation"]), np.nan))  # of an earlier version
        return cls(**{name: data[name] for name in cls.plain if name in data}, **arrays)

    def _arrays(self) -> dict[str, NDArray[Any]]:
        names = (field.name for field in fields(self) if field.name not in self.plain)
        return {name: np.ascontiguousarray(getattr(self, name)) for name in names}

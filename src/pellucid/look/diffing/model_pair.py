"""Two models on the same text: what is compared."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np
import torch
from jaxtyping import Int
from torch import Tensor

from ...core.subject import Subject
from ...subjects.models.activations import Activations, as_activations
from ...subjects.models.language_model import LanguageModel
from ...subjects.models.site import Site
from ..evaluation.settings import SETTINGS

__all__ = ["ModelPair"]


@dataclass(frozen=True, eq=False)
class ModelPair(Subject):
    """Activations `first` and `second` (rows, width) of the same tokens; `tokens` and `vocabulary` for people.

    `sequences` says which text each row is of. Raises ValueError for other numbers of rows.
    """

    made_by: ClassVar[str] = "ModelPair.of(site, site) of two models, or ModelPair(values, values, sequences)"

    first: Tensor
    second: Tensor
    sequences: Int[Tensor, " rows"]
    tokens: Int[Tensor, " rows"] | None = None
    vocabulary: tuple[str, ...] = ()
    names: tuple[str, str] = ("base", "tuned")

    def __post_init__(self) -> None:
        counts = {len(self.first), len(self.second), len(self.sequences)}
        if len(counts) > 1 or self.first.ndim != 2 or self.second.ndim != 2:
            shapes = f"{tuple(self.first.shape)}, {tuple(self.second.shape)} and {len(self.sequences)} sequences"
            raise ValueError(f"the models have activations {shapes}; run the same text through both")
        if len(set(self.names)) < 2:
            raise ValueError(f"names={self.names} are the same; give each model its own")
        for name in ("first", "second"):
            if not getattr(self, name).isfinite().all():
                raise ValueError(f"{name} holds NaN or infinity; check that model, or load it in float32")

    @classmethod
    def of(cls, first: Site, second: Site, names: tuple[str, str] = ("base", "tuned")) -> Self:
        """Of two sites with the same tokens; attention sinks of either are left out. Raises ValueError for others."""
        one, other = first.tokens, second.tokens
        if one is None or other is None or not torch.equal(one.cpu(), other.cpu()):
            raise ValueError("the sites have other tokens; give both models the same rows of tokens")
        found = [as_activations(site).read(np.arange(first.rows)) for site in (first, second)]
        values = [part["values"].float() for part in found]
        if len(values[0]) != len(values[1]):
            raise ValueError("the sites leave out other tokens; give both the same mask")
        lengths = torch.from_numpy(np.asarray(as_activations(first).lengths))
        sequences = torch.arange(len(lengths)).repeat_interleave(lengths)
        kept = torch.ones(len(sequences), dtype=torch.bool)
        for part in values:
            size = part.norm(dim=1)
            kept &= size <= SETTINGS.outlier * size.median()
        tokens = one.cpu()[sequences, found[0]["positions"].long()]
        known, numbers = tokens.unique(return_inverse=True)
        model = first.model
        vocabulary = tuple(model.words(known) if isinstance(model, LanguageModel) else map(str, known.tolist()))
        return cls(values[0][kept], values[1][kept], sequences[kept], numbers[kept], vocabulary, names)

    def halves(self, share: float) -> tuple[Self, Self]:
        """The first `share` of the texts, held out, and the others. Raises ValueError where one would be empty."""
        known = self.sequences.unique()
        count = round(share * len(known))
        if not 0 < count < len(known):
            raise ValueError(f"share={share} of {len(known)} texts leaves one side empty; give more texts")
        held = self.sequences <= known[count - 1]
        return self.part(held), self.part(~held)

    def part(self, chosen: Tensor) -> Self:
        """Some rows only."""
        tokens = None if self.tokens is None else self.tokens[chosen]
        rows = (self.first[chosen], self.second[chosen], self.sequences[chosen], tokens)
        return type(self)(*rows, vocabulary=self.vocabulary, names=self.names)

    def with_noise(self, generator: torch.Generator) -> Self:
        """The first model beside itself, off by as much in each row as the second is, in a random direction.

        Nothing in it depends on what the text says: a latent of one model alone, found here, is found for nothing.
        """
        size = (self.second - self.first).norm(dim=1, keepdim=True) if self.first.shape == self.second.shape else 0.0
        drawn = torch.randn(self.first.shape, generator=generator)
        other = self.first + size * torch.nn.functional.normalize(drawn, dim=1)
        return type(self)(self.first, other, self.sequences, self.tokens, self.vocabulary, self.names)

    def vectors(self) -> tuple[Activations, Activations]:
        """Both as activations of the same sequences."""
        _, lengths = self.sequences.unique_consecutive(return_counts=True)
        first, second = (Activations(one, _lengths=lengths.numpy()) for one in (self.first, self.second))
        return first, second

    def fingerprint(self) -> str:
        """SHA-256 of both activations."""
        digest = hashlib.sha256(repr((self.names, self.vocabulary)).encode())
        for part in (self.first, self.second, self.sequences, self.tokens):
            if part is not None:
                digest.update(np.ascontiguousarray(part.cpu().numpy()).tobytes())
        return digest.hexdigest()

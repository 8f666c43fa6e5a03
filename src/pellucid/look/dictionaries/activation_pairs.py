"""What a dictionary is trained on: activations to read, and those that it should write."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Self

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor

from ...artifacts.features.dictionary import Dictionary
from ...core.claim import Claim
from ...subjects.models.activations import Vectors, as_activations
from ...subjects.models.site import Site
from .dictionary_claims import Measurements

Pair = tuple[Float[Tensor, "rows width"], Float[Tensor, "rows width_out"]]
"""Inputs and targets of the same rows; the same tensor twice where both are one."""


@dataclass(frozen=True, eq=False)
class ActivationPairs:
    """Inputs and targets of the same rows: for an autoencoder the same, for a transcoder those of two sites.

    Raises:
        ValueError: targets are wanted, and the activations have none.

    >>> from pellucid.subjects.models.activations import Activations
    >>> pairs = ActivationPairs(Activations(torch.eye(4), targets=torch.ones(4, 2)), to_targets=True)
    >>> pairs.width, pairs.width_out
    (4, 2)
    """

    vectors: Vectors
    to_targets: bool = False
    """Whether the second vectors are to be written, and not those that are read."""

    made_by: ClassVar[str] = (
        "Site(model, path, inputs), Activations(values), an ActivationStore or a tensor (rows, width)"
    )

    def __post_init__(self) -> None:
        if self.to_targets and not self.vectors.target_width:
            raise ValueError(
                "the activations have no targets to write; give Site(model, path, inputs, target=path), or "
                "Activations(values, targets=...)"
            )

    @property
    def count(self) -> int:
        """How many rows there are."""
        return self.vectors.count

    @property
    def width(self) -> int:
        """Of what is read."""
        return self.vectors.width

    @property
    def width_out(self) -> int:
        """Of what is written."""
        return self.vectors.target_width if self.to_targets else self.vectors.width

    def fingerprint(self) -> str:
        """That of the activations."""
        return self.vectors.fingerprint()

    def split(self, fraction: float, generator: torch.Generator) -> tuple[Self, Self]:
        """Two parts, the second with about `fraction` of the rows; no sequence is in both."""
        first, second = self.vectors.split(fraction, generator)
        return replace(self, vectors=first), replace(self, vectors=second)

    def rows(self, indices: Int[Tensor, " rows"]) -> Pair:
        """Inputs and targets of some rows."""
        values = self.vectors.rows(indices)
        return values, self.vectors.rows(indices, "targets") if self.to_targets else values

    def batches(self, size: int, generator: torch.Generator) -> Iterator[Pair]:
        """One pass over shuffled batches of inputs and targets, `size` rows each."""
        if self.to_targets:
            yield from self.vectors.pairs(size, generator)
            return
        for values in self.vectors.batches(size, generator):
            yield values, values

    def in_original_units(self, found: Dictionary) -> Dictionary:
        """The dictionary for the activations that were given, where those of `vectors` have other units."""
        return found

    def claims(self, found: Dictionary, measured: Measurements) -> tuple[Claim, ...]:
        """What these activations let be said besides; `found` is in the units of `vectors`."""
        return ()


def activation_pairs(given: Any, *, to_targets: bool = False) -> Any:
    """Of a Site, Activations, an ActivationStore or a tensor (rows, width); anything else stays what it is."""
    if isinstance(given, Site | Vectors | Tensor | np.ndarray):
        return ActivationPairs(as_activations(given), to_targets)
    return given

"""Transcoders: dictionaries that read one site and write another, such as a layer's input and output (2406.11944).

arXiv 2406.11944, section 3; trained with the k largest latents (arXiv 2501.18823).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from ...subjects.models.activations import Vectors
from .dictionary_method import DictionaryMethod


@dataclass(frozen=True)
class Transcoder(DictionaryMethod):
    """Latents that read one site and write another (arXiv 2406.11944).

    The subject has targets: Site(model, path, inputs, target=path), or Activations(values, targets=...).
    Raises ValueError where it has none.

    >>> from pellucid.subjects.models.activations import Activations
    >>> x = torch.randn(600, 8, generator=torch.Generator().manual_seed(0))
    >>> pair = Activations(x, targets=x[:, :4].relu())
    >>> Transcoder(width=32, k=2, steps=20, batch_size=64).explain(pair).artifact.describe()
    'Transcoder dictionary: 32 latents for widths 8 to 4, at most 2 fire'
    """

    def vectors(self, subject: object) -> Vectors:
        vectors = super().vectors(subject)
        if not vectors.target_width:
            raise ValueError(
                "the activations have no targets to write; give Site(model, path, inputs, target=path), or "
                "Activations(values, targets=...)"
            )
        return vectors

    def widths(self, vectors: Vectors) -> tuple[int, int]:
        return vectors.width, vectors.target_width

    def pairs_at(self, vectors: Vectors, rows: Tensor) -> tuple[Tensor, Tensor]:
        return vectors.rows(rows), vectors.rows(rows, "targets")

    def pass_over(self, vectors: Vectors, generator: torch.Generator) -> Iterator[tuple[Tensor, Tensor]]:
        yield from vectors.pairs(self.batch_size, generator)

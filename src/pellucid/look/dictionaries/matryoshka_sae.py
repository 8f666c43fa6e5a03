"""Nested dictionaries: one training finds coarse and fine features (arXiv 2503.17547)."""

from __future__ import annotations

from dataclasses import dataclass

from ...nets.dictionaries.dictionary_shape import DictionaryShape
from .dictionary_method import DictionaryMethod


@dataclass(frozen=True)
class MatryoshkaSAE(DictionaryMethod):
    """Nested dictionaries: the first latents must do alone what they can, the next add detail (arXiv 2503.17547).

    `groups` are the sizes of the nested dictionaries, as shares of `width`, the last 1.

    >>> import torch
    >>> x = torch.randn(600, 8, generator=torch.Generator().manual_seed(0))
    >>> MatryoshkaSAE(width=32, k=2, steps=20, batch_size=64).explain(x).artifact.groups
    (2, 4, 8, 16, 32)
    """

    groups: tuple[float, ...] = (1 / 16, 1 / 8, 1 / 4, 1 / 2, 1.0)

    chooses = "batch_top_k"

    def shape(self, width: int, width_out: int) -> DictionaryShape:
        sizes = tuple(dict.fromkeys(max(1, round(share * self.width)) for share in self.groups))
        return DictionaryShape(width, width_out, self.width, self.k, self.chooses, groups=sizes)

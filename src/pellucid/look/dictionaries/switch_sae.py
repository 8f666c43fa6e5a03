"""Experts: each activation is routed to one of several small dictionaries (arXiv 2410.08201)."""

from __future__ import annotations

from dataclasses import dataclass

from ...nets.dictionaries.dictionary_shape import DictionaryShape
from .dictionary_method import DictionaryMethod


@dataclass(frozen=True)
class SwitchSAE(DictionaryMethod):
    """Experts: each activation goes to one of them, and only its latents are looked at (arXiv 2410.08201).

    Rows are sorted by expert, with one matrix product for each: choosing costs 1 / `experts` of a dense dictionary's.

    >>> import torch
    >>> x = torch.randn(600, 8, generator=torch.Generator().manual_seed(0))
    >>> SwitchSAE(width=32, k=2, experts=4, steps=20, batch_size=64).explain(x).artifact.describe()
    'Switch dictionary: 32 latents in 4 experts for width 8, at most 2 fire'
    """

    experts: int = 8

    def shape(self, width: int, width_out: int) -> DictionaryShape:
        return DictionaryShape(width, width_out, self.width, self.k, self.chooses, self.experts)

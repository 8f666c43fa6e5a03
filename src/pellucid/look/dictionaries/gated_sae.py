"""A gate for each latent, which says whether it fires (arXiv 2404.16014)."""

from __future__ import annotations

from dataclasses import dataclass, replace

from ...nets.dictionaries.dictionary_options import DictionaryOptions
from .dictionary_method import DictionaryMethod


@dataclass(frozen=True)
class GatedSAE(DictionaryMethod):
    """A gate that says whether a latent fires, and a value that is not shrunk by it (arXiv 2404.16014).

    `sparsity` is where the weight of the gates' sum begins; it then follows the number that fires, towards k.

    >>> import torch
    >>> x = torch.randn(600, 8, generator=torch.Generator().manual_seed(0))
    >>> GatedSAE(width=32, k=2, steps=20, batch_size=64).explain(x).artifact.activation
    'threshold'
    """

    sparsity: float = 1.0

    chooses = "gated"

    def options(self) -> DictionaryOptions:
        return replace(super().options(), sparsity=self.sparsity)

"""The k largest latents of a batch, shared out among its activations (arXiv 2412.06410)."""

from __future__ import annotations

from dataclasses import dataclass

from .dictionary_method import DictionaryMethod


@dataclass(frozen=True)
class BatchTopKSAE(DictionaryMethod):
    """The k largest latents for each activation on average over a batch (arXiv 2412.06410).

    What comes out has one threshold for all latents: that above which k fire on average.

    >>> import torch
    >>> x = torch.randn(600, 8, generator=torch.Generator().manual_seed(0))
    >>> BatchTopKSAE(width=32, k=2, steps=20, batch_size=64).explain(x).artifact.describe()
    'BatchTopK dictionary: 32 latents for width 8, on average about 2 fire'
    """

    chooses = "batch_top_k"

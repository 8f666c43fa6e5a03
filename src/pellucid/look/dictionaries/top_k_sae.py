"""The k largest latents of each activation (arXiv 2406.04093)."""

from __future__ import annotations

from dataclasses import dataclass

from .dictionary_method import DictionaryMethod


@dataclass(frozen=True)
class TopKSAE(DictionaryMethod):
    """The k largest latents of each activation (arXiv 2406.04093).

    >>> import torch
    >>> x = torch.randn(600, 8, generator=torch.Generator().manual_seed(0))
    >>> TopKSAE(width=32, k=2, steps=20, batch_size=64).explain(x).artifact.describe()
    'TopK dictionary: 32 latents for width 8, at most 2 fire'
    """

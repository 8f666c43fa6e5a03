"""A threshold for each latent, trained through the jump (arXiv 2407.14435)."""

from __future__ import annotations

from dataclasses import dataclass, replace

from ...nets.dictionaries.dictionary_options import DictionaryOptions
from .dictionary_method import DictionaryMethod


@dataclass(frozen=True)
class JumpReLUSAE(DictionaryMethod):
    """A threshold for each latent, trained through the jump, so that k fire on average (arXiv 2407.14435).

    `bandwidth` is that of the jump's gradient, as a share of where thresholds begin; `sparsity` the weight of
    (L0 / k - 1)^2 in units of the activations' variance.

    >>> import torch
    >>> x = torch.randn(600, 8, generator=torch.Generator().manual_seed(0))
    >>> JumpReLUSAE(width=32, k=2, steps=20, batch_size=64).explain(x).artifact.activation
    'threshold'
    """

    bandwidth: float = 0.2
    sparsity: float = 1.0

    chooses = "jump_relu"

    def options(self) -> DictionaryOptions:
        return replace(super().options(), bandwidth=self.bandwidth, sparsity=self.sparsity)

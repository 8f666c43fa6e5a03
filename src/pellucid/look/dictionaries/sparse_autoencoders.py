"""Sparse autoencoders: dictionaries that reconstruct the activations they read, told apart by which latents may fire.

TopK (arXiv 2406.04093), BatchTopK (2412.06410), JumpReLU (2407.14435), gated (2404.16014), Matryoshka (2503.17547) and
Switch (2410.08201). One training serves all: `nets.dictionary_training`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from ...nets.dictionaries.dictionary_options import DictionaryOptions
from ...nets.dictionaries.dictionary_shape import DictionaryShape
from .dictionary_method import DictionaryMethod


@dataclass(frozen=True)
class TopKSAE(DictionaryMethod):
    """The k largest latents of each activation (arXiv 2406.04093).

    >>> import torch
    >>> x = torch.randn(600, 8, generator=torch.Generator().manual_seed(0))
    >>> TopKSAE(width=32, k=2, steps=20, batch_size=64).explain(x).artifact.describe()
    'TopK dictionary: 32 latents for width 8, at most 2 fire'
    """


@dataclass(frozen=True)
class BatchTopKSAE(DictionaryMethod):
    """The k largest latents for each activation on average over a batch (arXiv 2412.06410).

    What comes out has one threshold for all latents: that above which k fire on average.

    >>> import torch
    >>> x = torch.randn(600, 8, generator=torch.Generator().manual_seed(0))
    >>> BatchTopKSAE(width=32, k=2, steps=20, batch_size=64).explain(x).artifact.describe()
    'BatchTopK dictionary: 32 latents for width 8, on average about 2 fire'
    """

    def shape(self, width: int, width_out: int) -> DictionaryShape:
        return DictionaryShape(width, width_out, self.width, self.k, "batch_top_k")


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

    def shape(self, width: int, width_out: int) -> DictionaryShape:
        return DictionaryShape(width, width_out, self.width, self.k, "jump_relu")

    def options(self) -> DictionaryOptions:
        return replace(super().options(), bandwidth=self.bandwidth, sparsity=self.sparsity)


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

    def shape(self, width: int, width_out: int) -> DictionaryShape:
        return DictionaryShape(width, width_out, self.width, self.k, "gated")

    def options(self) -> DictionaryOptions:
        return replace(super().options(), sparsity=self.sparsity)


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

    def shape(self, width: int, width_out: int) -> DictionaryShape:
        sizes = tuple(dict.fromkeys(max(1, round(share * self.width)) for share in self.groups))
        return DictionaryShape(width, width_out, self.width, self.k, "batch_top_k", groups=sizes)


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
        return DictionaryShape(width, width_out, self.width, self.k, experts=self.experts)

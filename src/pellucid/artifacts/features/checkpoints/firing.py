"""How the latents of a checkpoint fire, whatever its library calls it: by one encoder, one bias, and thresholds."""

from __future__ import annotations

from typing import Any, NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor

from ..dictionary import Dictionary

__all__ = ["Firing"]


class Firing(NamedTuple):
    """a = x `encoder` + `bias`, where above `threshold`; None: the k largest."""

    encoder: Float[Tensor, "width n"]
    bias: Float[Tensor, " n"]
    threshold: Float[Tensor, " n"] | None = None

    @classmethod
    def above(cls, encoder: Float[Tensor, "width n"], bias: Float[Tensor, " n"], threshold: Tensor | float) -> Firing:
        """A threshold for each latent, or one for all; relu is applied too, so that none is below 0."""
        return cls(encoder, bias, (torch.zeros_like(bias) + threshold).clamp_min(0))

    @classmethod
    def gated(
        cls, encoder: Float[Tensor, "width n"], gate: Float[Tensor, " n"], magnitude: Float[Tensor, " n"],
        log_gain: Float[Tensor, " n"],
    ) -> Firing:  # fmt: skip
        """relu(e^log_gain x W + magnitude) where x W + gate > 0 (arXiv 2404.16014): a threshold on one of both."""
        gain = log_gain.exp()
        return cls.above(encoder * gain, magnitude, magnitude - gain * gate)

    def dictionary(
        self, kind_of: str, decoder: Float[Tensor, "n width_out"], decoder_bias: Float[Tensor, " width_out"],
        k: int = 0, **others: Any,
    ) -> Dictionary:  # fmt: skip
        """The dictionary whose latents fire so; `others`: the fields of `Dictionary` that a checkpoint may have.

        >>> eye, zero = torch.eye(2), torch.zeros(2)
        >>> Firing.above(eye, zero, 1.5).dictionary("JumpReLU", eye, zero).reconstruct(torch.tensor([[1.0, 2.0]]))
        tensor([[0., 2.]])
        """
        activation = "top_k" if self.threshold is None else "threshold"
        return Dictionary(
            kind_of, self.encoder, decoder, self.bias, decoder_bias, k, activation, threshold=self.threshold, **others
        )

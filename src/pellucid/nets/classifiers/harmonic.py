"""Harmonic loss: a last layer whose weight rows are the centres of its classes.

    d_i = |x - w_i|,   p_i = d_i^-n / sum_j d_j^-n,   loss = -log p_y          (Baek et al., arXiv:2502.01628)

The probabilities do not change where x and all w are moved, turned or scaled together. The most probable class is that
of the nearest w, whatever n is. The hot path is one matrix product, as for a linear layer.
"""

from __future__ import annotations

import math

import torch
from jaxtyping import Float
from torch import Tensor, nn


class HarmonicLinear(nn.Module):
    """Rows (batch, inputs) -> log-probabilities (batch, classes), for `nll_loss` or as logits of a cross-entropy.

    `exponent` n is large where classes part sharply; by default 2 sqrt(inputs) (the paper: of the order of the root of
    the width). `floor` is added to squared distances, relative to their mean, so that no logarithm is of 0.

    >>> layer = HarmonicLinear(2, 2, exponent=2)
    >>> layer.weight.data = torch.tensor([[0.0, 0.0], [3.0, 0.0]])
    >>> [round(p, 3) for p in layer(torch.tensor([[1.0, 0.0]])).exp()[0].tolist()]
    [0.8, 0.2]
    """

    def __init__(
        self,
        inputs: int,
        classes: int,
        exponent: float | None = None,
        floor: float = 1e-6,
        generator: torch.Generator | None = None,
    ) -> None:
        super().__init__()
        if exponent is not None and not exponent > 0:
            raise ValueError(f"exponent={exponent:g} makes far centres as probable as near ones; give one above 0")
        self.exponent, self.floor = exponent or 2 * math.sqrt(inputs), floor
        self.weight = nn.Parameter(torch.empty(classes, inputs))
        nn.init.normal_(self.weight, std=1 / math.sqrt(inputs), generator=generator)

    def squared_distances(self, x: Float[Tensor, "batch inputs"]) -> Float[Tensor, "batch classes"]:
        """|x - w_i|^2, from one matrix product."""
        found = x.square().sum(-1, keepdim=True) + self.weight.square().sum(-1) - 2 * x @ self.weight.T
        return found.clamp_min(0)

    def forward(self, x: Float[Tensor, "batch inputs"]) -> Float[Tensor, "batch classes"]:
        squared = self.squared_distances(x)
        floored = squared + self.floor * squared.mean().detach().clamp_min(1e-30)
        return (-self.exponent / 2 * floored.log()).log_softmax(-1)

"""The k largest latents of each row (arXiv 2406.04093), nested (arXiv 2503.17547) or shared out among experts.

Nested dictionaries: the mean of the loss over the first n_1, first n_2, ... latents; a latent's g is the sum of those
of every dictionary that has it.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import torch
from jaxtyping import Float, Int
from torch import Tensor

from ....sparse.choosing import choose
from ....sparse.codes import Fired
from ....sparse.kernels import decode, sampled_product
from ..dictionary_gradients import Gradients, Product, reconstruction_gradients, scored
from ..dictionary_shape import KINDS, DictionaryKind, DictionaryShape, Penalty
from ..dictionary_weights import Weights
from ..experts import Experts


@dataclass(frozen=True)
class TopK(DictionaryKind):
    """The k largest latents of each row; with experts, of those of the row's expert."""

    experts: Experts | None = field(default_factory=Experts)

    nests = True
    by_row = True

    def gradients(
        self,
        x: Float[Tensor, "batch width"],
        y: Float[Tensor, "batch width_out"],
        weights: Weights,
        shape: DictionaryShape,
        penalty: Penalty,
    ) -> Gradients:
        """Each value is the activation where it is positive."""
        if self.experts is not None and shape.experts > 1:
            return self.experts.gradients(x, y, weights, shape.k)
        fired = self.chosen(x, weights, shape)
        if len(shape.groups) > 1:
            return nested_gradients(x, y, fired, weights, shape.groups)
        return reconstruction_gradients(x, y, fired, weights)[0]

    def chosen(self, x: Float[Tensor, "batch width"], weights: Weights, shape: DictionaryShape) -> Fired:
        """Which latents are taken."""
        return Fired.of(choose(x, weights.choosing, weights.bias, shape.k))


def nested_gradients(
    x: Float[Tensor, "batch width"],
    y: Float[Tensor, "batch width_out"],
    fired: Fired,
    weights: Weights,
    groups: tuple[int, ...],
) -> Gradients:
    """The mean over the nested dictionaries of `groups` latents, each value the activation if positive."""
    bags, order = _nested(fired, groups)
    values = scored(x, fired, weights)[order].relu()
    parts = decode(values, bags, weights.decoder.weight)
    residual = parts.view(len(x), len(groups), -1).cumsum(1).add_(weights.decoder_bias.weight).sub_(y[:, None])
    last = residual[:, -1]
    slope = residual * (2 / (len(x) * len(groups)))
    bias = slope.sum((0, 1))
    slope = slope.flip(1).cumsum(1).flip(1).reshape(len(x) * len(groups), -1)
    by_value = sampled_product(slope, bags, weights.decoder.weight) * (values > 0)
    return Gradients(
        bags.latents,
        Product(values, bags.rows, slope),
        Product(by_value, fired.rows[order], x),
        by_value[:, None],
        bias,
        None,
        values > 0,
        torch.linalg.vector_norm(last, dim=1).square(),
        last,
    )


def _nested(fired: Fired, groups: tuple[int, ...]) -> tuple[Fired, Int[Tensor, " entry"]]:
    """The entries by row and, within it, by the smallest dictionary that has them; and where each came from."""
    bounds = torch.tensor(groups, device=fired.latents.device)
    bag = fired.rows * len(bounds) + torch.bucketize(fired.latents, bounds, right=True)
    order = torch.argsort(bag, stable=True)
    bags = Fired.by_row(fired.latents[order], bag[order], len(fired.offsets) * len(bounds))
    return bags, order


KINDS.register("top_k", TopK())

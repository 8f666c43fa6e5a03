"""The gradients of a dictionary, by hand: products over the entries that fired, never a dense matrix of codes.

With y the target, y' = p · sum_e v_e D_{l_e} + b the reconstruction, and L = mean_b |y'_b - y_b|^2:

    g = 2 (y' - y) / batch        dL/dv_e = p g_{r_e} · D_{l_e}
    dL/dD_l = sum_e v_e p g_{r_e}     dL/dE_l = sum_e (dL/dv_e) x_{r_e}     over the entries e of latent l

Here stands what all kinds share; which entries there are, and what else the loss has, is said by each kind (`kinds`).
"""

from __future__ import annotations

from typing import NamedTuple

import torch
import torch.nn.functional as F
from jaxtyping import Bool, Float, Int
from torch import Tensor

from ...sparse.codes import Fired
from ...sparse.kernels import ByLatent, by_latent, decode, latent_sums, sampled_product
from ...sparse.reconstructing import Reconstruction, reconstruct
from .dictionary_weights import Weights


class Product(NamedTuple):
    """The gradient of a latent's row: sum_e values_e matrix[sources_e] over its entries e."""

    values: Float[Tensor, " entry"]
    sources: Int[Tensor, " entry"]
    matrix: Float[Tensor, "batch width"]


class Gradients(NamedTuple):
    """What one batch says about every weight; entry e belongs to latent `latents[e]`."""

    latents: Int[Tensor, " entry"]
    decoder: Product
    encoder: Product
    scalars: Float[Tensor, "entry c"]
    decoder_bias: Float[Tensor, " width_out"]
    router: Float[Tensor, "experts width"] | None
    fired: Bool[Tensor, " entry"]
    """Whether each entry had a value above 0: near a threshold, entries count that had not."""
    error: Float[Tensor, " batch"]
    """|y' - y|^2 of each row, of the whole dictionary."""
    residual: Float[Tensor, "batch width_out"]
    """y' - y of the same rows; with experts, in the order of experts."""

    def dense(self, size: int) -> dict[str, Tensor]:
        """The gradients as full matrices, for checks."""
        groups = by_latent(self.latents, size)
        found = {}
        for name, product in (("encoder", self.encoder), ("decoder", self.decoder)):
            whole = product.matrix.new_zeros(size, product.matrix.shape[1])
            whole[groups.touched] = latent_sums(product.values, product.sources, groups, product.matrix)
            found[name] = whole
        found["scalars"] = self.scalars.new_zeros(size, self.scalars.shape[1])
        found["scalars"][groups.touched] = scalar_sums(self.scalars, self.latents, groups)
        found["decoder_bias"] = self.decoder_bias
        if self.router is not None:
            found["router"] = self.router
        return found


def scalar_sums(scalars: Float[Tensor, "entry c"], latents: Tensor, groups: ByLatent) -> Float[Tensor, "touched c"]:
    """The entries' parts added up by latent."""
    whole = scalars.new_zeros(scalars.shape[1], len(groups.counts))
    columns = [sums.index_add_(0, latents, column) for sums, column in zip(whole, scalars.unbind(1), strict=True)]
    return torch.stack([column.index_select(0, groups.touched) for column in columns], 1)


def activations_of(x: Float[Tensor, "batch width"], weights: Weights) -> Float[Tensor, "batch n"]:
    """Every latent's activation, in bfloat16 where latents are chosen in it."""
    encoder = weights.choosing
    return F.linear(x.to(encoder.dtype), encoder, weights.bias.to(encoder.dtype))


def scored(x: Float[Tensor, "batch width"], fired: Fired, weights: Weights) -> Float[Tensor, " entry"]:
    """The exact activation of each entry."""
    return sampled_product(x, fired, weights.encoder.weight) + weights.bias[fired.latents]


def reconstruction_gradients(
    x: Float[Tensor, "rows width"],
    y: Float[Tensor, "rows width_out"],
    fired: Fired,
    weights: Weights,
    share: Float[Tensor, " rows"] | None = None,
    batch: int | None = None,
) -> tuple[Gradients, Reconstruction]:
    """Of entries whose value is the activation where positive, times a row's `share`; without the router's.

    `batch`: of how many rows these are a part (None: they are all).
    """
    encoder, decoder = (weights.encoder.weight, weights.bias), (weights.decoder.weight, weights.decoder_bias.weight[0])
    found = reconstruct(x, y, fired, encoder, decoder, share=share, batch=batch)
    mean = 2 / (len(x) if batch is None else batch)
    slope = found.values * mean
    if share is not None:  # as many entries in every row
        slope = (slope.view(len(share), -1) * share[:, None]).view(-1)
    gradients = Gradients(
        fired.latents,
        Product(slope, fired.rows, found.residual),
        Product(found.by_value, fired.rows, x),
        found.by_value[:, None],
        found.residual.sum(0) * mean,
        None,
        found.values > 0,
        found.error,
        found.residual,
    )
    return gradients, found


def residual_of(
    values: Float[Tensor, " entry"], fired: Fired, y: Float[Tensor, "batch width_out"], weights: Weights
) -> tuple[Float[Tensor, "batch width_out"], Float[Tensor, "batch width_out"]]:
    """y' - y, and the mean loss's derivative by y'."""
    residual = decode(values, fired, weights.decoder.weight).add_(weights.decoder_bias.weight).sub_(y)
    return residual, residual * (2 / len(y))

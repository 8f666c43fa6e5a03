"""The gradients of every dictionary, by hand: products over the entries that fired, never a dense matrix of codes.

With y the target, y' = p · sum_e v_e D_{l_e} + b the reconstruction, and L = mean_b |y'_b - y_b|^2:

    g = 2 (y' - y) / batch        dL/dv_e = p g_{r_e} · D_{l_e}
    dL/dD_l = sum_e v_e p g_{r_e}     dL/dE_l = sum_e (dL/dv_e) x_{r_e}     over the entries e of latent l

Nested dictionaries (arXiv 2503.17547): the mean of L over the first n_1, first n_2, ... latents; a latent's g is the
sum of those of every dictionary that has it. Experts (arXiv 2410.08201): p is the router's share, and a balance term
alpha · width · experts · sum_i (rows to i / batch) mean_b p_bi keeps them all in use.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int
from torch import Tensor

from ...sparse.choosing import choose
from ...sparse.codes import Fired
from ...sparse.encoding import Routed, route
from ...sparse.kernels import ByLatent, by_latent, decode, latent_sums, sampled_product
from ...sparse.reconstructing import Reconstruction, reconstruct
from ...sparse.top_k import top_k
from .dictionary_shape import DictionaryShape, Weights

BALANCE = 0.2
"""alpha of the balance term, in units of the activations' variance: theirs is 3 (arXiv 2410.08201, section 3) for
activations as they come. With 3 / width, one or two of 8 experts got no rows, and a fifth of the latents died."""
MOST = 3
"""A row may take this many times k latents where k is an average."""


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
    fired: Tensor
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


def activations_of(x: Float[Tensor, "batch width"], weights: Weights) -> Tensor:
    """Every latent's activation, in bfloat16 where latents are chosen in it."""
    encoder = weights.encoder
    if encoder.low is None:
        return F.linear(x, encoder.weight, weights.bias)
    low = encoder.low
    return F.linear(x.to(low.dtype), low, weights.bias.to(low.dtype))


def scored(x: Tensor, fired: Fired, weights: Weights) -> Float[Tensor, " entry"]:
    """The exact activation of each entry."""
    return sampled_product(x, fired, weights.encoder.weight) + weights.bias[fired.latents]


def top_k_gradients(x: Tensor, y: Tensor, weights: Weights, shape: DictionaryShape) -> Gradients:
    """The k largest of each row (arXiv 2406.04093), or of the batch (arXiv 2412.06410); nested or not."""
    fired = chosen(x, weights, shape)
    if len(shape.groups) > 1:
        return nested_gradients(x, y, fired, weights, shape)
    found = reconstruct(x, y, fired, (weights.encoder.weight, weights.bias), _decoder(weights))
    return of_reconstruction(x, fired, found, None, len(x))


def _decoder(weights: Weights) -> tuple[Tensor, Tensor]:
    return weights.decoder.weight, weights.decoder_bias.weight[0]


def of_reconstruction(x: Tensor, fired: Fired, found: Reconstruction, share: Tensor | None, batch: int) -> Gradients:
    """The gradients of rows that are a part of `batch`, without the router's."""
    mean = 2 / batch
    slope = found.values * mean
    if share is not None:  # as many entries in every row
        slope = (slope.view(len(share), -1) * share[:, None]).view(-1)
    return Gradients(
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


def chosen(x: Tensor, weights: Weights, shape: DictionaryShape) -> Fired:
    """Which latents are taken."""
    if shape.kind == "top_k":
        return Fired.of(choose(x, _choosing(weights), weights.bias, shape.k))
    values, indices = top_k(activations_of(x, weights), min(MOST * shape.k, shape.size))
    wanted = min(len(x) * shape.k, values.numel())
    values = values.to(x.dtype)
    flat = values.reshape(-1)
    least = flat.kthvalue(flat.numel() - wanted + 1).values
    mask = (values >= least) & (values > 0)
    rows, place = mask.nonzero(as_tuple=True)
    return Fired.by_row(indices[rows, place], rows, len(x))


def nested_gradients(x: Tensor, y: Tensor, fired: Fired, weights: Weights, shape: DictionaryShape) -> Gradients:
    """The mean over the nested dictionaries, each value the activation if positive."""
    groups = len(shape.groups)
    bags, order = _nested(fired, shape)
    values = scored(x, fired, weights)[order].relu()
    parts = decode(values, bags, weights.decoder.weight)
    residual = parts.view(len(x), groups, -1).cumsum(1).add_(weights.decoder_bias.weight).sub_(y[:, None])
    last = residual[:, -1]
    slope = residual * (2 / (len(x) * groups))
    bias = slope.sum((0, 1))
    slope = slope.flip(1).cumsum(1).flip(1).reshape(len(x) * groups, -1)
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


def _nested(fired: Fired, shape: DictionaryShape) -> tuple[Fired, Tensor]:
    """The entries by row and, within it, by the smallest dictionary that has them; and where each came from."""
    bounds = torch.tensor(shape.groups, device=fired.latents.device)
    bag = fired.rows * len(bounds) + torch.bucketize(fired.latents, bounds, right=True)
    order = torch.argsort(bag, stable=True)
    bags = Fired.by_row(fired.latents[order], bag[order], len(fired.offsets) * len(bounds))
    return bags, order


def expert_gradients(x: Tensor, y: Tensor, weights: Weights, shape: DictionaryShape) -> Gradients:
    """The k largest of each row's expert, times the router's share (arXiv 2410.08201)."""
    assert weights.router is not None
    routed = route(x, weights.router.weight)
    x_sorted = x.index_select(0, routed.order)
    y_sorted = x_sorted if y is x else y.index_select(0, routed.order)
    found, by_share = gradients_of_experts(x_sorted, y_sorted, routed, slice(None), weights, shape)
    return found._replace(router=router_gradient(x, by_share, routed, shape))


def gradients_of_experts(
    x: Tensor, y: Tensor, routed: Routed, experts: slice, weights: Weights, shape: DictionaryShape
) -> tuple[Gradients, Float[Tensor, " batch"]]:
    """Of the rows of some experts, sorted, for the weights of these experts; and dL/dp of the expert taken."""
    begin, end = sum(routed.sizes[: experts.start or 0]), sum(routed.sizes[: experts.stop])
    order, batch = routed.order[begin:end], len(routed.expert)
    share = routed.shares[order, routed.expert[order]]
    fired = Fired.of(choose(x, _choosing(weights), weights.bias, shape.k, routed.sizes[experts]))
    encoder = (weights.encoder.weight, weights.bias)
    found = reconstruct(x, y, fired, encoder, _decoder(weights), share=share, batch=batch)
    return of_reconstruction(x, fired, found, share, batch), found.by_share


def _choosing(weights: Weights) -> Tensor:
    """The encoder in the format that latents are chosen in."""
    return weights.encoder.weight if weights.encoder.low is None else weights.encoder.low


def router_gradient(
    x: Tensor, by_share: Float[Tensor, " batch"], routed: Routed, shape: DictionaryShape
) -> Float[Tensor, "experts width"]:
    """From dL/dp of the expert taken (rows sorted by expert), with the balance term, through the softmax."""
    shares = routed.shares
    batch, experts = shares.shape
    used = torch.tensor(routed.sizes, dtype=shares.dtype, device=shares.device) / batch
    slope = (used * (BALANCE * shape.width_out * experts / batch)).expand(batch, experts).clone()
    slope[routed.order, routed.expert[routed.order]] += by_share
    inner = shares * (slope - (slope * shares).sum(1, keepdim=True))
    return inner.t() @ x

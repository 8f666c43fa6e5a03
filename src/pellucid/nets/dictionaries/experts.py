"""Experts: a router sends each row to one of them, and only its latents are looked at (arXiv 2410.08201).

    p = softmax(x R^T), e = argmax p;    y' = p_e · sum over the k largest latents of expert e;    dL/dR through p_e

A balance term alpha · width · experts · sum_i (rows to i / batch) mean_b p_bi keeps them all in use.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

from ...sparse.choosing import choose
from ...sparse.codes import Fired
from ...sparse.encoding import Routed, route
from .dictionary_gradients import Gradients, reconstruction_gradients
from .dictionary_weights import Weights


@dataclass(frozen=True)
class Experts:
    """The gradients of latents that are shared out among experts."""

    balance: float = 0.2
    """alpha of the balance term, in units of the activations' variance: theirs is 3 (arXiv 2410.08201, section 3) for
    activations as they come. With 3 / width, one or two of 8 experts got no rows, and a fifth of the latents died."""

    def gradients(
        self, x: Float[Tensor, "batch width"], y: Float[Tensor, "batch width_out"], weights: Weights, k: int
    ) -> Gradients:
        """The k largest of each row's expert, times the router's share."""
        assert weights.router is not None
        routed = route(x, weights.router.weight)
        x_sorted = x.index_select(0, routed.order)
        y_sorted = x_sorted if y is x else y.index_select(0, routed.order)
        found, by_share = self.of_experts(x_sorted, y_sorted, routed, slice(None), weights, k)
        return found._replace(router=self.router_gradient(x, by_share, routed, y.shape[1]))

    def of_experts(
        self,
        x: Float[Tensor, "rows width"],
        y: Float[Tensor, "rows width_out"],
        routed: Routed,
        experts: slice,
        weights: Weights,
        k: int,
    ) -> tuple[Gradients, Float[Tensor, " rows"]]:
        """Of the rows of some experts, sorted, for the weights of these experts; and dL/dp of the expert taken."""
        begin, end = sum(routed.sizes[: experts.start or 0]), sum(routed.sizes[: experts.stop])
        order, batch = routed.order[begin:end], len(routed.expert)
        share = routed.shares[order, routed.expert[order]]
        fired = Fired.of(choose(x, weights.choosing, weights.bias, k, routed.sizes[experts]))
        gradients, found = reconstruction_gradients(x, y, fired, weights, share, batch)
        return gradients, found.by_share

    def router_gradient(
        self, x: Float[Tensor, "batch width"], by_share: Float[Tensor, " batch"], routed: Routed, width_out: int
    ) -> Float[Tensor, "experts width"]:
        """From dL/dp of the expert taken (rows sorted by expert), with the balance term, through the softmax."""
        shares = routed.shares
        batch, experts = shares.shape
        used = torch.tensor(routed.sizes, dtype=shares.dtype, device=shares.device) / batch
        slope = (used * (self.balance * width_out * experts / batch)).expand(batch, experts).clone()
        slope[routed.order, routed.expert[routed.order]] += by_share
        inner = shares * (slope - (slope * shares).sum(1, keepdim=True))
        return inner.t() @ x

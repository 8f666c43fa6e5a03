"""A threshold for each latent, which decides how many fire: JumpReLU (arXiv 2407.14435, equations 11 and 12).

v = a where a > t; with K = 1 within half a bandwidth of t,

    dv/dt ~ -(t / eps) K((a - t) / eps),    d[a > t]/dt ~ -(1 / eps) K((a - t) / eps)
    L = mean |y' - y|^2 + sparsity (L0 / k - 1)^2                 (the form with a wanted L0, its appendix F)

The entries are those above the threshold less half a bandwidth: nothing else has a gradient.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from jaxtyping import Float
from torch import Tensor

from ....sparse.encoding import above
from ....sparse.kernels import sampled_product
from ..dictionary_gradients import Gradients, Product, activations_of, residual_of, scored
from ..dictionary_shape import KINDS, DictionaryKind, DictionaryShape, Inference, Penalty
from ..dictionary_weights import Weights


class JumpReLU(DictionaryKind):
    """A latent fires above a threshold of its own, learnt as its logarithm."""

    scalars = ("bias", "log_threshold")
    learns_thresholds = True

    def gradients(
        self,
        x: Float[Tensor, "batch width"],
        y: Float[Tensor, "batch width_out"],
        weights: Weights,
        shape: DictionaryShape,
        penalty: Penalty,
    ) -> Gradients:
        """Of the reconstruction and of how far the mean number that fires is from k."""
        width, sparsity = penalty.bandwidth, penalty.sparsity * shape.width_out
        threshold = weights.scalars.weight[:, 1].exp()
        dense = activations_of(x, weights)
        fired = above(dense, (threshold - width / 2).to(dense.dtype))
        activations, bar = scored(x, fired, weights), threshold[fired.latents]
        on = activations > bar
        values = activations * on
        residual, slope = residual_of(values, fired, y, weights)
        by_value = sampled_product(slope, fired, weights.decoder.weight)
        near = (activations - bar).abs() < width / 2
        count = float(on.sum()) / len(x)
        by_count = sparsity * 2 * (count / shape.k - 1) / (shape.k * len(x))
        by_threshold = -(bar * by_value + by_count) * near / width
        by_activation = by_value * on
        return Gradients(
            fired.latents,
            Product(values, fired.rows, slope),
            Product(by_activation, fired.rows, x),
            torch.stack([by_activation, by_threshold * bar], 1),
            slope.sum(0),
            None,
            on,
            residual.square().sum(1),
            residual,
        )

    def set_thresholds(self, weights: Weights, least: float) -> None:
        """Every threshold is `least`."""
        weights.scalars.weight[:, 1] = torch.tensor(least).log()

    def at_inference(self, weights: Weights, batch_threshold: Callable[[], float]) -> Inference:
        """The thresholds as they were learnt."""
        return Inference(weights.encoder.weight, weights.bias, weights.scalars.weight[:, 1].exp())


KINDS.register("jump_relu", JumpReLU())

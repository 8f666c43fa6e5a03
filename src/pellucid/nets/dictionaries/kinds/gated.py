"""A gate says whether a latent fires, and a value that the penalty does not shrink (arXiv 2404.16014, section 3.2).

With z = E x, pi = z + gate_bias and v = relu(e^r z + bias) where pi > 0:

    L = mean |y' - y|^2 + sparsity mean sum relu(pi) + mean |y'(relu(pi)) - y|^2        the last with a frozen decoder

The entries are those with an open gate: nothing else has a gradient.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

from ....sparse.encoding import above
from ....sparse.kernels import sampled_product
from ..dictionary_gradients import Gradients, Product, activations_of, residual_of
from ..dictionary_shape import KINDS, DictionaryKind, DictionaryShape, Inference, Penalty
from ..dictionary_weights import Weights


@dataclass(frozen=True)
class Gated(DictionaryKind):
    """Gate and value read the same direction, each with a bias, the value with a gain e^r."""

    steering: float = 0.02
    """How fast the weight of the gates' sum follows the number that fires: exp(steering · excess) a step, so that a
    factor of 10 takes at least 115 steps."""

    scalars = ("bias", "gate_bias", "log_gain")
    learns_thresholds = True

    def gradients(
        self,
        x: Float[Tensor, "batch width"],
        y: Float[Tensor, "batch width_out"],
        weights: Weights,
        shape: DictionaryShape,
        penalty: Penalty,
    ) -> Gradients:
        """Of the reconstruction, the gates' sum and what the gates alone reconstruct."""
        sparsity = penalty.sparsity
        bias, gate_bias, log_gain = weights.scalars.weight.unbind(1)
        dense = activations_of(x, weights)
        fired = above(dense, (bias - gate_bias).to(dense.dtype))
        inner = sampled_product(x, fired, weights.encoder.weight)
        gate = (inner + gate_bias[fired.latents]).relu()
        gain = log_gain[fired.latents].exp()
        values = (gain * inner + bias[fired.latents]).relu() * (gate > 0)
        residual, slope = residual_of(values, fired, y, weights)
        by_value = sampled_product(slope, fired, weights.decoder.weight) * (values > 0)
        _, gate_slope = residual_of(gate, fired, y, weights)
        by_gate = (sampled_product(gate_slope, fired, weights.decoder.weight) + sparsity / len(x)) * (gate > 0)
        return Gradients(
            fired.latents,
            Product(values, fired.rows, slope),
            Product(by_value * gain + by_gate, fired.rows, x),
            torch.stack([by_value, by_gate, by_value * gain * inner], 1),
            slope.sum(0),
            None,
            values > 0,
            residual.square().sum(1),
            residual,
        )

    def set_thresholds(self, weights: Weights, least: float) -> None:
        """Gates open above `least`."""
        weights.scalars.weight[:, 1] = -least

    def next_sparsity(self, sparsity: float, excess: float) -> float:
        """More weight where more than k fire, less where fewer do."""
        return sparsity * float(torch.tensor(self.steering * max(-1.0, min(1.0, excess))).exp())

    def at_inference(self, weights: Weights, batch_threshold: Callable[[], float]) -> Inference:
        """e^r z + bias where z + gate_bias > 0 and the value is positive: a threshold of the value."""
        bias, gate_bias, log_gain = weights.scalars.weight.unbind(1)
        gain = log_gain.exp()
        threshold = (bias - gain * gate_bias).clamp_min(0)
        return Inference(weights.encoder.weight * gain[:, None], bias, threshold)


KINDS.register("gated", Gated())

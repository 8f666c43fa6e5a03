"""Gradients where each latent has a threshold or a gate of its own, which decide how many fire.

JumpReLU (arXiv 2407.14435, equations 11 and 12): v = a where a > t; with K = 1 within half a bandwidth of t,

    dv/dt ~ -(t / eps) K((a - t) / eps),    d[a > t]/dt ~ -(1 / eps) K((a - t) / eps)
    L = mean |y' - y|^2 + sparsity (L0 / k - 1)^2                 (the form with a wanted L0, its appendix F)

Gated (arXiv 2404.16014, section 3.2), with z = E x, pi = z + gate_bias and v = relu(e^r z + bias) where pi > 0:

    L = mean |y' - y|^2 + sparsity mean sum relu(pi) + mean |y'(relu(pi)) - y|^2        the last with a frozen decoder

The entries are those above the threshold less half a bandwidth, or with an open gate: nothing else has a gradient.
"""

from __future__ import annotations

import torch
from torch import Tensor

from ...sparse.codes import Fired
from ...sparse.encoding import above
from ...sparse.kernels import decode, sampled_product
from .dictionary_gradients import Gradients, Product, activations_of, scored
from .dictionary_shape import DictionaryShape, Weights


def jump_relu_gradients(
    x: Tensor, y: Tensor, weights: Weights, shape: DictionaryShape, *, bandwidth: float, sparsity: float
) -> Gradients:
    """Of the reconstruction and of how far the mean number that fires is from k."""
    threshold = weights.scalars.weight[:, 1].exp()
    dense = activations_of(x, weights)
    fired = above(dense, (threshold - bandwidth / 2).to(dense.dtype))
    activations, bar = scored(x, fired, weights), threshold[fired.latents]
    on = activations > bar
    values = activations * on
    residual, slope = _residual(values, fired, y, weights)
    by_value = sampled_product(slope, fired, weights.decoder.weight)
    near = (activations - bar).abs() < bandwidth / 2
    count = float(on.sum()) / len(x)
    by_count = sparsity * 2 * (count / shape.k - 1) / (shape.k * len(x))
    by_threshold = -(bar * by_value + by_count) * near / bandwidth
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


def gated_gradients(x: Tensor, y: Tensor, weights: Weights, shape: DictionaryShape, *, sparsity: float) -> Gradients:
    """Of the reconstruction, the gates' sum and what the gates alone reconstruct."""
    bias, gate_bias, log_gain = weights.scalars.weight.unbind(1)
    dense = activations_of(x, weights)
    fired = above(dense, (bias - gate_bias).to(dense.dtype))
    inner = sampled_product(x, fired, weights.encoder.weight)
    gate = (inner + gate_bias[fired.latents]).relu()
    gain = log_gain[fired.latents].exp()
    values = (gain * inner + bias[fired.latents]).relu() * (gate > 0)
    residual, slope = _residual(values, fired, y, weights)
    by_value = sampled_product(slope, fired, weights.decoder.weight) * (values > 0)
    _, gate_slope = _residual(gate, fired, y, weights)
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


def _residual(values: Tensor, fired: Fired, y: Tensor, weights: Weights) -> tuple[Tensor, Tensor]:
    residual = decode(values, fired, weights.decoder.weight).add_(weights.decoder_bias.weight).sub_(y)
    return residual, residual * (2 / len(y))

"""From a trained dictionary in normalised units to the artifact in the units of the activations.

Codes scale with activations, so that centre and scale go into the weights and the decoder's rows keep unit norm:

    x' = (x - m) s,  y' = (y - m') s'      E' x' + b' = s' (E (x - m) + b)      E = E' s / s',  b = b' / s'
"""

from __future__ import annotations

import torch
from jaxtyping import Float
from torch import Tensor

from ...artifacts.features.dictionary import Dictionary
from ...nets.dictionaries.dictionary_gradients import activations_of
from ...nets.dictionaries.dictionary_scale import usual
from ...nets.dictionaries.dictionary_training import DictionaryTraining

_BATCHES = 8


def dictionary_of(training: DictionaryTraining, kind_of: str, sample: Float[Tensor, "rows width"]) -> Dictionary:
    """The artifact; `sample` are raw activations that say where the threshold of a batch's k largest lies."""
    shape, weights, scale = training.shape, training.weights, training.scale
    encoder, bias, threshold = weights.encoder.weight, weights.bias, None
    if shape.kind == "jump_relu":
        threshold = weights.scalars.weight[:, 1].exp()
    elif shape.kind == "gated":
        bias, gate_bias, log_gain = weights.scalars.weight.unbind(1)
        gain = log_gain.exp()
        encoder = encoder * gain[:, None]
        # e^r z + bias where z + gate_bias > 0 and the value is positive
        threshold = (bias - gain * gate_bias).clamp_min(0)
    elif shape.kind == "batch_top_k":
        threshold = torch.full_like(bias, batch_threshold(training, sample))
    router = weights.router
    return Dictionary(
        kind_of,
        (encoder * (scale.factor / scale.factor_out)).t(),
        weights.decoder.weight.clone(),
        bias / scale.factor_out,
        scale.mean_out + weights.decoder_bias.weight[0] / scale.factor_out,
        shape.k,
        "top_k" if threshold is None else "threshold",
        scale.mean,
        None if threshold is None else threshold / scale.factor_out,
        None if router is None else router.weight * scale.factor,
        None if router is None else scale.mean.clone(),
        shape.groups,
    )


def batch_threshold(training: DictionaryTraining, sample: Float[Tensor, "rows width"]) -> float:
    """Above which k latents fire on average: the mean over batches of the least activation taken (2412.06410)."""
    size = min(len(sample), training.options.batch_size)
    found = []
    for rows in sample.split(size)[:_BATCHES]:
        x = training.scale.inputs(rows)
        x = x[usual(x)]
        wanted = len(x) * training.shape.k
        if wanted:
            dense = activations_of(x, training.weights).float().reshape(-1)
            found.append(float(dense.kthvalue(dense.numel() - wanted + 1).values))
    return max(0.0, sum(found) / len(found))

"""From a trained dictionary in normalised units to the artifact in the units of the activations.

Codes scale with activations, so that centre and scale go into the weights and the decoder's rows keep unit norm:

    x' = (x - m) s,  y' = (y - m') s'      E' x' + b' = s' (E (x - m) + b)      E = E' s / s',  b = b' / s'
"""

from __future__ import annotations

from jaxtyping import Float
from torch import Tensor

from ...artifacts.features.dictionary import Dictionary
from ...nets.dictionaries.dictionary_gradients import activations_of
from ...nets.dictionaries.dictionary_training import DictionaryTraining


def dictionary_of(training: DictionaryTraining, kind_of: str, sample: Float[Tensor, "rows width"]) -> Dictionary:
    """The artifact; `sample` are raw activations that say where the threshold of a batch's k largest lies."""
    shape, weights, scale = training.shape, training.weights, training.scale
    rule = shape.rule.at_inference(weights, lambda: batch_threshold(training, sample))
    router = weights.router
    return Dictionary(
        kind_of,
        (rule.encoder * (scale.factor / scale.factor_out)).t(),
        weights.decoder.weight.clone(),
        rule.bias / scale.factor_out,
        scale.mean_out + weights.decoder_bias.weight[0] / scale.factor_out,
        shape.k,
        "top_k" if rule.threshold is None else "threshold",
        scale.mean,
        None if rule.threshold is None else rule.threshold / scale.factor_out,
        None if router is None else router.weight * scale.factor,
        None if router is None else scale.mean.clone(),
        shape.groups,
    )


def batch_threshold(training: DictionaryTraining, sample: Float[Tensor, "rows width"], most_batches: int = 8) -> float:
    """Above which k latents fire on average: the mean over batches of the least activation taken (2412.06410)."""
    size = min(len(sample), training.options.batch_size)
    found = []
    for rows in sample.split(size)[:most_batches]:
        x = training.scale.inputs(rows)
        x = x[training.scale.usual(x)]
        wanted = len(x) * training.shape.k
        if wanted:
            dense = activations_of(x, training.weights).float().reshape(-1)
            found.append(float(dense.kthvalue(dense.numel() - wanted + 1).values))
    return max(0.0, sum(found) / len(found))

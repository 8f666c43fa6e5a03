"""What a direction of the residual stream does to the logits, directly: through the final norm and the unembedding."""

from __future__ import annotations

import torch
from jaxtyping import Float
from torch import Tensor

from ..subjects.language_model import LanguageModel
from .evaluation.dense_latents import Unembedding

__all__ = ["effective_unembedding", "logit_effects"]

_BATCH = 512


def effective_unembedding(model: LanguageModel) -> Unembedding | None:
    """The unembedding with the final norm's gain in it, and its words; None where the model has none.

    logits = U (g * x / rms(x)):    what a small step along d adds is U (g * d) / rms(x), for a given rms(x)
    """
    if not model.unembedding:
        return None
    matrix = model.model.get_submodule(model.unembedding).get_parameter("weight").detach().float().cpu()
    gain = getattr(model.model.get_submodule(model.final_norm), "weight", None) if model.final_norm else None
    if isinstance(gain, Tensor) and gain.shape == matrix.shape[1:]:
        matrix = matrix * gain.detach().float().cpu()
    return Unembedding(matrix, tuple(model.words(range(matrix.shape[0]))))


def logit_effects(
    unembedding: Unembedding, directions: Float[Tensor, "features width"], count: int
) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """The words that each direction promotes most and suppresses most: values, words, values, words (features, count).

    Effects are of unit directions, less the mean over the vocabulary, which changes no probability.
    """
    units = torch.nn.functional.normalize(directions.float(), dim=1)
    centred = unembedding.matrix - unembedding.matrix.mean(0)
    count = min(count, len(centred))
    found: list[list[Tensor]] = []
    for part in units.split(_BATCH):
        effects = part @ centred.T
        up, down = effects.topk(count, dim=1), effects.topk(count, dim=1, largest=False)
        found.append([up.values, up.indices, down.values, down.indices])
    first, second, third, fourth = (torch.cat(column) for column in zip(*found, strict=True))
    return first, second, third, fourth

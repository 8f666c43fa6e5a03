"""What a direction of the residual stream does to the logits, directly: through the final norm and the unembedding."""

from __future__ import annotations

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from ...subjects.models.language_model import LanguageModel
from ..evaluation.dense_latents import Unembedding

__all__ = ["effective_unembedding", "logit_effects", "words_of_text"]


def effective_unembedding(model: LanguageModel) -> Unembedding | None:
    """The unembedding with the final norm's gain in it, and its words; None where the model has none.

    logits = U (g * x / rms(x)):    what a small step along d adds is U (g * d) / rms(x), for a given rms(x)
    """
    if not model.unembedding:
        return None
    matrix = model.model.get_submodule(model.unembedding).get_parameter("weight").detach().float().cpu()
    gain = _gain(model.model.get_submodule(model.final_norm)) if model.final_norm else None
    if gain is not None and gain.shape == matrix.shape[1:]:
        matrix = matrix * gain
    return Unembedding(matrix, tuple(model.words(range(matrix.shape[0]))))


def _gain(norm: nn.Module) -> Tensor | None:
    """What a norm multiplies by: its weight, or in Gemma's one more than that."""
    weight = getattr(norm, "weight", None)
    if not isinstance(weight, Tensor):
        return None
    with torch.no_grad():
        of_ones = norm(torch.ones_like(weight)[None])[0]
        return (1 + weight if torch.allclose(of_ones, 1 + weight, atol=0.05) else weight).detach().float().cpu()


def logit_effects(
    unembedding: Unembedding,
    directions: Float[Tensor, "features width"],
    count: int,
    among: Int[Tensor, " words"] | None = None,
    batch: int = 512,
) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """The words that each direction promotes most and suppresses most: values, words, values, words (features, count).

    Effects are of unit directions, less the mean over the vocabulary, which changes no probability. `among`: only these
    words are looked at; without them rare words, whose unembeddings are long, come first everywhere.
    """
    units = torch.nn.functional.normalize(directions.float(), dim=1)
    words = torch.arange(len(unembedding.matrix)) if among is None else among
    centred = unembedding.matrix[words] - unembedding.matrix.mean(0)
    count = min(count, len(centred))
    found: list[list[Tensor]] = []
    for part in units.split(batch):
        effects = part @ centred.T
        up, down = effects.topk(count, dim=1), effects.topk(count, dim=1, largest=False)
        found.append([up.values, words[up.indices], down.values, words[down.indices]])
    first, second, third, fourth = (torch.cat(column) for column in zip(*found, strict=True))
    return first, second, third, fourth


def words_of_text(tokens: Int[Tensor, "rows length"], least: int) -> Int[Tensor, " words"] | None:
    """The words that occur twice or more; None where these are fewer than `least`."""
    words, counts = tokens.unique(return_counts=True)
    often = words[counts > 1]
    return often if len(often) >= least else None

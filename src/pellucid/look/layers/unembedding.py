"""What a direction of the residual stream does to the logits, directly: through all that comes after the last layer.

What that is (a norm of any kind, a projection, a factor) is not looked up but run: its derivative is taken at the
stream of some text, one backward pass through it for each number that the unembedding reads.
"""

from __future__ import annotations

import torch
from jaxtyping import Float, Int
from torch import Tensor

from ...subjects.models.hooks import INPUT, calls_of, device_of, evaluating
from ...subjects.models.language_model import LanguageModel
from ...subjects.models.model_inputs import ModelInputs
from ..evaluation.dense_latents import Unembedding
from .layer_passes import CachedPrefix

__all__ = ["effective_unembedding", "last_layer", "logit_effects", "words_of_text"]


def effective_unembedding(model: LanguageModel, inputs: ModelInputs, rows: int = 2) -> Unembedding | None:
    """The mean derivative of the logits by the stream after the last layer, over the tokens of some rows; its words.

        logits = U f(x),    what a small step along d adds on average is U J d,    J = mean over tokens of df/dx

    so a layer norm takes the mean of d away, and every norm what lies along the stream itself. A cap on the logits
    themselves is left out: it moves all of them. None where the model has no unembedding, or nothing flows into it from
    a last layer.
    """
    if not model.unembedding:
        return None
    weight = model.model.get_submodule(model.unembedding).get_parameter("weight").detach().float().cpu()
    derivative = _mean_derivative(model, inputs.part(slice(0, rows)), weight.shape[1])
    if derivative is None:
        return None
    return Unembedding(weight @ derivative, tuple(model.words(range(len(weight)))))


def last_layer(model: LanguageModel, inputs: ModelInputs) -> str:
    """The path of the last layer before the unembedding, found by running one row; "" where there is none.

    A layer is one of a list of modules of one class; it puts out a vector for each token that is predicted.
    """
    network, tokens = model.model, inputs.predicted
    if tokens is None:
        return ""
    blocks = [path for found in model.lists.values() for path in found]
    one = inputs.part(slice(0, 1)).to(device_of(network)).call()
    try:
        calls = calls_of(network, one, blocks, until=model.unembedding + INPUT)
    except ValueError:  # the unembedding takes no part
        return ""
    return next((path for path, shape in reversed(calls) if shape[1:2] == tokens.shape[1:] and len(shape) == 3), "")


def _mean_derivative(model: LanguageModel, inputs: ModelInputs, read: int) -> Float[Tensor, "read width"] | None:
    """Of what the unembedding reads by the stream, over all tokens that are text."""
    with evaluating(model):
        path = last_layer(model, inputs)
        if not path:
            return None
        seen: dict[str, Tensor] = {}

        def leaf(x: Tensor) -> Tensor:
            seen["stream"] = x.detach().requires_grad_()
            return seen["stream"]

        def keep(x: Tensor) -> Tensor:
            seen["read"] = x
            return x

        edits = {path: leaf, model.unembedding + INPUT: keep}
        CachedPrefix.of(model, inputs, path).run(torch.arange(inputs.rows), edits, grad=True)
    mask = inputs.predicted_mask
    if mask is None or seen["read"].shape != (*mask.shape, read) or seen["stream"].shape[:2] != mask.shape:
        return None
    kept = mask.to(seen["read"].device)
    summed = seen["read"].float()[kept].sum(0)  # every token depends on its own place of the stream alone
    rows = []
    for number in range(read):
        (slope,) = torch.autograd.grad(summed[number], seen["stream"], retain_graph=number + 1 < read)
        rows.append(slope.float().sum((0, 1)).cpu() / int(kept.sum()))
    return torch.stack(rows)


def logit_effects(
    unembedding: Unembedding,
    directions: Float[Tensor, "features width"],
    count: int,
    among: Int[Tensor, " words"] | None = None,
    batch: int = 512,
) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """The words that each direction promotes most and suppresses most: values, words, values, words (features, count).

    Effects are of unit directions, less the mean over the vocabulary, which changes no probability (of logits of one
    distribution). `among`: only these words are looked at; without them rare words, whose unembeddings are long, come
    first everywhere.
    """
    units = torch.nn.functional.normalize(directions.float(), dim=1)
    words = torch.arange(len(unembedding.matrix)) if among is None else among
    centred = unembedding.matrix[words] - unembedding.softmax * unembedding.matrix.mean(0)
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

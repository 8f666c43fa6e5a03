"""What a direction of the stream does to a classifier's logits, directly: through the head, whatever that is.

    R_c = mean over places of  sum over tokens t of  d logit_c / d x_t        x_t: the stream after the last layer

so R_c . d is what a small step along d at every token adds on average to the logit of class c, of a row or of each
token. The head is not looked up but run (pooling, norms, projections), and its derivative taken: one backward pass
through it for each class.
"""

from __future__ import annotations

from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor

from ...subjects.models.hooks import calls_of, device_of, evaluating, gradients_or_value_error, has_logits, logits_of
from ...subjects.models.language_model import LanguageModel
from ...subjects.models.model_inputs import ModelInputs
from ..evaluation.dense_latents import Unembedding
from .layer_passes import CachedPrefix

__all__ = ["class_names", "class_readout", "last_block"]


def class_readout(model: LanguageModel, inputs: ModelInputs, rows: int = 8) -> Unembedding | None:
    """The mean derivative of the logits by the stream after the last layer, over the first rows; the classes' names.

    None where the model puts out no logits, or none that depend on the stream of a last layer.
    """
    part = inputs.part(slice(0, rows))
    with evaluating(model):
        path = last_block(model, part)
        derivative = _mean_derivative(model, part, path) if path else None
    if derivative is None or not derivative.any():
        return None
    labels = getattr(getattr(model.model, "config", None), "problem_type", None)
    softmax = len(derivative) > 1 and labels != "multi_label_classification"
    return Unembedding(derivative, tuple(class_names(model.model, len(derivative))), softmax)


def last_block(model: LanguageModel, inputs: ModelInputs) -> str:
    """The last module of a list of layers to put out a vector for each place, (rows, places, width); "": none does."""
    blocks = [path for found in model.lists.values() for path in found]
    if not blocks:
        return ""
    calls = calls_of(model.model, inputs.part(slice(0, 1)).to(device_of(model)).call(), blocks)
    return next((path for path, shape in reversed(calls) if len(shape) == 3), "")


def class_names(network: Any, count: int) -> list[str]:
    """The names that a model has for its classes; where it has none, their numbers.

    >>> class_names(None, 2)
    ['class 0', 'class 1']
    """
    names = getattr(getattr(network, "config", None), "id2label", None) or {}
    if len(names) != count:
        return [f"class {number}" for number in range(count)]
    return [str(names.get(number, f"class {number}")) for number in range(count)]


def _mean_derivative(model: LanguageModel, inputs: ModelInputs, path: str) -> Float[Tensor, "classes width"] | None:
    seen: list[Tensor] = []

    def leaf(x: Tensor) -> Tensor:
        seen[:] = [x.detach().requires_grad_()]  # of a module that stands for several layers, the last run
        return seen[0].clone()

    prefix = CachedPrefix.of(model, inputs, path)
    try:
        with gradients_or_value_error(model):
            output = prefix.run(torch.arange(inputs.rows), {path: leaf}, grad=True)
    except ValueError:
        return None
    if not has_logits(output):
        return None
    logits = logits_of(output)
    if logits.ndim not in (2, 3) or not logits.requires_grad:
        return None
    places = _counted(logits, inputs)
    rows = []
    for number in range(places.shape[-1]):
        (slope,) = torch.autograd.grad(
            places[:, number].sum(), seen[0], retain_graph=number + 1 < places.shape[-1], allow_unused=True
        )
        if slope is None:
            return None
        rows.append(slope.float().sum((0, 1)).cpu() / len(places))
    return torch.stack(rows)


def _counted(logits: Tensor, inputs: ModelInputs) -> Float[Tensor, "places classes"]:
    """The logits of all places that are text, or of all rows."""
    mask = inputs.mask
    if logits.ndim == 3 and mask is not None and mask.shape == logits.shape[:2]:
        return logits[mask.to(logits.device)].float()
    return logits.reshape(-1, logits.shape[-1]).float()

"""What the answer loses with a feature taken out: by the graph's paths, by the model's derivatives, and in truth.

The answer is the likeliest word's logit less that of the next one, which decides between them; the mean over all words
moves with the scale of the last norm, which the graph holds still.
"""

from __future__ import annotations

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor

from ...subjects.models.hooks import Edit, gradients_or_value_error, logits_of, run
from .linear_prompt import LinearPrompt

__all__ = ["effects_by_derivatives", "effects_by_graph", "measured_effects"]


def answer_of(logits: Float[Tensor, "rows vocabulary"], first: Float[Tensor, " vocabulary"]) -> Float[Tensor, " rows"]:
    """The logit of the likeliest word of `first` less that of the next one.

    >>> answer_of(torch.tensor([[1.0, 2.0, 5.0]]), torch.tensor([0.0, 3.0, 4.0])).tolist()
    [3.0]
    """
    best, other = first.topk(2).indices.tolist()
    return logits[:, best] - logits[:, other]


def effects_by_graph(prompt: LinearPrompt) -> Float[np.ndarray, " features"]:
    """What the answer has from each feature by all paths, where the other features that fire follow."""
    passed = prompt.passes(1, following=True)
    best, other = prompt.logits.topk(2).indices.tolist()
    weights = torch.zeros_like(passed.logits)
    weights[0, best], weights[0, other] = 1, -1
    return _of_features(prompt, passed.slopes([passed.logits], [weights])[1])


def effects_by_derivatives(prompt: LinearPrompt) -> Float[np.ndarray, " features"]:
    """What the answer has from each feature to first order in the model, in which nothing is held still."""
    subject, paths = prompt.subject, prompt.subject.replacement.writes
    network, tokens = subject.model.model, subject.tokens.to(subject.model.device)

    def leaf(x: Tensor) -> Tensor:
        return x.clone() if x.requires_grad else x.clone().requires_grad_(True)

    with gradients_or_value_error(network):
        output, values = run(network, tokens, read=paths, edits=dict.fromkeys(paths, leaf), stop=False, grad=True)
        answer = answer_of(logits_of(output)[:, -1], prompt.logits)
        slopes = torch.autograd.grad(answer[0], [values[path] for path in paths])
    length = tokens.shape[1]
    return _of_features(prompt, [one.float().cpu().reshape(1, length, -1) for one in slopes])


def measured_effects(prompt: LinearPrompt, chosen: Int[np.ndarray, " some"], batch: int) -> Float[np.ndarray, " some"]:
    """What the answer loses in the model with each feature taken out alone."""
    subject = prompt.subject
    starts = np.cumsum([0, *(len(one.places) for one in prompt.features)])
    whole, found = float(answer_of(prompt.logits[None], prompt.logits)), []
    for low in range(0, len(chosen), batch):
        part = chosen[low : low + batch]
        layers = np.searchsorted(starts, part, side="right") - 1
        edits: dict[str, Edit] = {}
        for layer in np.unique(layers).tolist():
            one, moved = prompt.features[layer], torch.zeros(len(part), *prompt.written[layer].shape)
            for row in np.flatnonzero(layers == layer):
                at = int(part[row] - starts[layer])
                moved[int(row), int(one.places[at])] = one.writes[at]
            edits[subject.replacement.writes[layer]] = lambda x, moved=moved: x - moved.to(x).reshape(x.shape)
        tokens = subject.tokens.to(subject.model.device).expand(len(part), -1)
        logits = logits_of(run(subject.model.model, tokens, edits=edits)[0])[:, -1].float().cpu()
        found.append(whole - answer_of(logits, prompt.logits).numpy().astype(np.float64))
    return np.concatenate(found) if found else np.zeros(0)


def _of_features(prompt: LinearPrompt, slopes: list[Tensor | None] | list[Tensor]) -> Float[np.ndarray, " features"]:
    found = [
        torch.zeros(len(one.places)) if slope is None else (slope[0, one.places] * one.writes).sum(-1)
        for one, slope in zip(prompt.features, slopes, strict=True)
    ]
    return torch.cat(found).numpy().astype(np.float64)

"""The rows of an attribution graph: what each feature and each logit gets from every feature, error and token before.

    A[target, source] = (what the source writes) . d target / d (what is written there)

A target is a logit less the mean logit, or what a feature reads along its encoder; derivatives are of the linear pass.
Rows are made for those nodes first through which most of the logits comes. Cost: a backward pass for each `batch` rows.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor

from ...core.reporter import Reporter
from .linear_prompt import LinearPass, LinearPrompt

__all__ = ["GraphRows", "influences"]


@dataclass(frozen=True, eq=False)
class GraphRows:
    """Nodes in the order features, errors, tokens; rows of logits first and then of the nodes `expanded`."""

    layers: Int[np.ndarray, " nodes"]
    places: Int[np.ndarray, " nodes"]
    numbers: Int[np.ndarray, " nodes"]
    """Of features; -1 of errors, -2 of tokens."""
    values: Float[np.ndarray, " nodes"]
    logits: Int[np.ndarray, " logits"]
    chances: Float[np.ndarray, " logits"]
    rows: Float[np.ndarray, "logits nodes"]
    expanded: Int[np.ndarray, " some"]
    expanded_rows: Float[np.ndarray, "some nodes"]

    @property
    def features(self) -> int:
        """How many of the nodes are features."""
        return int((self.numbers >= 0).sum())

    @classmethod
    def of(
        cls, prompt: LinearPrompt, *, most: int, batch: int, logits: int, mass: float, reporter: Reporter
    ) -> GraphRows:
        """`most`: features whose rows are made; `logits`: at most so many, until they have the probability `mass`."""
        chances = prompt.logits.softmax(0)
        ranked = chances.argsort(descending=True)[:logits]
        ranked = ranked[: int((chances[ranked].cumsum(0) < mass).sum()) + 1]
        passed = prompt.passes(batch)
        maker = _Maker(prompt, passed, batch)
        found = maker.of_logits(ranked)
        layers, places, numbers, values = maker.nodes()
        count = int((numbers >= 0).sum())
        weights = chances[ranked].numpy()
        done: list[int] = []
        made = np.zeros((0, len(layers)), np.float32)
        reporter.start("attribution", min(most, count))
        while len(done) < min(most, count):
            shares = influences(found, weights, np.array(done, int), made, count)
            shares[done] = -1
            todo = np.argsort(-shares[:count], kind="stable")[: min(8 * batch, min(most, count) - len(done))]
            todo = todo[np.argsort(layers[todo], kind="stable")]
            for low in range(0, len(todo), batch):
                part = todo[low : low + batch]
                made = np.concatenate([made, maker.of_features(part)])
                done += part.tolist()
                reporter.advance(len(part))
        reporter.finish()
        return cls(layers, places, numbers, values, ranked.numpy(), weights, found, np.array(done, int), made)


def influences(
    logit_rows: Float[np.ndarray, "logits nodes"],
    weights: Float[np.ndarray, " logits"],
    expanded: Int[np.ndarray, " some"],
    rows: Float[np.ndarray, "some nodes"],
    features: int,
) -> Float[np.ndarray, " nodes"]:
    """How much of the logits comes through each node: B = w |A'| (I + |A'| + ...), rows of |A'| adding up to 1.

    >>> influences(np.array([[0.0, 2.0, 2.0]]), np.ones(1), np.array([1]), np.array([[3.0, 0.0, 1.0]]), 2).tolist()
    [0.375, 0.5, 0.625]
    """
    shares = np.abs(rows) / np.maximum(np.abs(rows).sum(1, keepdims=True), 1e-12)
    now = weights @ (np.abs(logit_rows) / np.maximum(np.abs(logit_rows).sum(1, keepdims=True), 1e-12))
    total = now.copy()
    while len(expanded) and now[:features].sum() > 1e-9:
        now = now[expanded] @ shares
        total += now
    return total


@dataclass(frozen=True, eq=False)
class _Maker:
    prompt: LinearPrompt
    passed: LinearPass
    batch: int

    def nodes(self) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """Layer, token, number and value of every node."""
        features, length = self.prompt.features, len(self.prompt.stream)
        depth = len(features)
        layers = [*(np.full(len(one.places), n) for n, one in enumerate(features)),
                  np.repeat(np.arange(depth), length), np.full(length, -1)]  # fmt: skip
        places = [*(one.places.numpy() for one in features), np.tile(np.arange(length), depth), np.arange(length)]
        numbers = [*(one.numbers.numpy() for one in features), np.full(depth * length, -1), np.full(length, -2)]
        values = [*(one.values.numpy() for one in features),
                  np.concatenate([one.error.norm(dim=1).numpy() for one in features]), np.ones(length)]  # fmt: skip
        found = [np.concatenate(part) for part in (layers, places, numbers, values)]
        return found[0], found[1], found[2], found[3]

    def of_logits(self, logits: Int[Tensor, " logits"]) -> Float[np.ndarray, "logits nodes"]:
        """The rows of some logits, a batch of them at a time."""
        made = []
        for part in logits.split(self.batch):
            weights = torch.zeros_like(self.passed.logits)
            weights[torch.arange(len(part)), part] = 1
            made.append(self._rows([self.passed.logits], [weights], len(part)))
        return np.concatenate(made)

    def of_features(self, chosen: Int[np.ndarray, " some"]) -> Float[np.ndarray, "some nodes"]:
        """The rows of some features, at most a batch of them."""
        starts = np.cumsum([0, *(len(one.places) for one in self.prompt.features)])
        outputs: dict[int, Tensor] = {}
        for row, node in enumerate(chosen):
            layer = int(np.searchsorted(starts, node, side="right")) - 1
            one, at = self.prompt.features[layer], int(node - starts[layer])
            weights = outputs.setdefault(layer, torch.zeros_like(self.passed.read[layer]))
            weights[row, one.places[at]] = one.reads[at].to(weights)
        return self._rows([self.passed.read[layer] for layer in outputs], list(outputs.values()), len(chosen))

    def _rows(self, outputs: list[Tensor], weights: list[Tensor], count: int) -> Float[np.ndarray, "count nodes"]:
        stream, written = self.passed.slopes(outputs, weights)
        features, errors = [], []
        for one, slope in zip(self.prompt.features, written, strict=True):
            if slope is None:
                features.append(torch.zeros(count, len(one.places)))
                errors.append(torch.zeros(count, len(one.error)))
                continue
            features.append((slope[:count, one.places] * one.writes).sum(-1))
            errors.append((slope[:count] * one.error).sum(-1))
        tokens = (stream[:count] * self.prompt.stream).sum(-1)
        return torch.cat([*features, *errors, tokens], 1).numpy().astype(np.float32)

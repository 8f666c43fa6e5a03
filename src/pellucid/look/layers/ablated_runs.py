"""Pairs of inputs run through a model of which some edges are cut, and how much of the answer is left.

    left = (m - m_without) / (m_whole - m_without),   m: the mean difference of two logits

m_whole: the model as it is on the clean inputs, m_without: with what stands in the place of every edge that is cut: the
corrupted inputs' values, each component's mean over both kinds of inputs and all tokens, or zero. The embedding is cut
only where the corrupted inputs stand in.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Bool, Float
from torch import Tensor

from ...subjects.models.contrast import Contrast
from ...subjects.models.hooks import Edit, device_of, logits_of, refuse_logits_not_finite, run
from .component_graph import ComponentGraph

__all__ = ["ABLATIONS", "AblatedRuns"]

ABLATIONS = ("corrupt", "mean", "zero")


@dataclass(frozen=True, eq=False)
class AblatedRuns:
    """What all components add for clean inputs, what stands in for it, and the answers with all and with nothing."""

    graph: ComponentGraph
    contrast: Contrast
    clean: Float[Tensor, "components rows length width"]
    other: Float[Tensor, "components rows length width"]
    high: Float[Tensor, " rows"]
    low: Float[Tensor, " rows"]

    @classmethod
    def of(cls, graph: ComponentGraph, contrast: Contrast, ablation: str, means: Tensor | None = None) -> AblatedRuns:
        """`means` (components, width): those of other pairs. Raises ValueError where the answer stays as it is."""
        device, network = device_of(graph.graph.network), graph.graph.network
        logits, clean = graph.values(contrast.clean.to(device))
        refuse_logits_not_finite(network, contrast.clean.to(device), logits)
        corrupted_logits, corrupted = graph.values(contrast.corrupted.to(device))
        refuse_logits_not_finite(network, contrast.corrupted.to(device), corrupted_logits)
        other = _stand_in(ablation, clean, corrupted, means)
        high = contrast.metric(logits)
        runs = cls(graph, contrast, clean, other, high, torch.zeros_like(high))
        low = contrast.metric(graph.logits(contrast.clean.to(device), other, graph.before))
        if not abs(float((high - low).mean())) > 1e-6:
            raise ValueError(
                f"with and without all that is cut the logit differences are {float(high.mean()):.3g} and "
                f"{float(low.mean()):.3g}; give pairs that the model answers differently"
            )
        return cls(graph, contrast, runs.clean, other, high, low)

    @property
    def difference(self) -> float:
        """Of the mean answers with all and with nothing."""
        return float((self.high - self.low).mean())

    @property
    def means(self) -> Float[Tensor, "components width"]:
        """What stands in for each component where that is one vector; else the mean of it."""
        return self.other.mean((1, 2))

    def answers(self, kept: Bool[np.ndarray, "components readers"]) -> Float[Tensor, " rows"]:
        """The difference of two logits of each pair with only the edges `kept`."""
        tokens = self.contrast.clean.to(device_of(self.graph.graph.network))
        return self.contrast.metric(self.graph.logits(tokens, self.other, ~kept))

    def left(self, kept: Bool[np.ndarray, "components readers"]) -> float:
        """The share of the answer that the edges `kept` carry alone."""
        return self.share(self.answers(kept))

    def share(self, answers: Float[Tensor, " rows"]) -> float:
        return float((answers - self.low).mean()) / self.difference

    def spread(self, answers: Float[Tensor, " rows"], draws: int = 200) -> float:
        """Standard error of the share, from pairs drawn again."""
        generator = torch.Generator().manual_seed(0)
        rows = torch.randint(0, len(answers), (draws, len(answers)), generator=generator)
        gained, whole = (answers - self.low).cpu()[rows].mean(1), (self.high - self.low).cpu()[rows].mean(1)
        return float((gained / whole).std())

    def node_effect(self, component: int) -> float:
        """How much of the answer goes when one component is replaced everywhere, in truth."""
        one, graph = self.graph.components[component], self.graph.graph
        change = (self.other[component] - self.clean[component]) / graph.scales[one.sender]
        edits: dict[str, Edit] = {graph.senders[one.sender]: lambda x: x + change.reshape(x.shape).to(x)}
        output, _ = run(graph.network, self.contrast.clean.to(device_of(graph.network)), edits=edits)
        return self.share(self.contrast.metric(logits_of(output))) - 1

    def edge_scores(self, steps: int) -> Float[np.ndarray, "components readers"]:
        """To first order, what each edge moves when it is cut, as a share: 0 nothing, -1 all of the answer.

        The derivatives are means over `steps` points between what stands in for the embedding and the clean one; one
        step is at the clean inputs. Where the embedding is not cut, the points are between the corrupted one and it.
        """
        device = device_of(self.graph.graph.network)
        tokens, first = self.contrast.clean.to(device), self.graph.graph.senders[0]
        start = run(self.graph.graph.network, self.contrast.corrupted.to(device), read=first)[1][first]
        total: list[Tensor] | None = None
        for step in range(steps):
            share = (step + 0.5) / steps if steps > 1 else 1.0
            point = start + share * (self.clean[0] - start)
            found = self.graph.graph.gradients(tokens, point, self.contrast.metric)
            total = found if total is None else [a + b for a, b in zip(total, found, strict=True)]
        assert total is not None
        scores = self.graph.scores(self.other - self.clean, total)
        return scores / steps / self.contrast.rows / self.difference


def _stand_in(ablation: str, clean: Tensor, corrupted: Tensor, means: Tensor | None) -> Tensor:
    if ablation not in ABLATIONS:
        raise ValueError(f"ablation={ablation!r} is unknown; use one of {', '.join(ABLATIONS)}")
    if ablation == "corrupt":
        return corrupted
    if ablation == "zero":
        other = torch.zeros_like(clean)
    else:
        centre = torch.stack([clean, corrupted]).mean((0, 2, 3)) if means is None else means.to(clean)
        other = centre[:, None, None].expand_as(clean).clone()
    other[0] = clean[0]  # without its embedding a token is nothing that a model knows
    return other

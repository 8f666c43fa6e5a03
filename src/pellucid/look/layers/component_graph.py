"""The residual graph with single heads: what each head and each other part adds to the stream, and passes without some.

    x_v = a_0 + sum of a_c over the components c before,    a_head = P(z_head) - P(0)

z_head: what a head puts out at its own columns, P: the layer's output projection. An edge c -> v is changed alone by
exchanging a_c within x_v. What reads is a whole layer's attention, all of its heads, or its feed-forward part.

The hot path is `logits`: one pass, each head's projection, and a sum over the components before each reader.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from jaxtyping import Bool, Float
from numpy.typing import NDArray
from torch import Tensor

from ...subjects.models.hooks import INPUT, Edit, device_of, logits_of, run
from ...subjects.models.language_model import LanguageModel
from .attention_heads import LayerHeads, heads_of_layers
from .residual_graph import ResidualGraph

__all__ = ["Component", "ComponentGraph"]


@dataclass(frozen=True)
class Component:
    """A head of a layer, or a whole part: the number of its `sender` in the residual graph, and its `head` or -1."""

    name: str
    sender: int
    head: int = -1
    layer: int = -1


@dataclass(frozen=True, eq=False)
class ComponentGraph:
    """`components` in the order of the pass, the first the embedding; `before[c, v]`: c is part of what v reads."""

    graph: ResidualGraph
    components: tuple[Component, ...]
    heads: dict[int, LayerHeads]
    """By the number of the sender."""
    before: Bool[np.ndarray, "components readers"]

    @classmethod
    def read(cls, model: Any, tokens: Tensor) -> ComponentGraph:
        """The graph of a model, found on two rows of tokens. Raises ValueError where no parts make up the stream.

        The attention of a layer whose heads do not add up to what it writes (a norm comes after) is one component.
        """
        graph = ResidualGraph.read(model, tokens)
        language = LanguageModel.of(model)
        try:
            found = heads_of_layers(graph.network, language.layers, tokens)
        except ValueError:  # no heads at all, or nobody says how many: parts are whole
            found = []
        heads: dict[int, LayerHeads] = {}
        for one in found:
            sender = next((u for u, path in enumerate(graph.senders) if _within(one.path, path)), None)
            if sender is not None and _adds_up(graph, one, sender, tokens):
                heads[sender] = one
        components, rows = [], []
        for u in range(len(graph.senders)):
            layer = next((n for n, path in enumerate(language.layers) if _within(graph.senders[u], path)), -1)
            for head in range(heads[u].count) if u in heads else (-1,):
                name = graph.label(u) if head < 0 else f"{language.layers[layer]} head {head}"
                components.append(Component(name, u, head, -1 if u == 0 else layer))
                rows.append(graph.before[u])
        return cls(graph, tuple(components), heads, np.array(rows))

    def reader_of(self, component: int) -> list[int]:
        """The readers that a component is computed from; none for the embedding."""
        path = self.graph.senders[self.components[component].sender]
        return [v for v, target in enumerate(self.graph.targets) if path in target.split(", ")] if component else []

    def values(self, tokens: Tensor) -> tuple[Tensor, Float[Tensor, "components rows length width"]]:
        """The logits, and what each component adds to the stream."""
        held: dict[int, Tensor] = {}
        logits = logits_of(run(self.graph.network, tokens, edits=self._recording(held))[0])
        return logits, torch.stack([held[c] for c in range(len(self.components))])

    def logits(
        self, tokens: Tensor, other: Float[Tensor, "components rows length width"], exchanged: NDArray[np.bool_]
    ) -> Tensor:
        """The logits where on the edges `exchanged` (components, readers) what `other` holds is read instead."""
        held: dict[int, Tensor] = {}
        moved = torch.zeros(other.shape, dtype=other.dtype, device=other.device)
        filled: set[int] = set()
        masks = torch.from_numpy((exchanged & self.before).T.copy()).to(other)

        def received(v: int) -> Edit:
            def edit(x: Tensor) -> Tensor:
                for c in held.keys() - filled:
                    moved[c] = other[c] - held[c]
                    filled.add(c)
                chosen = masks[v].nonzero()[:, 0]
                if not len(chosen):
                    return x
                most = int(chosen.max()) + 1
                added = masks[v, :most] @ moved[:most].reshape(most, -1)
                return x + added.reshape(x.shape).to(x)

            return edit

        edits = self._recording(held)
        for v, path in enumerate(self.graph.receivers):
            edits[path] = received(v)
        return logits_of(run(self.graph.network, tokens, edits=edits)[0])

    def scores(
        self, moved: Float[Tensor, "components rows length width"], slopes: list[Tensor]
    ) -> Float[np.ndarray, "components readers"]:
        """sum (a_c' - a_c) . dm / dx_v for every edge, where `moved` is a_c' - a_c and `slopes` the derivatives."""
        flat = moved.reshape(len(moved), -1).double()
        found = torch.stack([flat @ slope.reshape(-1).double() for slope in slopes], 1)
        return np.where(self.before, found.cpu().numpy(), 0.0)

    def _recording(self, held: dict[int, Tensor]) -> dict[str, Edit]:
        """Edits that change nothing and keep what each component adds to the stream."""
        edits: dict[str, Edit] = {}
        for u, path in enumerate(self.graph.senders):
            members = [c for c, one in enumerate(self.components) if one.sender == u]
            if u in self.heads:
                edits[self.heads[u].path + INPUT] = self._kept_heads(u, members, held)
            else:
                edits[path] = self._kept(u, members[0], held)
        return edits

    def _kept(self, u: int, component: int, held: dict[int, Tensor]) -> Edit:
        def edit(x: Tensor) -> Tensor:
            rows = x if x.ndim == 3 else x.reshape(*held[0].shape[:2], -1)
            held[component] = rows.clone() * self.graph.scales[u]
            return x

        return edit

    def _kept_heads(self, u: int, members: list[int], held: dict[int, Tensor]) -> Edit:
        def edit(x: Tensor) -> Tensor:
            parts = heads_apart(self.graph.network, self.heads[u], x.reshape(*held[0].shape[:2], -1))
            for c, part in zip(members, parts, strict=True):
                held[c] = part * self.graph.scales[u]
            return x

        return edit


def heads_apart(
    network: torch.nn.Module, heads: LayerHeads, x: Float[Tensor, "rows length columns"]
) -> Float[Tensor, "heads rows length width"]:
    """What each head alone makes the output projection put out, without its constant."""
    module = network.get_submodule(heads.path)
    if isinstance(module, torch.nn.Linear):
        weight = module.weight.reshape(module.out_features, heads.count, heads.size)
        return torch.einsum("rlhs,whs->hrlw", x.reshape(*x.shape[:2], heads.count, heads.size), weight)
    nothing = module.forward(torch.zeros_like(x))
    found = []
    for head in range(heads.count):
        alone = torch.zeros_like(x)
        alone[..., heads.part(head)] = x[..., heads.part(head)]
        found.append(module.forward(alone) - nothing)
    return torch.stack(found)


def _adds_up(graph: ResidualGraph, heads: LayerHeads, sender: int, tokens: Tensor) -> bool:
    """Whether the part puts out what its heads make the projection put out, and a constant."""
    path = graph.senders[sender]
    held = run(graph.network, tokens.to(device_of(graph.network)), read=[heads.path + INPUT, path])[1]
    shape = (*tokens.shape, -1)
    summed = heads_apart(graph.network, heads, held[heads.path + INPUT].reshape(shape)).float().sum(0)
    rest = held[path].reshape(shape).float() - summed
    tolerance = 1e-4 if held[path].dtype == torch.float32 else 3e-2
    return float((rest - rest[0, 0]).norm()) <= tolerance * float(summed.norm().clamp_min(1e-30))


def _within(path: str, outer: str) -> bool:
    return path == outer or path.startswith(f"{outer}.")

"""Circuits: which heads and feed-forward parts of a model carry an answer, and through which edges."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np
from jaxtyping import Float, Int

from ..array_artifact import ArrayArtifact


@dataclass(frozen=True, eq=False)
class Circuit(ArrayArtifact):
    """`kept[c, v]` is 1 where the edge from component c into reader v is part of the circuit; `scores` are of edges.

    Components write into the residual stream (the embedding, heads, feed-forward parts) and readers read it (a layer's
    attention, its feed-forward part, the logits); `before[c, v]` is 1 where c is part of what v reads at all.
    `computed_from[c]` is the reader that component c is computed from, -1 for the embedding. A circuit `of` nodes has
    all edges of a component or none. What is not in it is replaced as `ablation` says: by what the corrupted inputs
    give, by the `means` (components, width), or by nothing. Scores are shares of the difference between clean and
    corrupted answers.

    Raises ValueError for tables that do not fit the components and readers.
    """

    components: tuple[str, ...]
    readers: tuple[str, ...]
    layers: Int[np.ndarray, " components"]
    heads: Int[np.ndarray, " components"]
    computed_from: Int[np.ndarray, " components"]
    before: Int[np.ndarray, "components readers"]
    kept: Int[np.ndarray, "components readers"]
    scores: Float[np.ndarray, "components readers"]
    node_scores: Float[np.ndarray, " components"]
    of: str = "edges"
    by: str = "eap-ig"
    ablation: str = "corrupt"
    model: str = ""
    faithfulness: float = float("nan")
    means: Float[np.ndarray, "components width"] = field(default_factory=lambda: np.zeros((0, 0)))

    kind = "circuit"
    whole: ClassVar[tuple[str, ...]] = ("layers", "heads", "computed_from", "before", "kept")

    def __post_init__(self) -> None:
        for name in ("components", "readers"):
            object.__setattr__(self, name, tuple(getattr(self, name)))
        for name in ("scores", "node_scores", "means", *self.whole):
            kind = np.int16 if name in self.whole else np.float32
            object.__setattr__(self, name, np.ascontiguousarray(getattr(self, name), dtype=kind))
        shape = (len(self.components), len(self.readers))
        for name in ("before", "kept", "scores"):
            if getattr(self, name).shape != shape:
                raise ValueError(f"{name} has shape {getattr(self, name).shape}; give (components, readers) = {shape}")
        for name in ("layers", "heads", "computed_from", "node_scores"):
            if getattr(self, name).shape != shape[:1]:
                raise ValueError(f"{name} has shape {getattr(self, name).shape}; give one for each component")

    @property
    def nodes(self) -> list[int]:
        """The components with an edge in the circuit, those with the largest scores first."""
        found = [int(c) for c in np.flatnonzero(self.kept.any(1))]
        return sorted(found, key=lambda c: -abs(float(self.node_scores[c])))

    @property
    def edges(self) -> list[tuple[int, int]]:
        """The circuit's edges (component, reader), those with the largest scores first."""
        found = [(int(c), int(v)) for c, v in np.argwhere(self.kept)]
        return sorted(found, key=lambda edge: -abs(float(self.scores[edge])))

    def size(self) -> tuple[int, int]:
        """How many nodes, or edges, are in the circuit, and how many there are."""
        if self.of == "nodes":
            return len(self.nodes), len(self.components)
        return len(self.edges), int(self.before.sum())

    def short(self, component: int) -> str:
        """A short name: "embedding", "12.3" for a head, "MLP 12" for a feed-forward part."""
        layer, head = int(self.layers[component]), int(self.heads[component])
        if component == 0:
            return "embedding"
        last = self.components[component].rpartition(".")[2]
        return f"{layer}.{head}" if head >= 0 else f"{'MLP' if _is_mlp(last) else last} {layer}"

    def describe(self) -> str:
        count, every = self.size()
        named = ", ".join(self.short(c) for c in self.nodes[:6])
        where = f" of {self.model}" if self.model else ""
        return f"circuit{where}: {count} of {every} {self.of} by {self.by}; most weight on {named}"


def _is_mlp(name: str) -> bool:
    return any(word in name.lower() for word in ("mlp", "ffn", "feed", "fc"))

"""The order in which nodes or edges come into a circuit, and which edges are kept with some of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float

from .component_graph import ComponentGraph

__all__ = ["CircuitOrder", "Kept"]

Kept = Bool[np.ndarray, "components readers"]


@dataclass(frozen=True, eq=False)
class CircuitOrder:
    """Edges (component, reader), or nodes as (component, -1), the best first. Circuits of nodes have the embedding."""

    graph: ComponentGraph
    what: str
    ranked: list[tuple[int, int]]

    @classmethod
    def by(
        cls,
        graph: ComponentGraph,
        edges: Float[np.ndarray, "components readers"],
        nodes: Float[np.ndarray, " components"],
        what: str,
    ) -> CircuitOrder:
        """By the absolute scores of the edges, or of the nodes."""
        if what == "edges":
            found = [(int(c), int(v)) for c, v in np.argwhere(graph.before)]
            return cls(graph, what, sorted(found, key=lambda one: -abs(float(edges[one]))))
        others = sorted(range(1, len(nodes)), key=lambda c: -abs(float(nodes[c])))
        return cls(graph, what, [(c, -1) for c in others])

    def kept(self, count: int) -> Kept:
        """The edges of the best `count`."""
        return self.of(self.ranked[:count])

    def of(self, chosen: list[tuple[int, int]]) -> Kept:
        """The edges of some nodes or edges."""
        found = np.zeros_like(self.graph.before)
        if self.what == "nodes":
            found[0] = self.graph.before[0]
        for one in chosen:
            self.mark(found, one, True)
        return found

    def mark(self, kept: Kept, one: tuple[int, int], there: bool) -> None:
        """Puts one node or edge in, or takes it out."""
        component, reader = one
        if reader < 0:
            kept[component] = self.graph.before[component] & there
        else:
            kept[one] = there

    def within(self, kept: Kept) -> list[tuple[int, int]]:
        """Those that are in a circuit, the best first."""
        return [one for one in self.ranked if (kept[one[0]].any() if one[1] < 0 else kept[one])]

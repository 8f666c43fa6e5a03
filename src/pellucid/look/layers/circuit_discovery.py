"""Circuits: the fewest heads, feed-forward parts, or edges between them that carry an answer alone.

    EAP, EAP-IG   score(c -> v) = sum (a_c' - a_c) . dm / dx_v     (arXiv 2310.10348; integrated, 2403.17806)
    exact         score(c) = m with a_c' in the place of a_c, less m
    ACDC          from the logits down: an edge goes where the answer stays without it (arXiv 2304.14997)

a_c, a_c': what component c adds to the stream, and what stands in for it; m: the difference of two logits. By scores,
the circuit is the fewest of the best that carry `faithful` of the answer of the pairs that were scored. What it is
worth is measured on pairs held out, by running the model with all else ablated, beside circuits drawn at random.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from jaxtyping import Float
from numpy.typing import NDArray

from ...artifacts.mechanisms.circuit import Circuit
from ...core.context import Context
from ...core.method import Found, Method
from ...core.reporter import Reporter
from ...subjects.models.contrast import Contrast
from ...subjects.models.hooks import device_of, evaluating
from ...subjects.models.out_of_memory import out_of_memory_says
from .ablated_runs import ABLATIONS, AblatedRuns
from .circuit_claims import circuit_claims, circuit_curve
from .circuit_order import CircuitOrder, Kept
from .component_graph import ComponentGraph

__all__ = ["CircuitDiscovery"]


@dataclass(frozen=True)
class CircuitDiscovery(Method[Contrast, Circuit]):
    """The fewest nodes or edges that carry an answer, and what they are worth on pairs held out.

    Half of the pairs are scored, the others judge. Raises ValueError for a name that is none of the known ones, for one
    pair, and for pairs that the model answers alike.

    >>> CircuitDiscovery(of="nodes").by
    'eap-ig'
    """

    of: str = "edges"
    """What is kept or cut: edges, or nodes (heads and feed-forward parts) with all their edges."""
    by: str = "eap-ig"
    """eap, eap-ig, exact (nodes only: a pass for each), or acdc (a pass for each candidate)."""
    ablation: str = "corrupt"
    """What stands in for what is cut: the corrupted inputs' values, means, or zero."""
    faithful: float = 0.85
    """The share of the answer that the circuit is to carry alone: most of it, as nothing but the whole carries all."""
    steps: int = 5
    """Points of the integrated gradient; one step is EAP."""
    threshold: float = 0.005
    """ACDC cuts what moves the answer by less than this share of it."""
    candidates: int = 400
    """ACDC tries so many edges or nodes, the best by EAP-IG, and cuts all others; 0: all."""
    drawn: int = 5
    """Random circuits of equal size that stand beside."""
    checked: int = 24
    """Nodes or edges that are taken out of the circuit one by one."""

    known: ClassVar[tuple[str, ...]] = ("eap", "eap-ig", "exact", "acdc")

    def __post_init__(self) -> None:
        for name, known in (("of", ("edges", "nodes")), ("by", self.known), ("ablation", ABLATIONS)):
            if getattr(self, name) not in known:
                raise ValueError(f"{name}={getattr(self, name)!r} is unknown; use one of {', '.join(known)}")
        if self.by == "exact" and self.of == "edges":
            raise ValueError("by='exact' patches nodes, one pass for each; use of='nodes', or by='acdc' for edges")
        if not 0 < self.faithful <= 1:
            raise ValueError(f"faithful={self.faithful} is no share of the answer; use a number from 0 to 1")
        for name in ("steps", "drawn", "checked"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name}={getattr(self, name)} is too small; use 1 or more")

    def _find(self, subject: Contrast, context: Context) -> Found[Circuit]:
        """The circuit; part "curve": circuits of other sizes."""
        generator = np.random.default_rng(context.stream("circuits"))
        fit, held = subject.halves(generator)
        remedy = "give fewer or shorter pairs of inputs"
        with out_of_memory_says("with what all components add", remedy), evaluating(subject.model) as network:
            graph = ComponentGraph.read(subject.model, fit.clean[:2].to(device_of(network)))
            runs = AblatedRuns.of(graph, fit, self.ablation)
            with context.timed("scores"):
                edges, nodes = self._scores(runs, context.reporter)
            order = CircuitOrder.by(graph, edges, nodes, self.of)
            with context.timed("search"):
                kept = self._cut(runs, order, context.reporter) if self.by == "acdc" else self._fewest(runs, order)
            judge = AblatedRuns.of(graph, held, self.ablation, runs.means if self.ablation == "mean" else None)
            with context.timed("claims"):
                claims = circuit_claims(judge, order, kept, generator, drawn=self.drawn, checked=self.checked,
                                        threshold=self.threshold)  # fmt: skip
                curve = circuit_curve(judge, order, generator)
        means = runs.means.float().cpu().numpy() if self.ablation == "mean" else np.zeros((0, 0), np.float32)
        name = str(getattr(subject.model, "name", ""))
        found = _circuit(graph, kept, edges, nodes, self, float(claims[0].value), means, name)
        return Found(found, claims, {"curve": curve}, settings={"pairs": subject.rows})

    def _scores(
        self, runs: AblatedRuns, reporter: Reporter
    ) -> tuple[Float[np.ndarray, "components readers"], Float[np.ndarray, " components"]]:
        """Of every edge by gradients, and of every node: the sum of its edges', or what patching it does in truth."""
        edges = runs.edge_scores(1 if self.by == "eap" else self.steps)
        nodes = edges.sum(1)
        if self.by == "exact":
            reporter.start("patching", len(nodes))
            for component in range(len(nodes)):
                nodes[component] = runs.node_effect(component)
                reporter.advance(1)
            reporter.finish()
        return edges, nodes

    def _fewest(self, runs: AblatedRuns, order: CircuitOrder) -> Kept:
        """Of the best by score the fewest that carry enough; by bisection, as if more always carried more."""
        low, high = 0, len(order.ranked)
        while high - low > 1:
            middle = (low + high) // 2
            if runs.left(order.kept(middle)) >= self.faithful:
                high = middle
            else:
                low = middle
        return order.kept(high)

    def _cut(self, runs: AblatedRuns, order: CircuitOrder, reporter: Reporter) -> Kept:
        """From the logits down, each edge or node that the answer does not need goes."""
        count = min(self.candidates or len(order.ranked), len(order.ranked))
        kept = order.kept(count)
        answer = runs.left(kept)
        tried = sorted(order.ranked[:count], key=lambda one: (-one[1], -one[0]))
        reporter.start("cutting", len(tried))
        for number, one in enumerate(tried):
            without = kept.copy()
            order.mark(without, one, False)
            now = runs.left(without)
            if answer - now < self.threshold:
                kept, answer = without, now
            if not number % 8:
                reporter.advance(min(8, len(tried) - number), f"{100 * answer:.0f} % of the answer")
        reporter.finish()
        return kept


def _circuit(
    graph: ComponentGraph, kept: Kept, edges: NDArray[np.float64], nodes: NDArray[np.float64],
    method: CircuitDiscovery, faithfulness: float, means: NDArray[np.float32], model: str,
) -> Circuit:  # fmt: skip
    readers = [graph.reader_of(c) for c in range(len(graph.components))]
    return Circuit(
        tuple(one.name for one in graph.components),
        graph.graph.targets,
        np.array([one.layer for one in graph.components]),
        np.array([one.head for one in graph.components]),
        np.array([found[0] if found else -1 for found in readers]),
        graph.before,
        kept,
        edges,
        nodes,
        method.of,
        method.by,
        method.ablation,
        model,
        faithfulness,
        means,
    )

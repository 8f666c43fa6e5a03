"""Attribution patching: which nodes and edges matter, from gradients (arXiv 2310.10348; integrated, arXiv 2403.17806).

    score(u -> v) = sum (a_u' - a_u) . dm / dx_v,    score(u) = sum of score(u -> v) over v

a_u and a_u': what part u writes for the clean and the corrupted input; x_v: what part v reads; m: the difference of two
logits. The gradient is averaged over `steps` points between the corrupted and the clean embedding. That all edges cost
`steps` backward passes is bought with a linear approximation, so it is checked: every node and a sample of the edges
are patched in truth, and the circuit of the best edges is run alone on pairs that were not scored.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import pearsonr
from torch import Tensor

from ...artifacts.features.effects import Effects
from ...core.claim import Claim, Measured
from ...core.context import Context
from ...core.method import Found, Method
from ...core.reporter import Reporter
from ...subjects.models.contrast import Contrast
from ...subjects.models.edits import patch
from ...subjects.models.hooks import evaluating, logits_of, refuse_logits_not_finite, run
from ...subjects.models.out_of_memory import out_of_memory_says
from .residual_graph import ResidualGraph

SCORE, TRUE = "attribution", "true patching"
FAITHFUL, LEFT = "faithfulness", "without the circuit"
RANDOM, RANDOM_LEFT = "random edges", "without random edges"
UNIT = "of the logit difference"


@dataclass(frozen=True)
class AttributionPatching(Method[Contrast, Effects]):
    """Nodes and edges that carry an answer, by gradients, checked against true patching and as circuits run alone.

    >>> AttributionPatching(steps=5).shares[-1]
    1.0
    """

    steps: int = 5
    checked: int = 40
    """Edges patched in truth: half of them the best, half drawn from the others."""
    kept: int = 200
    """Edges in the table, the best by absolute score."""
    shares: tuple[float, ...] = (0.0, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0)
    """Of all edges, how many a circuit has."""

    def _find(self, subject: Contrast, context: Context) -> Found[Effects]:
        """Edges with scores; parts "nodes" and "curves". Raises ValueError for one row, or no difference."""
        generator = np.random.default_rng(context.seed)
        fit, held = subject.halves(generator)
        remedy = "give fewer or shorter pairs of inputs, or a model in bfloat16"
        with out_of_memory_says("with the gradients of all nodes", remedy), evaluating(subject.model):
            graph = ResidualGraph.read(subject.model, fit.clean[:2])
            pairs = _Pairs.run(graph, fit)
            scores = pairs.scores(self.steps) / pairs.difference
            nodes = self._nodes(graph, pairs, scores, context.reporter)
            edges, sample = self._edges(graph, pairs, scores, generator, context.reporter)
            curves = self._curves(graph, _Pairs.run(graph, held), scores, generator, context.reporter)
        claims = (
            *agreement("nodes", *_known(nodes)),
            *agreement("edges", *sample),
            *_circuit(curves, len(graph.edges())),
        )
        return Found(edges, claims, {"nodes": nodes, "curves": curves})

    def _nodes(self, graph: ResidualGraph, pairs: _Pairs, scores: NDArray[np.float64], reporter: Reporter) -> Effects:
        rows = []
        reporter.start("nodes", len(graph.senders))
        for u, path in enumerate(graph.senders):
            output, _ = run(graph.network, pairs.contrast.clean, edits={path: patch(pairs.corrupted[u])})
            true = pairs.change(logits_of(output))
            rows.append((true, float(scores[u].sum())))
            reporter.advance(1)
        reporter.finish()
        names = tuple(graph.label(u) for u in range(len(graph.senders)))
        return Effects(names, (TRUE, SCORE), tuple(rows), units=(UNIT, UNIT), title="nodes")

    def _edges(
        self,
        graph: ResidualGraph,
        pairs: _Pairs,
        scores: NDArray[np.float64],
        generator: np.random.Generator,
        reporter: Reporter,
    ) -> tuple[Effects, tuple[list[float], list[float]]]:
        ranked = sorted(graph.edges(), key=lambda edge: -abs(scores[edge]))
        best, rest = ranked[: self.checked // 2], ranked[self.checked // 2 :]
        drawn = generator.permutation(len(rest))[: self.checked - len(best)]
        true: dict[tuple[int, int], float] = {}
        reporter.start("edges", self.checked)
        for edge in [*best, *(rest[i] for i in drawn)]:
            one = np.zeros_like(graph.before)
            one[edge] = True
            true[edge] = pairs.change(graph.with_exchanged(pairs.contrast.clean, pairs.corrupted, one))
            reporter.advance(1)
        reporter.finish()
        shown = ranked[: self.kept]
        table = tuple((float(scores[edge]), true.get(edge)) for edge in shown)
        names = tuple(graph.name(edge) for edge in shown)
        effects = Effects(names, (SCORE, TRUE), table, units=(UNIT, UNIT), title="edges")
        return effects, ([true[edge] for edge in true], [float(scores[edge]) for edge in true])

    def _curves(
        self,
        graph: ResidualGraph,
        pairs: _Pairs,
        scores: NDArray[np.float64],
        generator: np.random.Generator,
        reporter: Reporter,
    ) -> Effects:
        edges = graph.edges()
        ranked = sorted(edges, key=lambda edge: -abs(scores[edge]))
        mixed = [edges[i] for i in generator.permutation(len(edges))]
        rows = []
        reporter.start("circuits", len(self.shares))
        for share in self.shares:
            count = round(share * len(edges))
            circuit, chance = _matrix(graph, ranked[:count]), _matrix(graph, mixed[:count])
            kept = 1 + pairs.change(graph.with_exchanged(pairs.contrast.clean, pairs.corrupted, ~circuit))
            left = 1 + pairs.change(graph.with_exchanged(pairs.contrast.clean, pairs.corrupted, circuit))
            random = 1 + pairs.change(graph.with_exchanged(pairs.contrast.clean, pairs.corrupted, ~chance))
            random_left = 1 + pairs.change(graph.with_exchanged(pairs.contrast.clean, pairs.corrupted, chance))
            rows.append((kept, left, random, random_left))
            reporter.advance(1)
        reporter.finish()
        names = tuple(f"{100 * share:g} %" for share in self.shares)
        return Effects(
            names, (FAITHFUL, LEFT, RANDOM, RANDOM_LEFT), tuple(rows), units=(UNIT,) * 4, title="share of the edges"
        )


@dataclass(frozen=True, eq=False)
class _Pairs:
    """What all senders put out for the clean and the corrupted inputs, and the metric of both."""

    graph: ResidualGraph
    contrast: Contrast
    clean: list[Tensor]
    corrupted: list[Tensor]
    high: float
    difference: float

    @classmethod
    def run(cls, graph: ResidualGraph, contrast: Contrast) -> _Pairs:
        device = next(graph.network.parameters()).device
        clean_logits, clean = graph.values(contrast.clean.to(device))
        corrupted_logits, corrupted = graph.values(contrast.corrupted.to(device))
        refuse_logits_not_finite(graph.network, contrast.clean.to(device), clean_logits)
        refuse_logits_not_finite(graph.network, contrast.corrupted.to(device), corrupted_logits)
        high, low = (float(contrast.metric(logits).mean()) for logits in (clean_logits, corrupted_logits))
        if not abs(high - low) > 1e-6:
            raise ValueError(
                f"clean and corrupted inputs have the logit differences {high:.3g} and {low:.3g}; give pairs that the "
                "model answers differently"
            )
        return cls(graph, contrast, clean, corrupted, high, high - low)

    def change(self, logits: Tensor) -> float:
        """How far the metric has moved, as a share of the way: 0 as clean, -1 as corrupted."""
        return (float(self.contrast.metric(logits).mean()) - self.high) / self.difference

    def scores(self, steps: int) -> NDArray[np.float64]:
        """(senders, receivers): the change of the metric that a linear approximation gives each edge."""
        total: list[Tensor] | None = None
        for step in range(steps):
            share = (step + 0.5) / steps if steps > 1 else 1.0
            start = self.corrupted[0] + share * (self.clean[0] - self.corrupted[0])
            found = self.graph.gradients(self.contrast.clean, start, self.contrast.metric)
            total = found if total is None else [a + b for a, b in zip(total, found, strict=True)]
        assert total is not None
        scores = np.zeros(self.graph.before.shape)
        for u, v in self.graph.edges():
            moved = self.graph.scales[u] * (self.corrupted[u] - self.clean[u])
            product = moved.reshape(total[v].shape) * total[v]
            scores[u, v] = float(product.sum()) / steps / self.contrast.rows
        return scores


def _matrix(graph: ResidualGraph, edges: list[tuple[int, int]]) -> NDArray[np.bool_]:
    found = np.zeros_like(graph.before)
    for edge in edges:
        found[edge] = True
    return found


def _known(effects: Effects) -> tuple[list[float], list[float]]:
    pairs = zip(effects.column(TRUE), effects.column(SCORE), strict=True)
    both = [(true, score) for true, score in pairs if true is not None and score is not None]
    return [true for true, _ in both], [score for _, score in both]


def agreement(what: str, true: list[float], scores: list[float]) -> tuple[Claim, ...]:
    """The correlation of scores with true patching, of three nodes or more."""
    if len(true) < 3 or np.ptp(true) == 0 or np.ptp(scores) == 0:
        return ()
    correlation = float(pearsonr(true, scores).statistic)  # type: ignore[attr-defined]
    spread = (1 - correlation**2) / np.sqrt(len(true) - 1)
    statement = f"attribution of {len(true)} {what} correlates with patching them"
    return (
        Measured(statement, correlation, "", baseline=0.0, uncertainty=float(spread) or None, key=f"agreement: {what}"),
    )


def _circuit(curves: Effects, edges: int) -> tuple[Claim, ...]:
    claims = []
    for share, (kept, left, random, random_left) in zip(curves.parts, curves.values, strict=True):
        if share in ("2 %", "10 %") and kept is not None and left is not None:
            where = f"the best {share} of {edges} edges, on pairs held out"
            claims.append(
                Measured(f"{where}: logit difference they carry alone", kept, "", baseline=random, key=f"kept: {share}")
            )
            claims.append(
                Measured(
                    f"{where}: logit difference left without them", left, "", baseline=random_left, key=f"left: {share}"
                )
            )
    return tuple(claims)

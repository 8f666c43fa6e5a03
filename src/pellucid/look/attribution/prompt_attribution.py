"""Attribution graphs of a prompt, with features of transcoders as nodes, checked by taking features out of the model.

transformer-circuits.pub/2025/attribution-graphs; transcoders: arXiv 2406.11944. With attention and the scales of norms
held still, and errors as nodes of their own, what a node is given adds up exactly. Pruning keeps nodes through which
`node_share` of the logits comes, and of their edges those that bring `edge_share` of it.

What the graph says is tried in the model itself, in which nothing is held still: what the likeliest answer's logit
loses to the next one's when what a feature writes is taken away. Two predictions stand beside it: the graph's own, by
all of its paths, and the model's derivatives to first order (arXiv 2403.19647), which know no other transcoder.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Int
from numpy.typing import NDArray
from scipy.stats import spearmanr

from ...artifacts.audits.attribution_graph import AttributionGraph
from ...core.claim import Claim, Measured
from ...core.context import Context
from ...core.method import Found, Method
from ...subjects.models.hooks import evaluating
from .graph_rows import GraphRows, influences
from .linear_prompt import LinearPrompt
from .replaced_prompt import ReplacedPrompt
from .taken_out import effects_by_derivatives, effects_by_graph, measured_effects

__all__ = ["PromptAttribution"]


@dataclass(frozen=True)
class PromptAttribution(Method[ReplacedPrompt, AttributionGraph]):
    """The features through which a prompt leads to what the model says next, and whether they matter in the model.

    Raises ValueError for a prompt in which no feature fires.

    >>> PromptAttribution().node_share
    0.8
    """

    expanded: int = 1024
    """Features of which it is asked what gives to them, those first through which most of the logits comes."""
    logits: int = 10
    """At most so many of the likeliest answers are targets, until they have `mass` of the probability."""
    mass: float = 0.95
    node_share: float = 0.8
    """The share of the influence on the logits that the kept nodes have; what the paper's graphs have."""
    edge_share: float = 0.98
    """The same of edges between them."""
    shown: int = 80
    """At most so many features are kept: more cannot be read."""
    batch: int = 32
    """Rows of the graph that are made in one backward pass; bounds the memory."""
    checked: int = 32
    """Features that are taken out of the model: the largest by predicted effect, and as many drawn from the others."""

    def _find(self, subject: ReplacedPrompt, context: Context) -> Found[AttributionGraph]:
        """The pruned graph, its scores, and how predicted and measured effects agree."""
        generator = np.random.default_rng(context.stream("checked"))
        with evaluating(subject.model):
            with context.timed("features"):
                prompt = LinearPrompt.of(subject)
            if not sum(len(one.places) for one in prompt.features):
                raise ValueError("no feature fires in this prompt; give a longer one, or transcoders of more features")
            with context.timed("graph"):
                rows = GraphRows.of(prompt, most=self.expanded, batch=self.batch, logits=self.logits, mass=self.mass,
                                    reporter=context.reporter)  # fmt: skip
                effects, by_graph = effects_by_derivatives(prompt), effects_by_graph(prompt)
            ranked = np.argsort(-np.abs(effects))
            top, others = ranked[: self.checked], ranked[self.checked :]
            drawn = others[generator.permutation(len(others))[: self.checked]]
            with context.timed("interventions"):
                tried = np.concatenate([top, drawn])
                measured = measured_effects(prompt, tried, self.batch)
                best = np.argsort(-np.abs(by_graph))[: self.checked]
                of_best = measured_effects(prompt, best, self.batch)
        graph = self._pruned(subject, rows, (effects, by_graph), tried, measured)
        claims = (
            *_agreement("top", "the largest by the model's derivatives", effects[top], measured[: len(top)]),
            *_agreement(
                "drawn", "drawn at random from the others, by derivatives", effects[drawn], measured[len(top) :]
            ),
            *_agreement("graph", "the largest by the graph's paths", by_graph[best], of_best),
            *_scores(graph, measured, len(top)),
        )
        return Found(graph, claims, settings={"features_that_fire": rows.features, "tokens": len(prompt.stream)})

    def _pruned(
        self,
        subject: ReplacedPrompt,
        rows: GraphRows,
        effects: tuple[NDArray[np.float64], NDArray[np.float64]],
        tried: NDArray[Any],
        measured: NDArray[np.float64],
    ) -> AttributionGraph:
        count, model = rows.features, subject.model
        shares = influences(rows.rows, rows.chances, rows.expanded, rows.expanded_rows, count)
        kept = _kept_nodes(rows, shares, self.node_share, self.shown)
        outcome = np.full(len(shares), np.nan)
        outcome[tried] = measured
        every, by_graph = (np.concatenate([one, np.full(len(shares) - count, np.nan)]) for one in effects)
        sources, targets, weights = _edges(rows, shares, kept, self.edge_share)
        replacement, completeness = graph_scores(rows, shares)
        ends, nothing = len(rows.logits), np.full(len(rows.logits), np.nan)
        return AttributionGraph(
            tuple(model.words(subject.tokens[0])),
            tuple(model.words(rows.logits.tolist())),
            rows.chances,
            np.concatenate([rows.layers[kept], np.full(ends, len(subject.replacement.reads))]),
            np.concatenate([rows.places[kept], np.arange(ends)]),
            np.concatenate([rows.numbers[kept], np.full(ends, -3)]),
            np.concatenate([rows.values[kept], rows.chances]),
            np.concatenate([shares[kept], rows.chances]),
            np.concatenate([every[kept], nothing]),
            np.concatenate([by_graph[kept], nothing]),
            np.concatenate([outcome[kept], nothing]),
            sources,
            targets,
            weights,
            (*_promoted(subject, rows, kept), *[""] * ends),
            replacement,
            completeness,
            model.name,
        )


def graph_scores(rows: GraphRows, shares: NDArray[np.float64]) -> tuple[float, float]:
    """Replacement and completeness: shares of the influence that do not come from errors."""
    errors, tokens = rows.numbers == -1, rows.numbers == -2
    replacement = float(shares[tokens].sum() / max(1e-12, shares[tokens].sum() + shares[errors].sum()))
    made = np.abs(np.concatenate([rows.rows, rows.expanded_rows]))
    good = 1 - made[:, errors].sum(1) / np.maximum(made.sum(1), 1e-12)
    weight = np.concatenate([rows.chances, shares[rows.expanded]])
    return replacement, float((good * weight).sum() / weight.sum())


def _kept_nodes(rows: GraphRows, shares: NDArray[np.float64], share: float, most: int) -> Int[np.ndarray, " kept"]:
    """The nodes with `share` of the influence, at most so many features, and none of which nothing is known."""
    order = np.argsort(-shares, kind="stable")
    order = order[: int(np.searchsorted(np.cumsum(shares[order]), share * shares.sum())) + 1]
    known = set(rows.expanded.tolist())
    features = [int(i) for i in order if int(i) in known][:most]
    others = [int(i) for i in order if rows.numbers[i] < 0][:most]
    return np.array(sorted([*features, *others]), dtype=int)


def _edges(
    rows: GraphRows, shares: NDArray[np.float64], kept: Int[np.ndarray, " kept"], share: float
) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
    """Between kept nodes, those with `share` of what flows there; logits stand after the nodes."""
    at = {int(node): number for number, node in enumerate(rows.expanded)}
    targets = [(number, rows.expanded_rows[at[int(node)]], shares[node])
               for number, node in enumerate(kept) if int(node) in at]  # fmt: skip
    targets += [(len(kept) + n, row, rows.chances[n]) for n, row in enumerate(rows.rows)]
    found = []
    for number, row, weight in targets:
        total = max(1e-12, float(np.abs(row).sum()))
        found += [(weight * abs(float(row[node])) / total, source, number, float(row[node]))
                  for source, node in enumerate(kept) if row[node]]  # fmt: skip
    found.sort(key=lambda edge: -edge[0])
    flows = np.cumsum([edge[0] for edge in found])
    count = int(np.searchsorted(flows, share * flows[-1])) + 1 if found else 0
    columns = list(zip(*found[:count], strict=True)) or [(), (), (), ()]
    return np.array(columns[1]), np.array(columns[2]), np.array(columns[3])


def _promoted(subject: ReplacedPrompt, rows: GraphRows, kept: Int[np.ndarray, " kept"], count: int = 4) -> list[str]:
    """The words whose logits what a feature writes raises most by itself."""
    model = subject.model
    head = model.model.get_submodule(model.unembedding) if model.unembedding else None
    if head is None:
        return [""] * len(kept)
    weight: Any = head.weight
    norm: Any = getattr(model.model.get_submodule(model.final_norm), "weight", None) if model.final_norm else None
    if norm is not None:
        weight = weight * norm
    found = []
    for node in kept:
        if rows.numbers[node] < 0:
            found.append("")
            continue
        writes = subject.replacement.dictionaries[int(rows.layers[node])].decoder[int(rows.numbers[node])]
        best = (weight.float().cpu() @ writes).topk(count).indices
        found.append(" ".join(word.strip() or repr(word) for word in model.words(best)))
    return found


def _agreement(
    key: str, which: str, predicted: NDArray[np.float64], measured: NDArray[np.float64]
) -> tuple[Claim, ...]:
    """The correlation of both, with the half width of its 95 % interval (Fisher's transformation)."""
    if len(predicted) < 5 or not np.ptp(predicted) or not np.ptp(measured):
        return ()
    r = float(np.corrcoef(predicted, measured)[0, 1])
    width = 1.96 / np.sqrt(len(predicted) - 3)
    low, high = np.tanh(np.arctanh(np.clip(r, -0.9999, 0.9999)) + np.array([-width, width]))
    rank = float(spearmanr(predicted, measured).statistic)  # type: ignore[attr-defined]
    told = (
        f"predicted and measured effects of {len(predicted)} features, {which}, correlate (95 % from {low:.2f} to "
        f"{high:.2f}; by ranks {rank:.2f}); baseline: unrelated ones"
    )
    return (Measured(told, r, "", 0.0, float(high - low) / 2, key=f"agreement: {key}"),)


def _scores(graph: AttributionGraph, measured: NDArray[np.float64], top: int) -> tuple[Claim, ...]:
    """What errors leave, and how much more the largest features do in the model than others."""
    largest, usual = (float(np.abs(part).mean()) if len(part) else 0.0 for part in (measured[:top], measured[top:]))
    moved = (
        "mean loss, in size, of the answer's logit to the next one's with one of the largest features taken out; "
        "baseline: of others"
    )
    return (
        Measured(f"{moved}, drawn at random", largest, "", usual, key="moved"),
        Measured("replacement: the share of the influence on the logits that comes from tokens, not from errors",
                 graph.replacement, "", key="replacement"),
        Measured("completeness: the share of what nodes are given that does not come from errors",
                 graph.completeness, "", key="completeness"),
    )  # fmt: skip

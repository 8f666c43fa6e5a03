"""Which heads, and which tokens, carry an answer: by gradients, and by patching each in truth (arXiv 2310.10348).

    score(n) = sum (a_n' - a_n) . dm / da_n,    true(n) = m with a_n' in the place of a_n, less m

a_n: what node n holds for the clean input, a_n' for the corrupted one; m: the difference of two logits; both as a share
of the difference that the corrupted input makes, so -1 is all of it. Nodes are the heads of all layers (what each puts
out before the output projection), a head at one token, and the stream after a layer at one token. The gradient is
averaged over `steps` points between the corrupted and the clean embedding (arXiv 2403.17806).

The hot path is patching in truth: a pass from the node's layer on for each node.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor, nn

from ...artifacts.features.effects import Effects
from ...core.claim import Claim, Measured
from ...core.context import Context
from ...core.method import Found, Method
from ...core.reporter import Reporter
from ...subjects.models.contrast import Contrast
from ...subjects.models.edits import patch
from ...subjects.models.hooks import INPUT, Edit, device_of, evaluating, gradients_or_value_error, logits_of, run
from ...subjects.models.language_model import LanguageModel
from ...subjects.models.out_of_memory import out_of_memory_says
from .attention_heads import LayerHeads, heads_of_layers
from .attribution_patching import SCORE, TRUE, UNIT, agreement
from .layer_passes import LayerPasses

__all__ = ["HeadPatching"]


@dataclass(frozen=True)
class HeadPatching(Method[Contrast, Effects]):
    """Heads and tokens that carry an answer, by gradients and by true patching.

    The artifact are the heads; parts are "places", a head at one token, and "stream", the stream after a layer at one
    token. Of each table the `checked` nodes that are patched in truth are half the best by score and half drawn from
    the others; all, where there are no more. Places in the text are counted from 0.

    >>> HeadPatching(steps=1).checked
    300
    """

    steps: int = 5
    checked: int = 300
    """Nodes of each table that are patched in truth."""
    kept: int = 200
    """Heads at one token that the table holds, the best by absolute score."""
    together: int = 8
    """So many of the best heads are patched at once on pairs held out."""
    heads: int | None = None
    """How many heads a layer has; None: as the network's settings say."""

    def _find(self, subject: Contrast, context: Context) -> Found[Effects]:
        """Heads; parts "places" and "stream". Raises ValueError for one row, no difference, and no heads."""
        generator = np.random.default_rng(context.seed)
        fit, held = subject.halves(generator)
        remedy = "give fewer or shorter pairs of inputs, or a model in bfloat16"
        with out_of_memory_says("with the gradients of all heads", remedy), evaluating(subject.model) as network:
            layers = LanguageModel.of(subject.model).layers
            heads = heads_of_layers(network, layers, fit.clean[:2].to(device_of(network)), self.heads)
            runs = PatchedRuns.of(network, layers, heads, fit)
            scores = runs.scores(self.steps)
            tables = {
                name: self._table(runs, name, nodes, generator, context.reporter) for name, nodes in scores.items()
            }
            best = self._together(PatchedRuns.of(network, layers, heads, held), scores["heads"], generator)
        told = {"heads": "heads", "places": "heads at one token", "stream": "streams at one token"}
        claims = [claim for name in told for claim in agreement(told[name], *tables[name][1])]
        parts = {name: tables[name][0] for name in ("places", "stream")}
        return Found(tables["heads"][0], (*best, *claims), parts)

    def _table(
        self, runs: PatchedRuns, name: str, nodes: dict[Node, float], generator: np.random.Generator, reporter: Reporter
    ) -> tuple[Effects, tuple[list[float], list[float]]]:
        """The nodes with scores and true changes; both of all that were patched."""
        ranked = sorted(nodes, key=lambda node: -abs(nodes[node]))
        best, rest = ranked[: -(-self.checked // 2)], ranked[-(-self.checked // 2) :]
        drawn = generator.permutation(len(rest))[: self.checked - len(best)]
        true: dict[Node, float] = {}
        reporter.start(f"patching: {name}", min(len(ranked), self.checked))
        for node in [*best, *(rest[i] for i in drawn)]:
            true[node] = runs.true(node)
            reporter.advance(1)
        reporter.finish()
        shown = ranked[: self.kept] if name == "places" else list(nodes)
        rows = tuple((nodes[node], true.get(node)) for node in shown)
        names = tuple(runs.name(node) for node in shown)
        told = Effects(names, (SCORE, TRUE), rows, units=(UNIT, UNIT), title=name)
        return told, ([true[node] for node in true], [nodes[node] for node in true])

    def _together(
        self, runs: PatchedRuns, scores: dict[Node, float], generator: np.random.Generator
    ) -> tuple[Claim, ...]:
        """What the best heads do at once on other pairs, beside as many drawn from the others."""
        ranked = sorted(scores, key=lambda node: -abs(scores[node]))
        count = min(self.together, len(ranked) // 2)
        if not count:
            return ()
        others = [ranked[count + i] for i in generator.permutation(len(ranked) - count)[:count]]
        moved, usual = runs.at_once(ranked[:count]), runs.at_once(others)
        told = (
            f"how far the answer goes towards the corrupted one with the {count} best of {len(ranked)} heads patched, "
            f"on pairs held out; baseline: {count} others"
        )
        return (Measured(told, -moved, "", -usual, key="best heads"),)


@dataclass(frozen=True)
class Node:
    """A head of a layer (-1: the stream after it), at one place in the text (-1: at all)."""

    layer: int
    head: int
    place: int = -1

    @property
    def places(self) -> Any:
        """As an index."""
        return slice(None) if self.place < 0 else self.place


@dataclass(frozen=True, eq=False)
class PatchedRuns:
    """What heads and streams hold for clean and corrupted inputs, and passes with some of the latter in the former."""

    passes: LayerPasses
    heads: list[LayerHeads]
    contrast: Contrast
    clean: dict[str, Tensor]
    corrupted: dict[str, Tensor]
    high: float
    difference: float

    @classmethod
    def of(cls, network: nn.Module, layers: Sequence[str], heads: list[LayerHeads], contrast: Contrast) -> PatchedRuns:
        """Raises ValueError where the model answers both inputs alike."""
        device = device_of(network)
        paths = [*(one.path + INPUT for one in heads), *layers, layers[0] + INPUT]
        clean, corrupted = contrast.clean.to(device), contrast.corrupted.to(device)
        passes = LayerPasses.start(network, tuple(layers), clean)
        if not torch.allclose(passes.edited(len(layers) // 2, {}), passes.logits, rtol=1e-3, atol=1e-3):
            passes = replace(passes, cached=False)  # a layer gives the next ones more than the stream
        held, other = (run(network, tokens, read=paths, stop=False) for tokens in (clean, corrupted))
        high, low = (float(contrast.metric(logits_of(output)).mean()) for output in (held[0], other[0]))
        if not abs(high - low) > 1e-6:
            raise ValueError(
                f"clean and corrupted inputs have the logit differences {high:.3g} and {low:.3g}; give pairs that the "
                "model answers differently"
            )
        shape = (*clean.shape, -1)
        values, others = ({path: x.reshape(shape) for path, x in one[1].items()} for one in (held, other))
        return cls(passes, heads, contrast, values, others, high, high - low)

    def scores(self, steps: int) -> dict[str, dict[Node, float]]:
        """To first order: of heads, heads at places, and the stream after each layer but the last at places."""
        slopes = self._slopes(steps)
        found: dict[str, dict[Node, float]] = {"heads": {}, "places": {}, "stream": {}}
        for number, one in enumerate(self.heads):
            product = self._product(one.path + INPUT, slopes)
            by_head = torch.stack([product[:, :, one.part(head)].sum((0, 2)) for head in range(one.count)])
            for head, row in enumerate(by_head.tolist()):
                found["heads"][Node(number, head)] = sum(row)
                found["places"] |= {Node(number, head, place): value for place, value in enumerate(row)}
        for number, layer in enumerate(self.passes.layers[:-1]):
            row = self._product(layer, slopes).sum((0, 2)).tolist()
            found["stream"] |= {Node(number, -1, place): value for place, value in enumerate(row)}
        return found

    def true(self, node: Node) -> float:
        """How far the answer moves with the node patched: 0 as clean, -1 as corrupted."""
        return self.at_once([node])

    def at_once(self, nodes: Sequence[Node]) -> float:
        """With several nodes patched."""
        edits: dict[str, Edit] = {}
        for node in nodes:
            for path, edit in self._edits(node).items():
                edits[path] = _after(edits[path], edit) if path in edits else edit
        logits = self.passes.edited(min(map(self._first, nodes)), edits)
        return (float(self.contrast.metric(logits).mean()) - self.high) / self.difference

    def name(self, node: Node) -> str:
        layer = self.passes.layers[node.layer] if node.head < 0 else self.heads[node.layer].layer
        head = "" if node.head < 0 else f" head {node.head}"
        return f"{layer}{head}" + (f" at {node.place}" if node.place >= 0 else "")

    def _edits(self, node: Node) -> dict[str, Edit]:
        if node.head < 0:
            path = self.passes.layers[node.layer]
            return {path: patch(self.corrupted[path], slice(node.place, node.place + 1))}
        one = self.heads[node.layer]
        return one.patched(node.head, self.corrupted[one.path + INPUT], node.places)

    def _first(self, node: Node) -> int:
        """How many layers are as in the clean pass: those before the one in which the node is."""
        layer = self.passes.layers[node.layer] if node.head < 0 else self.heads[node.layer].layer
        return self.passes.layers.index(layer) + (node.head < 0)

    def _product(self, path: str, slopes: dict[str, Tensor]) -> Float[Tensor, "rows length width"]:
        moved = (self.corrupted[path] - self.clean[path]).double()
        return moved * slopes[path] / self.difference / self.contrast.rows

    def _slopes(self, steps: int) -> dict[str, Tensor]:
        """Mean derivatives of the metric by what each node holds."""
        network, first = self.passes.network, self.passes.layers[0] + INPUT
        paths = [path for path in self.clean if path not in (first, self.passes.layers[-1])]
        total = {path: torch.zeros_like(self.clean[path], dtype=torch.float64) for path in paths}
        for step in range(steps):
            share = (step + 0.5) / steps if steps > 1 else 1.0
            start = self.corrupted[first] + share * (self.clean[first] - self.corrupted[first])
            edits: dict[str, Edit] = {
                first: lambda x, start=start: start.reshape(x.shape).clone().requires_grad_(True),
                **dict.fromkeys(paths, torch.clone),
            }
            with gradients_or_value_error(network):
                output, values = run(network, self.passes.inputs, read=paths, edits=edits, stop=False, grad=True)
                asked = self.contrast.metric(logits_of(output)).sum()
                found = torch.autograd.grad(asked, [values[path] for path in paths])
            for path, slope in zip(paths, found, strict=True):
                total[path] += slope.reshape(total[path].shape).double() / steps
        return total


def _after(first: Edit, then: Edit) -> Edit:
    return lambda x: then(first(x))

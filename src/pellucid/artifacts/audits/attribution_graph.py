"""Attribution graphs: what features, tokens and errors of a prompt give to one another, and to the next word."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from jaxtyping import Float, Int

from ..array_artifact import ArrayArtifact


@dataclass(frozen=True, eq=False)
class AttributionGraph(ArrayArtifact):
    """The nodes that were kept, and `weights[i]`, what node `sources[i]` gives to node `targets[i]`.

    A node is a feature of the transcoder of its layer at a place in the text (`numbers` is its number), an error of
    that transcoder (-1), a token (-2), or a logit (-3, `places` says which of `answers`). `influences`: the share of
    the logits that comes through the node. `effects`: what the likeliest answer's logit would lose to the next one's
    without the feature, by the model's derivatives; `by_graph`: the same by the graph's paths; `measured`: what it lost
    in the model, NaN where that was not tried.
    `replacement`: the share of the influence that comes from tokens and not from errors; `completeness`: the share of
    what nodes are given that does not come from errors.
    """

    tokens: tuple[str, ...]
    answers: tuple[str, ...]
    chances: Float[np.ndarray, " answers"]
    layers: Int[np.ndarray, " nodes"]
    places: Int[np.ndarray, " nodes"]
    numbers: Int[np.ndarray, " nodes"]
    values: Float[np.ndarray, " nodes"]
    influences: Float[np.ndarray, " nodes"]
    effects: Float[np.ndarray, " nodes"]
    by_graph: Float[np.ndarray, " nodes"]
    measured: Float[np.ndarray, " nodes"]
    sources: Int[np.ndarray, " edges"]
    targets: Int[np.ndarray, " edges"]
    weights: Float[np.ndarray, " edges"]
    promotes: tuple[str, ...]
    """Of each node, the words that it makes likelier by itself; "" of what is no feature."""
    replacement: float
    completeness: float
    model: str = ""

    kind = "attribution_graph"
    whole: ClassVar[tuple[str, ...]] = ("layers", "places", "numbers", "sources", "targets")
    real: ClassVar[tuple[str, ...]] = ("chances", "values", "influences", "effects", "by_graph", "measured", "weights")

    def __post_init__(self) -> None:
        for name in ("tokens", "answers", "promotes"):
            object.__setattr__(self, name, tuple(getattr(self, name)))
        for name in (*self.whole, *self.real):
            kind = np.int32 if name in self.whole else np.float32
            object.__setattr__(self, name, np.ascontiguousarray(getattr(self, name), dtype=kind))
        if len({len(getattr(self, name)) for name in (*self.whole[:3], *self.real[1:6], "promotes")}) > 1:
            raise ValueError("layers, places, numbers and all that is told of nodes are not one for each node")
        if not len(self.sources) == len(self.targets) == len(self.weights):
            raise ValueError("sources, targets and weights are not one for each edge")

    @property
    def features(self) -> list[int]:
        """The nodes that are features, those with the largest predicted effects first."""
        return sorted(np.flatnonzero(self.numbers >= 0).tolist(), key=lambda i: -abs(float(self.effects[i])))

    def name(self, node: int) -> str:
        """What a node is, with its layer and its token.

        >>> one, no = np.zeros(1), ()
        >>> many = (one + 3, one + 1, one + 77, one, one, one, one, one, no, no, no)
        >>> graph = AttributionGraph(("a", "b"), ("c",), one, *many, ("d",), 0.5, 0.5)
        >>> graph.name(0)
        "layer 3, feature 77 at 'b'"
        """
        number, place = int(self.numbers[node]), int(self.places[node])
        if number == -3:
            return f"logit of {self.answers[place]!r}"
        where = f"{self.tokens[place]!r}"
        if number == -2:
            return f"token {where}"
        what = f"feature {number}" if number >= 0 else "error"
        return f"layer {int(self.layers[node])}, {what} at {where}"

    def describe(self) -> str:
        text = "".join(self.tokens)
        return (
            f"attribution graph of {text!r}: {len(self.features)} features and {len(self.sources)} edges to "
            f"{self.answers[0]!r} ({100 * float(self.chances[0]):.0f} %); replacement {self.replacement:.2f}, "
            f"completeness {self.completeness:.2f}"
        )

"""Circuits: layers upwards, heads side by side, what is in the circuit as discs and its strongest edges as curves."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..artifacts.mechanisms.circuit import Circuit
from .drawing import draws
from .style import FAINT, INK, STATE_COLOURS, new_figure, quiet

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["draw_circuit"]

EDGES = 60
"""Edges that are drawn, the strongest: more are a knot, which shows nothing."""
NAMED = 14
"""Nodes with their name beside them, those of the largest scores."""

Place = tuple[float, float]


@draws(Circuit)
def draw_circuit(found: Circuit) -> Figure:
    """The nodes at their layers, blue for those that help the answer and orange for those that work against it."""
    layers = int(found.layers.max()) + 1
    columns = int(found.heads.max()) + 1
    figure = new_figure(max(5.2, 3.0 + 0.42 * columns), max(3.4, 1.6 + 0.27 * layers))
    axes = figure.add_subplot()
    places = _places(found, columns)
    _draw_edges(axes, found, places, layers, columns)
    _draw_nodes(axes, found, places)
    axes.text((columns - 1) / 2, layers + 0.55, "logits", ha="center", va="center", color=INK, fontsize=9)
    axes.text((columns - 1) / 2 + 0.25, -1.32, "embedding", va="center", color=INK, fontsize=8)
    quiet(axes)
    axes.set_yticks(range(0, layers, max(1, layers // 15)))
    axes.set_ylim(-1.9, layers + 1)
    axes.set_xlim(-0.8, columns + 1.7)
    names = [str(head) for head in range(columns)]
    axes.set_xticks([*range(columns), columns + 0.6], [*names, "other"], fontsize=8)
    axes.set_ylabel("layer")
    axes.set_xlabel("head; at the right the feed-forward part and what else is whole")
    return figure


def _places(found: Circuit, columns: int) -> list[Place]:
    """Where each component is: the embedding below, heads in their columns, all else at the right."""
    places: list[Place] = []
    for layer, head in zip(found.layers.tolist(), found.heads.tolist(), strict=True):
        if layer < 0:
            places.append(((columns - 1) / 2, -1.3))
        else:
            places.append((float(head), float(layer)) if head >= 0 else (columns + 0.6, layer + 0.25))
    return places


def _reader_places(found: Circuit, places: list[Place], layers: int, columns: int) -> list[Place]:
    """Where edges end: below the middle of the parts that a reader serves; the logits are on top."""
    ends: list[Place] = []
    for reader in range(len(found.readers)):
        mine = [places[c] for c in np.flatnonzero(found.computed_from == reader)]
        if not mine:
            ends.append(((columns - 1) / 2, layers + 0.3))
            continue
        x, y = np.mean(mine, 0)
        ends.append((float(x), float(y) - 0.22))
    return ends


def _draw_edges(axes: Axes, found: Circuit, places: list[Place], layers: int, columns: int) -> None:
    ends = _reader_places(found, places, layers, columns)
    edges = found.edges[:EDGES]
    strongest = max((abs(float(found.scores[edge])) for edge in edges), default=1.0) or 1.0
    for c, v in reversed(edges):
        score = float(found.scores[c, v])
        axes.annotate(
            "",
            ends[v],
            places[c],
            arrowprops={
                "arrowstyle": "-",
                "connectionstyle": "arc3,rad=0.12",
                "color": STATE_COLOURS[0 if score < 0 else 1],
                "alpha": 0.25 + 0.6 * abs(score) / strongest,
                "lw": 0.5 + 2.2 * abs(score) / strongest,
            },
        )


def _draw_nodes(axes: Axes, found: Circuit, places: list[Place]) -> None:
    inside = found.nodes
    x, y = np.array(places).T
    axes.scatter(x, y, s=5, color=FAINT, zorder=2)
    sizes = np.abs(found.node_scores[inside])
    largest = float(sizes.max()) if len(sizes) else 1.0
    colours = [STATE_COLOURS[0 if found.node_scores[c] < 0 else 1] for c in inside]
    axes.scatter(x[inside], y[inside], s=14 + 130 * sizes / (largest or 1.0), c=colours, zorder=3, linewidths=0)
    for c in inside[:NAMED]:
        axes.annotate(found.short(c), places[c], (5, 4), textcoords="offset points", fontsize=7.5, color=INK, zorder=4)

"""Attribution graphs: tokens side by side, layers upwards, features as discs and what they give as lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..artifacts.audits.attribution_graph import AttributionGraph
from .drawing import draws
from .style import FAINT, INK, STATE_COLOURS, new_figure, quiet, shortened

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["draw_attribution"]

EDGES = 110
"""Lines that are drawn, the strongest: more are a knot, which shows nothing."""
NAMED = 9
"""Features with the words that they promote beside them: the largest by effect."""


@draws(AttributionGraph)
def draw_attribution(found: AttributionGraph) -> Figure:
    """Features blue where they help the likeliest answer and orange where they hold it back; errors as grey squares."""
    depth, length = int(found.layers.max()), len(found.tokens)
    figure = new_figure(max(5.6, 1.6 + 0.86 * length), max(3.6, 1.7 + 0.2 * depth))
    axes = figure.add_subplot()
    places = _places(found, depth)
    _draw_edges(axes, found, places)
    _draw_nodes(axes, found, places)
    for number, answer in enumerate(found.answers):
        if (found.places[found.numbers == -3] == number).any() and number < 4:
            x, y = places[np.flatnonzero((found.numbers == -3) & (found.places == number))[0]]
            axes.text(x, y + 0.5, f"{answer!r} {100 * float(found.chances[number]):.0f} %", rotation=35, ha="left",
                      va="bottom", fontsize=7.5, color=INK)  # fmt: skip
    quiet(axes)
    axes.set_xticks(range(length), [shortened(repr(token)[1:-1], 14) for token in found.tokens], rotation=35,
                    ha="right", fontsize=8)  # fmt: skip
    axes.set_yticks(range(0, depth, max(1, depth // 10)))
    axes.set_ylim(-2.2, depth + 4)
    axes.set_xlim(-0.6, length + 1.2)
    axes.set_ylabel("layer")
    return figure


def _places(found: AttributionGraph, depth: int) -> np.ndarray:
    """Where each node is; those of one layer and token side by side, logits above the last token."""
    x, y = found.places.astype(float), found.layers.astype(float)
    tokens, logits = found.numbers == -2, found.numbers == -3
    y[tokens] = -1.6
    x[logits] = len(found.tokens) - 1 + 0.35 * found.places[logits]
    y[logits] = depth + 0.8
    beside: dict[tuple[int, int], int] = {}
    for node in np.flatnonzero(~tokens & ~logits):
        key = (int(found.layers[node]), int(found.places[node]))
        x[node] += 0.16 * min(beside.get(key, 0), 5) - 0.2
        beside[key] = beside.get(key, 0) + 1
    return np.stack([x, y], 1)


def _draw_edges(axes: Axes, found: AttributionGraph, places: np.ndarray) -> None:
    order = np.argsort(-np.abs(found.weights))[:EDGES]
    if not len(order):
        return
    strength = np.abs(found.weights[order]) * found.influences[found.targets[order]]
    largest = float(strength.max()) or 1.0
    for edge, strong in zip(order[::-1], strength[::-1], strict=True):
        ends = places[[found.sources[edge], found.targets[edge]]]
        share = float(strong) / largest
        colour = STATE_COLOURS[0 if found.weights[edge] > 0 else 1]
        axes.plot(*ends.T, color=colour, alpha=0.18 + 0.6 * share, lw=0.4 + 1.8 * share, zorder=1)


def _draw_nodes(axes: Axes, found: AttributionGraph, places: np.ndarray) -> None:
    errors, tokens = found.numbers == -1, found.numbers == -2
    axes.scatter(*places[errors].T, s=12, marker="s", color=FAINT, zorder=2, linewidths=0)
    axes.scatter(*places[tokens].T, s=18, color=INK, zorder=2, linewidths=0)
    features = found.features
    if not features:
        return
    sizes = np.abs(np.nan_to_num(found.effects[features]))
    colours = [STATE_COLOURS[0 if found.effects[node] > 0 else 1] for node in features]
    axes.scatter(
        *places[features].T, s=10 + 90 * sizes / (float(sizes.max()) or 1.0), c=colours, zorder=3, linewidths=0
    )
    named: set[tuple[int, int]] = set()
    for node in features:
        at = (int(found.layers[node]) // 4, int(found.places[node]))
        if at in named or len(named) >= NAMED:
            continue
        named.add(at)
        words = " ".join(found.promotes[node].split(" ")[:2])
        axes.annotate(shortened(words, 18), places[node], (4, 3), textcoords="offset points", fontsize=6.5, color=INK,
                      zorder=4)  # fmt: skip

"""Spline networks: nodes, and on every edge its function, with the formula's function laid over it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ..artifacts import Formula, SplineNetwork
from .drawing import draws
from .style import FAINT, INK, PAPER, ROOM, STATE_COLOURS, new_figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Array = NDArray[np.float64]


@dataclass(frozen=True)
class _Edge:
    """One edge's function over the range of its input; `named` is the formula's function there, where it has one."""

    source: int
    target: int
    x: Array
    spline: Array
    named: Array | None


@draws(SplineNetwork, beside=Formula)
def draw_spline_network(network: SplineNetwork, formula: Formula | None = None) -> Figure:
    """Inputs below, the target above; between them each edge's spline, and dashed over it what the formula made of it.

    Those are `network.edges`, where they are known.
    """
    layers, widths = _edges(network)
    shown = [sorted(edges, key=lambda edge: -float(np.ptp(edge.spline)))[: ROOM.edges] for edges in layers]
    columns = max([len(edges) for edges in shown] + [_nodes(width) for width in widths])
    figure = new_figure(min(9.6, max(3.2, 1.15 * columns)), 0.3 + 1.8 * len(shown))
    board = _Board(figure.add_subplot(), columns)
    places = [board.spread(_nodes(width)) for width in widths]
    for layer, edges in enumerate(shown):
        sums = board.spread(_sums(widths[layer + 1]))
        board.draw_edges(layer, edges, places[layer], sums)
        board.join(layer, sums, places[layer + 1], widths[layer + 1])
    board.name_nodes(places, formula)
    board.close(len(shown), sum(map(len, layers)) - sum(map(len, shown)))
    return figure


def _edges(network: SplineNetwork, points: int = 120) -> tuple[list[list[_Edge]], list[Any]]:
    """The edges that are switched on, layer by layer, each at so many `points`, and the widths."""
    import torch

    from ..nets.splines.kan import kan_from

    weights = {name: torch.as_tensor(np.array(value)) for name, value in network.weights.items()}
    module: Any = kan_from(network.shape, weights)
    layers = []
    for number, layer in enumerate(module.layers):
        steps = torch.linspace(0, 1, points, dtype=layer.low.dtype)[:, None]
        x = layer.low + steps * (layer.high - layer.low)
        with torch.no_grad():
            values, inputs = layer.edges(x).double().numpy(), x.double().numpy()
        on = np.argwhere(layer.mask.numpy() != 0).tolist()
        layers.append(
            [
                _Edge(i, o, inputs[:, i], values[:, i, o], _named(network.edges.get((number, i, o)), inputs[:, i]))
                for i, o in on
            ]
        )
    return layers, list(module.widths)


def _named(text: str | None, x: Array) -> Array | None:
    return None if text is None else Formula(text, ("x",))(x[:, None])


def _nodes(width: Any) -> int:
    return width if isinstance(width, int) else sum(width)


def _sums(width: Any) -> int:
    return width if isinstance(width, int) else width[0] + 2 * width[1]


@dataclass(frozen=True)
class _Board:
    """Axes on which layers stand above each other; a column is one unit wide."""

    axes: Axes
    columns: int
    storey: float = 2.6
    """From one layer of nodes to the next."""
    wide: float = 0.42
    """Half the width of an edge's box, where there is room for it."""
    tall: float = 0.5
    """Half its height."""

    def spread(self, count: int) -> Array:
        """`count` places (count,) side by side, in the middle of the drawing."""
        return (np.arange(count) + 0.5) * self.columns / count

    def draw_edges(self, layer: int, edges: list[_Edge], below: Array, above: Array) -> None:
        """One layer: a box for each edge, tied to the node `below` it comes from and the sum `above` it goes into."""
        ordered = sorted(edges, key=lambda edge: (below[edge.source] + above[edge.target], edge.source, edge.target))
        base = self.storey * layer
        middle, top = base + 1.15, base + 2.3
        half = min(self.wide, 0.45 * self.columns / max(1, len(ordered)))
        line: dict[str, Any] = {"color": FAINT, "lw": 1.1, "zorder": 1}
        for x, edge in zip(self.spread(len(ordered)), ordered, strict=True):
            self.axes.plot([below[edge.source], x], [base, middle - self.tall], **line)
            self.axes.plot([x, above[edge.target]], [middle + self.tall, top], **line)
            place = (x - half, middle - self.tall, 2 * half, 2 * self.tall)
            _draw_function(self.axes.inset_axes(place, transform=self.axes.transData), edge)

    def join(self, layer: int, sums: Array, nodes: Array, width: Any) -> None:
        """From sums to the nodes of the next layer: as they are, or two by two into a product."""
        top, next_base = self.storey * layer + 2.3, self.storey * (layer + 1)
        plain = width if isinstance(width, int) else width[0]
        knot = {"boxstyle": "circle,pad=0.22", "facecolor": PAPER, "edgecolor": FAINT, "lw": 1.0}
        style: dict[str, Any] = {"ha": "center", "va": "center", "color": INK, "zorder": 4, "bbox": knot}
        for i, x in enumerate(sums):
            node = i if i < plain else plain + (i - plain) // 2
            self.axes.plot([x, nodes[node]], [top, next_base], color=FAINT, lw=1.1, zorder=1)
            self.axes.text(x, top, "+", fontsize=9, **style)
        for i in range(plain, len(nodes)):
            self.axes.text(nodes[i], next_base, "×", fontsize=11, **style)

    def name_nodes(self, places: list[Array], formula: Formula | None) -> None:
        """The features' names below, the target's above; numbers where the formula does not know them."""
        inputs, targets = (f"x{i}" for i in range(len(places[0]))), (f"output {i}" for i in range(len(places[-1])))
        if formula is not None and len(formula.names) == len(places[0]):
            inputs = formula.names
        if formula is not None and len(places[-1]) == 1:
            targets = [formula.target]
        style: dict[str, Any] = {"ha": "center", "fontsize": 11, "color": INK, "zorder": 4, "parse_math": False}
        for x, name in zip(places[0], inputs, strict=True):
            self.axes.text(x, -0.08, name, va="top", **style)
        for x, name in zip(places[-1], targets, strict=True):
            self.axes.text(x, self.storey * (len(places) - 1) + 0.1, name, va="bottom", **style)

    def close(self, layers: int, left_out: int) -> None:
        """The ends of the drawing, and how many edges it leaves out."""
        self.axes.axis("off")
        if left_out:
            text = f"{left_out} more edges, which vary less, are not drawn"
            self.axes.text(self.columns / 2, -0.6, text, ha="center", va="top", fontsize=8.5, color=INK)
        self.axes.set_xlim(0, self.columns)
        self.axes.set_ylim(-0.8 if left_out else -0.45, self.storey * layers + 0.45)


def _draw_function(box: Axes, edge: _Edge) -> None:
    """The edge's spline, and dashed the formula's function up to the constant that its node adds."""
    box.set_facecolor(PAPER)
    box.plot(edge.x, edge.spline, color=STATE_COLOURS[0], lw=2.6, alpha=0.9)
    if edge.named is not None:
        shift = np.nanmean(edge.spline - edge.named)
        box.plot(edge.x, edge.named + shift, color=STATE_COLOURS[5], lw=1.3, ls=(0, (3, 2)))
    box.set(xticks=[], yticks=[])
    box.margins(0.08, 0.12)
    box.spines[:].set_color(FAINT)

"""Spline networks: nodes, and on every edge its function, with the formula's function laid over it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ..artifacts import Formula, SplineNetwork
from .drawing import draws
from .style import FAINT, INK, PAPER, STATE_COLOURS, new_figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_MOST_EDGES = 12
"""Edges drawn between two layers: the ones that vary most."""
_POINTS = 120
_STOREY = 2.6
_BOX = 0.42
_TALL = 0.5

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
    shown = [sorted(edges, key=lambda edge: -float(np.ptp(edge.spline)))[:_MOST_EDGES] for edges in layers]
    columns = max([len(edges) for edges in shown] + [_nodes(width) for width in widths])
    wide = min(9.6, max(3.2, 1.15 * columns))
    figure = new_figure(wide, 0.3 + 1.8 * len(shown))
    axes = figure.add_subplot()
    axes.axis("off")
    places = [_spread(_nodes(width), columns) for width in widths]
    for layer, edges in enumerate(shown):
        sums = _spread(_sums(widths[layer + 1]), columns)
        _storey(axes, layer, edges, places[layer], sums, columns)
        _join(axes, layer, sums, places[layer + 1], widths[layer + 1])
    _name_nodes(axes, places, formula)
    left_out = sum(map(len, layers)) - sum(map(len, shown))
    if left_out:
        text = f"{left_out} more edges, which vary less, are not drawn"
        axes.text(columns / 2, -0.6, text, ha="center", va="top", fontsize=8.5, color=INK)
    axes.set_xlim(0, columns)
    axes.set_ylim(-0.8 if left_out else -0.45, _STOREY * len(shown) + 0.45)
    return figure


def _edges(network: SplineNetwork) -> tuple[list[list[_Edge]], list[Any]]:
    """The edges that are switched on, layer by layer, and the widths."""
    import torch

    from ..nets.splines.kan import kan_from

    weights = {name: torch.as_tensor(np.array(value)) for name, value in network.weights.items()}
    module: Any = kan_from(network.shape, weights)
    layers = []
    for number, layer in enumerate(module.layers):
        steps = torch.linspace(0, 1, _POINTS, dtype=layer.low.dtype)[:, None]
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


def _spread(count: int, columns: int) -> Array:
    """`count` places side by side, in the middle of the drawing."""
    return (np.arange(count) + 0.5) * columns / count


def _storey(axes: Axes, layer: int, edges: list[_Edge], below: Array, above: Array, columns: int) -> None:
    """One layer: a box for each edge, tied to the node it comes from and the sum it goes into."""
    ordered = sorted(edges, key=lambda edge: (below[edge.source] + above[edge.target], edge.source, edge.target))
    base, middle, top = _STOREY * layer, _STOREY * layer + 1.15, _STOREY * layer + 2.3
    half = min(_BOX, 0.45 * columns / max(1, len(ordered)))
    line: dict[str, Any] = {"color": FAINT, "lw": 1.1, "zorder": 1}
    for x, edge in zip(_spread(len(ordered), columns), ordered, strict=True):
        axes.plot([below[edge.source], x], [base, middle - _TALL], **line)
        axes.plot([x, above[edge.target]], [middle + _TALL, top], **line)
        box = axes.inset_axes((x - half, middle - _TALL, 2 * half, 2 * _TALL), transform=axes.transData)
        box.set_facecolor(PAPER)
        box.plot(edge.x, edge.spline, color=STATE_COLOURS[0], lw=2.6, alpha=0.9)
        if edge.named is not None:
            # a function is known up to the constant that its node adds
            shift = np.nanmean(edge.spline - edge.named)
            box.plot(edge.x, edge.named + shift, color=STATE_COLOURS[5], lw=1.3, ls=(0, (3, 2)))
        box.set(xticks=[], yticks=[])
        box.margins(0.08, 0.12)
        box.spines[:].set_color(FAINT)


def _join(axes: Axes, layer: int, sums: Array, nodes: Array, width: Any) -> None:
    """From sums to the nodes of the next layer: as they are, or two by two into a product."""
    top, next_base = _STOREY * layer + 2.3, _STOREY * (layer + 1)
    plain = width if isinstance(width, int) else width[0]
    for i, x in enumerate(sums):
        node = i if i < plain else plain + (i - plain) // 2
        axes.plot([x, nodes[node]], [top, next_base], color=FAINT, lw=1.1, zorder=1)
        axes.text(x, top, "+", ha="center", va="center", fontsize=9, color=INK, zorder=4, bbox=_KNOT)
    for i in range(plain, len(nodes)):
        axes.text(nodes[i], next_base, "×", ha="center", va="center", fontsize=11, color=INK, zorder=4, bbox=_KNOT)


def _name_nodes(axes: Axes, places: list[Array], formula: Formula | None) -> None:
    """The features' names below, the target's above."""
    named = formula is not None and len(formula.names) == len(places[0])
    inputs = formula.names if formula is not None and named else [f"x{i}" for i in range(len(places[0]))]
    style: dict[str, Any] = {"ha": "center", "fontsize": 11, "color": INK, "zorder": 4, "parse_math": False}
    for x, name in zip(places[0], inputs, strict=True):
        axes.text(x, -0.08, name, va="top", **style)
    last = places[-1]
    targets = [formula.target] if formula is not None and len(last) == 1 else [f"output {i}" for i in range(len(last))]
    for x, name in zip(last, targets, strict=True):
        axes.text(x, _STOREY * (len(places) - 1) + 0.1, name, va="bottom", **style)


_KNOT: dict[str, Any] = {"boxstyle": "circle,pad=0.22", "facecolor": PAPER, "edgecolor": FAINT, "lw": 1.0}

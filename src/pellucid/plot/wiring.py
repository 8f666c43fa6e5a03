"""Wired networks: neurons at their places, wires as wide as their weights, each part in its own colour."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ..artifacts.mechanisms.wired_network import WiredNetwork
from .drawing import draws
from .style import FAINT, INK, PAPER, new_figure, shortened, state_colour

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


@draws(WiredNetwork)
def draw_wired_network(found: WiredNetwork) -> Figure:
    """Inputs below, outputs above; dashed wires are negative."""
    from matplotlib.collections import LineCollection

    figure = new_figure(6.4, 1.1 + 0.95 * len(found.widths))
    axes = figure.add_subplot()
    axes.set_axis_off()
    colours = _colours(found)
    for layer, matrix in enumerate(found.matrices):
        largest = float(np.abs(matrix).max()) or 1.0
        for positive in (True, False):
            chosen = np.argwhere(matrix > 0 if positive else matrix < 0)
            wires: Any = [
                [(_place(found, layer, i), layer), (_place(found, layer + 1, j), layer + 1)] for j, i in chosen
            ]
            widths = [0.3 + 2.7 * abs(matrix[j, i]) / largest for j, i in chosen]
            shades = [colours[layer][i] or FAINT for _, i in chosen]
            axes.add_collection(LineCollection(wires, linewidths=widths, colors=shades, zorder=1,
                                               linestyles="solid" if positive else (0, (3, 1.5))))  # fmt: skip
    for layer, width in enumerate(found.widths):
        _neurons(axes, found, layer, width, colours[layer])
    for place, name in enumerate(found.inputs):
        axes.text(_place(found, 0, place), -0.18, shortened(name, 14), ha="center", va="top", color=INK, fontsize=9)
    for place, name in enumerate(found.outputs):
        top = len(found.widths) - 1
        axes.text(_place(found, top, place), top + 0.18, shortened(name, 14), ha="center", color=INK, fontsize=9)
    axes.set(xlim=(0, 1), ylim=(-0.45, len(found.widths) - 0.6))
    return figure


def _place(found: WiredNetwork, layer: int, neuron: int) -> float:
    return (neuron + 0.5) / found.widths[layer]


def _neurons(axes: Axes, found: WiredNetwork, layer: int, width: int, colours: list[str]) -> None:
    """A dot for each neuron; those without wires are small."""
    for i in range(width):
        colour = colours[i]
        axes.plot(_place(found, layer, i), layer, "o", ms=6 if colour else 2.5, color=colour or FAINT,
                  markeredgecolor=PAPER, zorder=2)  # fmt: skip


def _colours(found: WiredNetwork) -> list[list[str]]:
    """The colour of each neuron's part, by the outputs that it reaches; "" where it reaches none."""
    part_of = {output: number for number, (outputs, _) in enumerate(found.parts) for output in outputs}
    reach = [np.eye(len(found.outputs), dtype=bool)]
    for matrix in reversed(found.matrices):
        reach.insert(0, (matrix.T != 0).astype(int) @ reach[0].astype(int) > 0)
    return [
        [next((state_colour(part_of[int(o)]) for o in np.flatnonzero(row)), "") for row in layer] for layer in reach
    ]

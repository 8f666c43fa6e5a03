"""Narrow networks: how large each neuron still is, and how fast a forgotten skill comes back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..artifacts.mechanisms.narrow_network import NarrowNetwork
from .drawing import draws
from .style import FAINT, INK, STATE_COLOURS, new_figure, quiet, shortened, state_colour

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MOST_CURVES = 6


@draws(NarrowNetwork)
def draw_narrow_network(found: NarrowNetwork) -> Figure:
    """Left: the norms of all neurons, largest first, layer by layer. Right: accuracies in relearning."""
    has_curves = bool(found.relearning)
    figure = new_figure(7.6 if has_curves else 4.2, 3.0)
    grid = figure.subplots(1, 2 if has_curves else 1, squeeze=False)[0]
    _norms(grid[0], found)
    if has_curves:
        for number, (ours, fresh) in enumerate(found.relearning[:MOST_CURVES]):
            colour = state_colour(number)
            grid[1].plot(found.steps, ours, color=colour, lw=1.6, label=shortened(found.skills[1 + number], 18))
            grid[1].plot(found.steps, fresh, color=colour, lw=1.2, ls=":")
        grid[1].set(xlabel="steps of training on it again", ylabel="rows right", ylim=(0, 1.03))
        grid[1].legend(frameon=False, fontsize=8.5, labelcolor=INK, loc="lower right")
        quiet(grid[1])
    return figure


def _norms(axes: Axes, found: NarrowNetwork) -> None:
    start = 0
    for name, norms, kept in zip(found.layers, found.norms, found.kept, strict=True):
        order = sorted(range(len(norms)), key=lambda unit: -norms[unit])
        stays = set(kept)
        for chosen, colour in ((True, STATE_COLOURS[0]), (False, FAINT)):
            places = [place for place, unit in enumerate(order) if (unit in stays) == chosen]
            axes.bar([start + p for p in places], [norms[order[p]] for p in places], 1.0, color=colour)
        axes.text(start + len(order) / 2, 1.0, f"before {shortened(name, 14)}", ha="center", va="bottom", color=INK,
                  fontsize=8.5, transform=axes.get_xaxis_transform())  # fmt: skip
        start += len(order) + 2
    axes.set(xlabel="hidden neurons, largest first", ylabel="size of their weights")
    axes.set_xticks([])
    quiet(axes)

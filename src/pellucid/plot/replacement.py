"""Transcoders of all layers: what each leaves unexplained."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..artifacts.features.replacement_model import ReplacementModel
from .drawing import draws
from .style import STATE_COLOURS, new_figure, quiet

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@draws(ReplacementModel)
def draw_replacement(found: ReplacementModel) -> Figure:
    """FVU over the layers."""
    figure = new_figure(6.4, 2.6)
    axes = figure.add_subplot()
    axes.plot(range(len(found.fvu)), found.fvu, "o-", ms=3.2, lw=1.3, color=STATE_COLOURS[0])
    axes.set_ylim(0, 1.03)
    axes.set_xlabel("layer")
    axes.set_ylabel("FVU")
    quiet(axes)
    return figure

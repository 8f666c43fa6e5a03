"""Maps of sources: a point and an ellipse for each, with the phrases at the ends below."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..artifacts.compression.source_map import SourceMap
from .drawing import draws
from .style import INK, STATE_COLOURS, new_figure, quiet, shortened

if TYPE_CHECKING:
    from matplotlib.figure import Figure

RADIUS = 2.4477
"""Of an ellipse that holds 95 % of a plane normal distribution: sqrt(-2 ln 0.05)."""


@draws(SourceMap)
def draw_source_map(found: SourceMap) -> Figure:
    """The first two axes."""
    figure = new_figure(6.4, 5.2)
    axes = figure.add_subplot()
    quiet(axes)
    circle = np.array([np.cos(angle := np.linspace(0, 2 * np.pi, 80)), np.sin(angle)])
    for number, (name, place, (xx, xy, yy)) in enumerate(zip(found.sources, found.places, found.spreads, strict=True)):
        colour = STATE_COLOURS[number % len(STATE_COLOURS)]
        values, vectors = np.linalg.eigh(np.array([[xx, xy], [xy, yy]]))
        edge = vectors @ (np.sqrt(np.maximum(values, 0))[:, None] * circle) * RADIUS + np.array(place)[:, None]
        axes.fill(*edge, color=colour, alpha=0.15, lw=0)
        axes.plot(*edge, color=colour, lw=0.8)
        axes.plot(*place, "o", color=colour, ms=5)
        axes.annotate(shortened(name, 22), place, (5, 4), textcoords="offset points", fontsize=9, color=INK)
    labels = [
        f"axis {k}: {', '.join(low[:2])}  |  {', '.join(high[:2])}" for k, (low, high) in enumerate(found.ends, 1)
    ]
    axes.set_xlabel(shortened(labels[0], 80), fontsize=9)
    axes.set_ylabel(shortened(labels[1], 64) if len(labels) > 1 else "", fontsize=9)
    return figure

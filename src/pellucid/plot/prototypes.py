"""Prototypes: each class's centre, as a picture where it can be one, else as a line over the columns."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from ..artifacts.features.prototypes import Prototypes
from .drawing import draws
from .style import INK, new_figure, quiet, shortened, state_colour

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@draws(Prototypes)
def draw_prototypes(found: Prototypes, most: int = 20) -> Figure:
    """Squares of side sqrt(width) where the width is a square from 4 x 4 on; of many classes the first."""
    centres, side = found.centres[:most], math.isqrt(found.centres.shape[1])
    if side * side != centres.shape[1] or side < 4:
        figure = new_figure(6.4, 3.0)
        axes = figure.add_subplot()
        for i, centre in enumerate(centres[:8]):
            axes.plot(
                np.arange(len(centre)),
                centre,
                lw=1.2,
                marker=".",
                color=state_colour(i),
                label=shortened(found.names[i], 16),
            )
        axes.set(xlabel="column", ylabel="centre")
        axes.legend(frameon=False, fontsize=8.5, labelcolor=INK, loc="center left", bbox_to_anchor=(1.0, 0.5))
        quiet(axes)
        return figure
    columns = min(5, len(centres))
    rows = -(-len(centres) // columns)
    figure = new_figure(1.25 * columns, 1.45 * rows)
    grid = figure.subplots(rows, columns, squeeze=False).ravel()
    for i, axes in enumerate(grid):
        axes.set_axis_off()
        if i < len(centres):
            axes.imshow(centres[i].reshape(side, side), cmap="gray_r")
            axes.set_title(shortened(found.names[i], 12), color=INK, fontsize=9)
    return figure

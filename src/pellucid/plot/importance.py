"""Roles of columns: the credit of each method as bars, suppressors named in orange."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..artifacts.features.feature_roles import FeatureRoles
from .drawing import draws
from .style import INK, ROOM, STATE_COLOURS, new_figure, quiet, shortened

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@draws(FeatureRoles)
def draw_roles(found: FeatureRoles) -> Figure:
    """A group of bars for each column, those with most credit first."""
    order = sorted(range(len(found.columns)), key=lambda i: -max(found.values[i]))[: ROOM.bars // 2]
    count = len(found.methods)
    figure = new_figure(5.8, 0.9 + 0.17 * (count + 1) * len(order))
    axes = figure.add_subplot()
    for m, method in enumerate(found.methods):
        places = [place + (m - (count - 1) / 2) / (count + 1) for place in range(len(order))]
        axes.barh(
            places, [100 * found.values[i][m] for i in order], 0.9 / (count + 1), color=STATE_COLOURS[m], label=method
        )
    axes.set_yticks(range(len(order)), [f"{shortened(found.columns[i], 24)}\n{found.roles[i]}" for i in order])
    axes.invert_yaxis()
    quiet(axes)
    for label, i in zip(axes.get_yticklabels(), order, strict=True):
        label.set_color(STATE_COLOURS[5] if found.roles[i] == "suppressor" else INK)
    axes.set_xlabel("share of the method's credit, %")
    axes.legend(frameon=False, fontsize=8.5, labelcolor=INK, loc="lower right")
    return figure

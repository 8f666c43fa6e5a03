"""Usable information: a bar for each reader, with 95 %."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..artifacts.oversight.usable_information import UsableInformation
from .drawing import draws
from .style import INK, STATE_COLOURS, new_figure, quiet

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@draws(UsableInformation)
def draw_usable_information(found: UsableInformation) -> Figure:
    """The receiver first."""
    figure = new_figure(6.2, 2.2)
    axes = figure.add_subplot()
    names = ["receiver, with key", *(f"sentinel: {name}" for name in found.sentinels)]
    values, errors = zip(found.receiver, *found.read, strict=True)
    colours = [STATE_COLOURS[5], *[STATE_COLOURS[0]] * len(found.sentinels)]
    axes.barh(range(len(names)), values, xerr=[1.96 * e for e in errors], color=colours, ecolor=INK, height=0.6)
    axes.set_yticks(range(len(names)), names)
    axes.invert_yaxis()
    quiet(axes)
    axes.set_xlabel("right answers above the best constant answer")
    return figure

"""The ROC curve of a monitor."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..artifacts.audits.monitor import Monitor
from .drawing import draws
from .style import FAINT, STATE_COLOURS, new_figure, quiet

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@draws(Monitor)
def draw_monitor(found: Monitor) -> Figure:
    """The curve, guessing, and the false alarms that are allowed."""
    figure = new_figure(4.2, 3.6)
    axes = figure.add_subplot(1, 1, 1)
    axes.plot([0, 1], [0, 1], color=FAINT, lw=0.8)
    axes.axvline(found.false_alarms, color=FAINT, lw=0.8, ls="--")
    axes.step(found.curve[:, 0], found.curve[:, 1], where="post", color=STATE_COLOURS[0])
    axes.set_xlabel(f"share of {found.names[0]} texts")
    axes.set_ylabel(f"share of {found.names[1]} texts")
    axes.set_xlim(-0.02, 1.02)
    axes.set_ylim(-0.02, 1.02)
    quiet(axes)
    return figure

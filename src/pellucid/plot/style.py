"""What all drawings share: two fixed colours, ink and paper, that a page can exchange for its own, and quiet axes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

INK, PAPER, FAINT = "#3b4252", "#fefefe", "#9aa3b2"
STATE_COLOURS = ("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#f0e442", "#999999")


@dataclass(frozen=True)
class Room:
    """How much a page has room for. What is beyond is left out, or drawn in another way, and the drawing says so.

    The numbers were chosen by looking at pages, so that a page of everything still fits on a few screens.
    """

    portraits: int = 6
    """Pictures of orbits, one for each invariant."""
    measured_portraits: int = 3
    """Pictures of measured orbits; fewer, as other drawings of trajectories stand beside them."""


ROOM = Room()


def new_figure(width: float, height: float) -> Figure:
    """A figure that belongs to no window and leaves matplotlib's global state alone."""
    from matplotlib.figure import Figure

    return Figure(figsize=(width, height), layout="constrained")


def quiet(axes: Axes) -> None:
    axes.spines[["top", "right"]].set_visible(False)
    axes.spines[["left", "bottom"]].set_color(FAINT)
    axes.tick_params(colors=INK, labelcolor=INK, labelsize=9)
    axes.tick_params(which="minor", length=0)
    axes.xaxis.label.set_color(INK)
    axes.yaxis.label.set_color(INK)


def colour_bar(figure: Figure, axes: Axes, drawn: Any, label: str) -> None:
    """What the colours mean, in whole numbers."""
    from matplotlib.ticker import MaxNLocator

    bar = figure.colorbar(drawn, ax=axes, shrink=0.8, ticks=MaxNLocator(6, integer=True))
    bar.set_label(label, color=INK)
    bar.ax.tick_params(colors=INK, labelsize=9)
    bar.outline.set_visible(False)  # type: ignore[operator]
    bar.solids.set_alpha(1)  # type: ignore[union-attr]

"""What all drawings share: two fixed colours, ink and paper, that a page can exchange for its own, and quiet axes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

INK, PAPER, FAINT = "#3b4252", "#fefefe", "#9aa3b2"
LEAST_CHANGE = 1e-17
"""Changes of conserved quantities are drawn from here up: less than rounding, and a logarithm needs an end."""
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
    states: int = 12
    """States of an automaton that is drawn as a graph; a larger one is a table of what follows what."""
    arrows: int = 30
    """Arrows of an automaton that is drawn as a graph."""
    edges: int = 12
    """Edges of a spline network between two layers: those that vary most."""
    flows: int = 9
    """Symmetries that are drawn as flows."""
    families: int = 24
    """Families of equations in a bar chart."""
    bars: int = 24
    """Parts of a model in a bar chart: those of the largest effect."""
    classes: int = 40
    """Classes in a confusion matrix: the most frequent ones."""
    reactions: int = 90
    """Species and reactions of a network that is drawn as a graph: more are a knot, which shows nothing."""
    points: int = 400
    """Points that are drawn one by one; more are a picture, which keeps the page small."""


ROOM = Room()


def ink_on(colour: str) -> str:
    """Black or white, whichever is legible on one of the `STATE_COLOURS`.

    >>> ink_on("#0072b2"), ink_on("#f0e442")
    ('#ffffff', '#000000')
    """
    pale = ("#e69f00", "#56b4e9", "#f0e442", "#cc79a7", "#999999")
    return "#000000" if colour in pale else "#ffffff"


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


def colour_scale(figure: Figure, axes: Axes, drawn: Any, label: str, **options: Any) -> None:
    """What the colours mean, beside the axes."""
    bar = figure.colorbar(drawn, ax=axes, shrink=0.85, **options)
    bar.set_label(label, color=INK)
    bar.ax.tick_params(colors=INK, labelsize=9)
    bar.outline.set_visible(False)  # type: ignore[operator]


def colour_bar(figure: Figure, axes: Axes, drawn: Any, label: str) -> None:
    """What the colours mean, in whole numbers."""
    from matplotlib.ticker import MaxNLocator

    bar = figure.colorbar(drawn, ax=axes, shrink=0.8, ticks=MaxNLocator(6, integer=True))
    bar.set_label(label, color=INK)
    bar.ax.tick_params(colors=INK, labelsize=9)
    bar.outline.set_visible(False)  # type: ignore[operator]
    bar.solids.set_alpha(1)  # type: ignore[union-attr]


def shortened(text: str, longest: int) -> str:
    """The beginning of a text for which there is no more room.

    >>> shortened("relative error", 10)
    'relative …'
    """
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def state_colour(number: int) -> str:
    """The colour of the state, curve or region of this number; the colours are used again where there are more.

    >>> state_colour(0) == state_colour(8) == STATE_COLOURS[0]
    True
    """
    return STATE_COLOURS[number % len(STATE_COLOURS)]

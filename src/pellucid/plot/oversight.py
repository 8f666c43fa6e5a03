"""Oversight: domain ratings over general ones with their curves, and the chance over the gap with its bands."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..artifacts.oversight.oversight_curves import SOURCES, OversightCurves
from .drawing import draws
from .style import FAINT, INK, STATE_COLOURS, new_figure, quiet

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


@draws(OversightCurves)
def draw_oversight(found: OversightCurves) -> Figure:
    """Left, ratings as guard and as houdini; right, the chance over gaps, in bands that widen with what is unsure."""
    figure = new_figure(9.2, 3.5)
    left, right = figure.subplots(1, 2)
    end = found.start + found.gap
    x = np.linspace(min(found.reach[0], found.start), max(found.reach[1], end), 200)
    pairs = (("guard", found.guards, STATE_COLOURS[0]), ("houdini", found.houdinis, STATE_COLOURS[5]))
    for (role, players, colour), curve in zip(pairs, found.curves, strict=True):
        general, rating, error = np.array([[p.general, p.rating, p.error] for p in players]).T
        left.errorbar(general, rating, 1.96 * error, fmt="o", ms=3.5, lw=1, color=colour, label=f"as {role}")
        left.plot(x, curve(x), color=colour, lw=1.2)
    if x[-1] > found.reach[1]:
        left.axvspan(found.reach[1], x[-1], color=FAINT, alpha=0.18, lw=0)
    left.set(xlabel="general rating (grey: beyond all players)", ylabel="rating in this game")
    left.legend(frameon=False, fontsize=8, labelcolor=INK)
    _draw_chance(right, found)
    quiet(left)
    quiet(right)
    return figure


def _draw_chance(axes: Axes, found: OversightCurves) -> None:
    gaps = np.linspace(0.02, 1.5, 16) * found.gap
    shades = zip(SOURCES[::-1], (0.15, 0.25, 0.45), strict=True)
    for source, alpha in shades:
        low, high = np.array([found.interval(source, found.start, gap) for gap in gaps]).T
        axes.fill_between(gaps, low, high, color=STATE_COLOURS[0], alpha=alpha, lw=0, label=f"95 %: {source}")
    axes.plot(gaps, [found.success(found.start, gap) for gap in gaps], color=INK, lw=1.3)
    axes.axvline(found.gap, color=FAINT, lw=1, ls=":")
    axes.set(xlabel=f"gap above {found.start:g}, in Elo", ylabel="chance that oversight holds", ylim=(0, 1))
    axes.legend(frameon=False, fontsize=8, labelcolor=INK)

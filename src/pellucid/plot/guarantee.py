"""Guarantees: the bounds of every state, from the smallest to the largest."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..artifacts.worlds.guarantee import Guarantee
from .drawing import draws
from .style import FAINT, INK, ROOM, STATE_COLOURS, new_figure, quiet

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@draws(Guarantee)
def draw_guarantee(found: Guarantee) -> Figure:
    """Upper bounds as a line, lower bounds as dots; the start, and the bound that was asked for."""
    figure = new_figure(6.2, 3.0)
    axes = figure.add_subplot()
    quiet(axes)
    upper, lower = (dict(bound.values) if bound else {} for bound in (found.upper, found.lower))
    names = list(dict.fromkeys([*upper, *lower]))
    highest = 1.0 if not found.rule.cost else float("nan")
    if found.rule.within is not None or not names:
        start = found.world.states[found.world.start]
        names = [start]
        upper, lower = ({start: bound.value} if bound else {} for bound in (found.upper, found.lower))
    high = np.array([float(upper.get(name, highest)) for name in names])
    low = np.array([float(lower.get(name, 0)) for name in names])
    order = np.lexsort((low, high))
    step = max(1, len(order) // ROOM.points)
    place = np.arange(len(order))
    axes.plot(place[::step], high[order][::step], color=STATE_COLOURS[0], lw=1.6, label="upper bound",
              marker="_" if len(order) == 1 else None, markersize=14)  # fmt: skip
    axes.plot(place[::step], low[order][::step], ".", color=STATE_COLOURS[1], ms=4, label="lower bound")
    start = found.world.states[found.world.start]
    if start in names:
        axes.axvline(int(np.flatnonzero(order == names.index(start))[0]), color=FAINT, lw=1)
    if found.asked:
        axes.axhline(float(_number(found.asked)), color=INK, lw=1, ls=":", label=f"asked: {found.asked}")
    axes.set(
        xlabel="states in order of their bound",
        ylabel=found.rule.quantity if len(found.rule.quantity) < 32 else "value",
    )
    axes.legend(frameon=False, fontsize=9, labelcolor=INK)
    return figure


def _number(text: str) -> float:
    from fractions import Fraction

    return float(Fraction(text))

"""Skills: the curve of each with what the chosen law says of it, and the errors of all laws."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ...artifacts.learning.skill_dynamics import SkillDynamics
from ..drawing import draws
from ..style import FAINT, INK, STATE_COLOURS, new_figure, quiet, shortened, state_colour

if TYPE_CHECKING:
    from matplotlib.figure import Figure

NAMED = 12
"""Of more skills than so many the legend names none."""


@draws(SkillDynamics)
def draw_skills(found: SkillDynamics) -> Figure:
    """Curves with what was forecast of them on the left, the errors of the laws on the right."""
    figure = new_figure(10.4, 4.4)
    grid = figure.add_gridspec(1, 3)
    left, right = figure.add_subplot(grid[0, :2]), figure.add_subplot(grid[0, 2])
    _curves(left, found)
    _errors(right, found)
    quiet(left)
    quiet(right)
    return figure


def _curves(axes: Any, found: SkillDynamics) -> None:
    tested = found.steps >= found.tested_from
    for k, name in enumerate(found.names):
        colour = state_colour(k)
        label = shortened(name, 18) if len(found.names) <= NAMED else None
        axes.plot(found.steps, found.left[:, k], ".", color=colour, ms=3, alpha=0.6, label=label)
        axes.plot(found.steps[tested], found.tested[:, k], color=colour, lw=1.5)
    if found.law != "apart":
        coming = found.forecast[np.isfinite(found.forecast)]
        end = min(float(coming.max()) if len(coming) else found.time[-1], 4 * found.time[-1])
        later = np.linspace(found.time[-1], max(end, found.time[-1] * 1.05), 120)
        steps = [found.step_of(t) for t in later]
        for k, curve in enumerate(found(later).T):
            axes.plot(steps, curve, color=state_colour(k), lw=1, ls=":")
    axes.axvline(found.tested_from, color=FAINT, lw=0.8, ls="--")
    axes.axvline(found.steps[-1], color=FAINT, lw=0.8)
    axes.set(xlabel="step", ylabel="share left to learn", ylim=(-0.05, max(1.15, float(found.left[-1].max()) + 0.1)))
    if len(found.names) <= NAMED:
        axes.legend(fontsize=7, frameon=False, labelcolor=INK, ncols=2)


def _errors(axes: Any, found: SkillDynamics) -> None:
    """One bar a law, the chosen one on top."""
    places = np.arange(len(found.laws))[::-1]
    colours = [STATE_COLOURS[0] if near else FAINT for near in found.tolerated]
    axes.barh(places, found.error, color=colours, height=0.6)
    axes.set_yticks(places, found.laws)
    axes.set_xlabel("error of forecast (rms)")
    axes.set_title("by which the law was chosen", fontsize=9.5, color=INK)

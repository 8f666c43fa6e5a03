"""Phase diagrams: one coloured cell for each combination of settings, or one mark a run along a single setting."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ...artifacts.learning.phase_diagram import PhaseDiagram
from ...artifacts.learning.run_phases import MEANS
from ..drawing import draws
from ..style import INK, ink_on, new_figure, quiet, state_colour

if TYPE_CHECKING:
    from matplotlib.figure import Figure

COLOURS = {phase: state_colour(place) for place, phase in enumerate(MEANS)}


@draws(PhaseDiagram)
def draw_phases(found: PhaseDiagram) -> Figure:
    """Cells of the first two settings, with the first letters of their phase; paler where runs of a cell differ."""
    rows = found.axis(0)
    columns = found.axis(1) if len(found.names) == 2 else np.array([0.0])
    figure = new_figure(max(4.5, 1.1 * len(columns) + 3.2), max(2.6, 0.55 * len(rows) + 1.4))
    axes = figure.add_subplot()
    for i, first in enumerate(rows):
        for j, second in enumerate(columns):
            known = found.cell(first, second) if len(found.names) == 2 else found.cell(first)
            if known is None:
                continue
            phase, share = known
            colour = COLOURS[phase]
            axes.add_patch(_square(j, i, colour, share))
            letters = phase[:3]
            axes.text(j, i, letters, ha="center", va="center", fontsize=8, color=ink_on(colour) if share == 1 else INK)
    axes.set_xlim(-0.5, len(columns) - 0.5)
    axes.set_ylim(-0.5, len(rows) - 0.5)
    axes.set_yticks(range(len(rows)), [f"{value:g}" for value in rows])
    axes.set_ylabel(found.names[0])
    axes.set_xticks(range(len(columns)), [f"{value:g}" for value in columns] if len(found.names) == 2 else [""])
    axes.set_xlabel(found.names[1] if len(found.names) == 2 else "")
    for phase in MEANS:
        if phase in found.phases:
            axes.plot([], [], "s", color=COLOURS[phase], label=phase)
    axes.legend(fontsize=8, frameon=False, labelcolor=INK, loc="center left", bbox_to_anchor=(1.01, 0.5))
    quiet(axes)
    return figure


def _square(x: int, y: int, colour: str, share: float) -> Any:
    from matplotlib.patches import Rectangle

    return Rectangle((x - 0.47, y - 0.47), 0.94, 0.94, color=colour, lw=0, alpha=1.0 if share == 1 else 0.45)

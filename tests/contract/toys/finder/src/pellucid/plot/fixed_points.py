"""Fixed points in the plane of the first two variables. A toy of the tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..artifacts.laws.fixed_points import FixedPoints
from .drawing import draws
from .style import INK, new_figure, quiet

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@draws(FixedPoints)
def draw_fixed_points(found: FixedPoints) -> Figure:
    """A dot for each."""
    figure = new_figure(3.0, 3.0)
    axes = figure.add_subplot()
    axes.plot([p[0] for p in found.points], [p[-1] for p in found.points], "o", color=INK)
    axes.set(xlabel=found.variables[0], ylabel=found.variables[-1])
    quiet(axes)
    return figure

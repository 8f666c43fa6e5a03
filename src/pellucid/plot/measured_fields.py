"""Fields that were measured: over space and time, beside what found equations leave over of their rate."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ..artifacts import MeasuredField
from .drawing import draws
from .style import INK, colour_scale, new_figure, quiet

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@draws(MeasuredField)
def draw_measured_field(measured: MeasuredField) -> Figure:
    """A row for each field: its values, and the residual; a line where the part begins that nothing was fitted to."""
    rows = len(measured.fields)
    figure = new_figure(9.6, 3.7 * rows)
    for i, field in enumerate(measured.fields):
        left, right = (figure.add_subplot(rows, 2, 2 * i + column) for column in (1, 2))
        _image(figure, left, measured, measured.values[i], field, "viridis", None)
        most = float(np.nanmax(np.abs(measured.residual[i]), initial=0.0)) or 1.0
        label = f"{field}ₜ less right-hand side, of its size"
        _image(figure, right, measured, measured.residual[i], label, "RdBu_r", most)
    return figure


def _image(
    figure: Figure, axes: Any, measured: MeasuredField, values: Any, label: str, colours: str, most: float | None
) -> None:
    box = tuple(float(end) for axis in (measured.x, measured.t) for end in (axis[0], axis[-1]))
    limits = {} if most is None else {"vmin": -most, "vmax": most}
    drawn = axes.imshow(values, origin="lower", aspect="auto", extent=box, cmap=colours, interpolation="none", **limits)
    mark = axes.axhline if measured.held_axis == "t" else axes.axvline
    if np.isfinite(measured.held_from):
        mark(measured.held_from, color=INK, lw=1, ls="--")
    axes.set(xlabel="x", ylabel="time")
    quiet(axes)
    colour_scale(figure, axes, drawn, label)

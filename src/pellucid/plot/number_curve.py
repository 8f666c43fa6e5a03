"""Curves of numbers: each circle in its plane, the line over the numbers, and what the formulas say, as lines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ..artifacts.features.number_curve import NumberCurve
from ..artifacts.formulas.formula import Formula
from .drawing import draws
from .style import FAINT, INK, STATE_COLOURS, colour_scale, new_figure, quiet

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@draws(NumberCurve)
def draw_number_curve(found: NumberCurve) -> Figure:
    """The coordinates over the number, with their formulas; beside them each circle, coloured by the number.

    >>> n = np.arange(20.0)
    >>> xy = np.stack([np.cos(n), np.sin(n)], 1)
    >>> names = ("cosine of circle 1", "sine of circle 1")
    >>> found = NumberCurve(np.zeros(2), np.eye(2), n, xy, n > 15, names, ("cos(n)", "sin(n)"), (2 * np.pi,))
    >>> len(draw_number_curve(found).axes)  # two coordinates, the circle and its scale of colours
    4
    """
    rows, circles = max(1, len(found.names)), len(found.periods)
    figure = new_figure(6.2 + (3.4 if circles else 0), max(2.2, 1.5 * rows, 3.3 * circles))
    sides: list[Any] = list(figure.subfigures(1, 2, width_ratios=[1.7, 1])) if circles else [figure]  # type: ignore
    grid = np.linspace(found.numbers.min(), found.numbers.max(), 600)
    axes = np.ravel(sides[0].subplots(rows, 1, sharex=True, squeeze=False))
    for k, (one, name) in enumerate(zip(axes, found.names, strict=False)):
        for rows_of, marker, label in ((~found.held_out, "o", "seen"), (found.held_out, "D", "held out")):
            one.plot(found.numbers[rows_of], found.coordinates[rows_of, k], marker, ms=3.2, mew=0, label=label,
                     color=STATE_COLOURS[0 if marker == "o" else 5])  # fmt: skip
        if k < len(found.formulas) and found.formulas[k]:
            formula = Formula(found.formulas[k], (found.variable,))
            one.plot(grid, np.broadcast_to(formula(grid[:, None]), grid.shape), color=FAINT, lw=1, zorder=0)
        one.set_ylabel(name.replace(" of ", "\nof "), fontsize=8)
        quiet(one)
    axes[-1].set_xlabel(found.variable)
    if found.names:
        axes[0].legend(frameon=False, fontsize=8, labelcolor=INK, loc="upper right", ncols=2)
    for i, period in enumerate(found.periods):
        plane = sides[1].add_subplot(circles, 1, i + 1)
        pair = [found.names.index(f"{part} of circle {i + 1}") for part in ("cosine", "sine")]
        drawn = plane.scatter(*found.coordinates[:, pair].T, c=found.numbers, cmap="viridis", s=14)
        turn = np.linspace(0, 2 * np.pi, 200)
        plane.plot(np.cos(turn), np.sin(turn), color=FAINT, lw=0.8)
        plane.set_aspect("equal", adjustable="datalim")
        plane.set(xlabel="cosine", ylabel="sine")
        plane.set_title(f"circle {i + 1}: period {period:.4g}", fontsize=9, color=INK)
        colour_scale(sides[1], plane, drawn, found.variable)
        quiet(plane)
    return figure

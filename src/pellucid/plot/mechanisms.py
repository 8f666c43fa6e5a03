"""Mechanisms: the table of answers, and the amplitudes of the formula."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..artifacts.mechanisms.mechanism import Mechanism
from .drawing import draws
from .style import FAINT, INK, STATE_COLOURS, new_figure, quiet, state_colour

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


CIRCLES = 6
"""Circles in a row, the largest; smaller ones fill the blind spots of these."""


@draws(Mechanism)
def draw_mechanism(found: Mechanism) -> Figure:
    """The answers as shades; beside them amplitudes against a - b, or logits of elements; below, circles."""
    circles = min(len(found.points), CIRCLES)
    panels = 1 + found.has_formula
    figure = new_figure(3.6 * panels + (0.9 if found.has_formula else 0), 3.3 + 2.0 * (circles > 0))
    rows = figure.subfigures(1 + (circles > 0), 1, height_ratios=[3.3, 2.0][: 1 + (circles > 0)], squeeze=False)[:, 0]
    axes = rows[0].subplots(1, panels, squeeze=False, width_ratios=[1, 1.35][:panels])[0]
    axes[0].imshow(found.answers, cmap="twilight" if found.frequencies else "viridis", interpolation="nearest")
    axes[0].set(xlabel="b", ylabel="a", title="answer")
    axes[0].title.set(color=INK, fontsize=10)
    for spine in axes[0].spines.values():
        spine.set_color(FAINT)
    axes[0].tick_params(colors=INK, labelsize=9)
    axes[0].xaxis.label.set_color(INK)
    axes[0].yaxis.label.set_color(INK)
    if found.values:
        _draw_elements(axes[1], found)
    elif found.frequencies:
        _draw_amplitudes(axes[1], found)
    if circles:
        for number, panel in enumerate(rows[1].subplots(1, max(circles, 4), squeeze=False)[0]):
            _draw_circle(panel, found, number)
    return figure


def _draw_circle(axes: Axes, found: Mechanism, number: int) -> None:
    """The elements on one circle of the embeddings, joined in steps of the element that turns it least."""
    axes.set_axis_off()
    if number >= len(found.points):
        return
    part, points = found.parts[number], np.array(found.points[number])
    step = pow(int(part.name), -1, found.size) if np.gcd(int(part.name), found.size) == 1 else 1
    order = np.arange(found.size + 1) * step % found.size
    axes.plot(*points[order].T, lw=0.6, color=FAINT)
    axes.scatter(*points.T, s=9, c=np.arange(found.size), cmap="twilight")
    axes.set(xlim=(-1.15, 1.15), ylim=(-1.15, 1.15), aspect="equal")
    axes.set_title(f"{part.name}: {part.verdict}", color=INK, fontsize=9)


def _draw_amplitudes(axes: Axes, found: Mechanism, most: int = 6) -> None:
    """alpha + beta |cos(pi x / n)| of the largest terms, x = f (a - b) in the group's numbers."""
    x = np.arange(found.size) - found.size // 2
    order = sorted(range(len(found.frequencies)), key=lambda i: -abs(sum(found.coefficients[i])))[:most]
    for number, i in enumerate(order):
        f, (alpha, beta) = found.frequencies[i], found.coefficients[i]
        axes.plot(
            x,
            alpha + beta * np.abs(np.cos(np.pi * x / found.size)),
            lw=1.4,
            color=state_colour(number),
            label=f"{f}",
        )
    axes.axhline(0, color=FAINT, lw=0.8)
    axes.set(xlabel="frequency times a - b", ylabel="amplitude of the logits")
    axes.legend(
        title="frequency", frameon=False, fontsize=8.5, labelcolor=INK, loc="center left", bbox_to_anchor=(1.0, 0.5)
    )
    quiet(axes)


def _draw_elements(axes: Axes, found: Mechanism) -> None:
    """The formula's logit of every element, in order; the identity's, which is the right answer's, orange."""
    values = np.sort(np.array(found.values))[::-1]
    colours = [STATE_COLOURS[1], *[STATE_COLOURS[0]] * (len(values) - 1)]
    axes.scatter(np.arange(len(values)), values, s=12, c=colours)
    axes.axhline(0, color=FAINT, lw=0.8)
    axes.set(xlabel="elements a b c⁻¹, in order", ylabel="logit of the formula")
    quiet(axes)

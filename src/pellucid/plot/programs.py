"""Networks and what became of them: hidden states, training, weights, and the program's own text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ..artifacts import Network, Program, StateCloud, TrainingCurve
from .drawing import draws
from .style import FAINT, INK, ROOM, STATE_COLOURS, colour_bar, new_figure, quiet, state_colour

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


@draws(StateCloud)
def draw_cloud(cloud: StateCloud) -> Figure:
    """Hidden states on their first two principal axes, coloured by what they stand for.

    >>> figure = draw_cloud(StateCloud(np.eye(2), np.array([0, 1])))
    >>> figure.axes[0].get_xlabel()
    'first principal axis'
    """
    figure = new_figure(4.8, 3.6)
    axes = figure.add_subplot()
    states = np.unique(cloud.states)
    many = len(cloud.points) > ROOM.points
    distinct = len(np.unique(np.round(cloud.points / (np.abs(cloud.points).max() or 1.0), 2), axis=0))
    options: dict[str, Any] = {"s": 22 if distinct > 60 else 60, "alpha": 0.8, "lw": 0, "rasterized": many, "zorder": 2}
    if len(states) <= len(STATE_COLOURS):
        for state in states:
            x, y = cloud.points[cloud.states == state].T
            colour = state_colour(int(state))
            axes.scatter(x, y, color=colour, label=f"{cloud.label} {state}", **options)
        axes.legend(frameon=False, labelcolor=INK, fontsize=9, loc="center left", bbox_to_anchor=(1.0, 0.5))
    else:
        dots = axes.scatter(*cloud.points.T, c=cloud.states, cmap="viridis", **options)
        colour_bar(figure, axes, dots, cloud.label)
    _roomy_limits(axes, cloud.points)
    axes.set(xlabel="first principal axis", ylabel="second principal axis")
    quiet(axes)
    return figure


def _roomy_limits(axes: Axes, points: NDArray[np.float32]) -> None:
    """Limits that show a flat cloud as flat, instead of blowing up its rounding noise."""
    low, high = points.min(0).astype(float), points.max(0).astype(float)
    widest = float((high - low).max()) or 1.0
    half = np.maximum((high - low) * 0.56, 0.12 * widest)
    middle = (low + high) / 2
    axes.set_xlim(middle[0] - half[0], middle[0] + half[0])
    axes.set_ylim(middle[1] - half[1], middle[1] + half[1])


@draws(TrainingCurve)
def draw_curve(curve: TrainingCurve) -> Figure:
    """Loss and accuracy over steps: every network thin, the chosen one thick.

    >>> figure = draw_curve(TrainingCurve([0, 10], [1.0, 0.1], [0.5, 1.0]))
    >>> figure.axes[0].get_yscale()
    'log'
    """
    figure = new_figure(4.8, 3.6)
    upper, lower = figure.subplots(2, 1, sharex=True)
    keep = np.unique(np.linspace(0, len(curve.steps) - 1, 200).astype(int))
    others = [m for m in range(curve.members) if m != curve.chosen][:80]
    for axes, values, name in ((upper, curve.losses, "loss"), (lower, curve.accuracies, "accuracy")):
        shown = np.where(np.isfinite(values), values, np.nan)[keep]
        if name == "loss":
            shown = np.where(shown > 0, shown, np.nan)
        if others:
            axes.plot(curve.steps[keep], shown[:, others], color=FAINT, lw=0.6, alpha=0.55, zorder=1, rasterized=True)
        marker = "o" if len(keep) < 3 else ""
        axes.plot(curve.steps[keep], shown[:, curve.chosen], color=STATE_COLOURS[0], lw=2.2, marker=marker, zorder=2)
        axes.set_ylabel(name)
        quiet(axes)
    if np.isfinite(np.where(curve.losses > 0, curve.losses, np.nan)).any():
        upper.set_yscale("log")
    lower.yaxis.set_major_formatter(lambda value, _: f"{100 * value:g} %")
    lower.set_ylim(min(0.5, float(np.nanmin(np.where(np.isfinite(curve.accuracies), curve.accuracies, 0)))), 1.03)
    lower.set_xlabel("training step")
    lower.xaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
    if others:
        upper.plot([], [], color=STATE_COLOURS[0], lw=2.2, label="chosen network")
        upper.plot([], [], color=FAINT, lw=0.8, label=f"{curve.members - 1} others")
        upper.legend(
            frameon=False,
            fontsize=9,
            labelcolor=INK,
            loc="lower right",
            bbox_to_anchor=(1.0, 1.0),
            ncols=2,
            borderaxespad=0,
        )
    return figure


@draws(Network)
def draw_network(network: Network) -> Figure:
    """The weights, matrix by matrix, on one scale around zero, every weight a square of one size.

    >>> figure = draw_network(Network({"weight": np.eye(3)}, {}))
    >>> [axes.get_title(loc="left") for axes in figure.axes]
    ['weight']
    """
    matrices = _lying_down(network)
    wide = 4.8
    places, tall = _in_rows(matrices, wide)
    largest = max((float(np.abs(value).max()) for value in matrices.values()), default=1.0) or 1.0
    figure = new_figure(wide, tall)
    figure.set_layout_engine("none")
    for (name, value), (x, y, width, height) in zip(matrices.items(), places, strict=True):
        axes = figure.add_axes((x / wide, 1 - (y + height) / tall, width / wide, height / tall))
        axes.imshow(value, cmap="PuOr", vmin=-largest, vmax=largest, aspect="auto", interpolation="nearest")
        axes.set_title(name, fontsize=7.5, color=INK, loc="left", pad=3)
        axes.set(xticks=[], yticks=[])
        axes.spines[:].set_color(FAINT)
    return figure


def _lying_down(network: Network) -> dict[str, NDArray[np.float64]]:
    """The matrices (rows, columns), tall ones transposed so that they fit; arrays of more axes are left out."""
    matrices: dict[str, NDArray[np.float64]] = {}
    for name, weights in network.weights.items():
        value = np.atleast_2d(np.squeeze(weights)).astype(float)
        if value.ndim == 2 and value.shape[0] > value.shape[1]:
            matrices[f"{name}, transposed"] = value.T
        elif value.ndim == 2:
            matrices[name] = value
    return matrices


def _in_rows(
    matrices: dict[str, NDArray[np.float64]], wide: float, letter: float = 0.075
) -> tuple[list[tuple[float, float, float, float]], float]:
    """Each matrix's place (x, y, width, height) in inches, beside each other while there is room, and the height.

    `letter`: how wide a letter of a name is.
    """
    sides = [side for value in matrices.values() for side in value.shape]
    cell = min(0.24, 4.4 / max(sides, default=1))
    places, x, y, row = [], 0.1, 0.3, 0.0
    for name, value in matrices.items():
        height, width = (cell * side for side in value.shape)
        if x + max(width, letter * len(name)) > wide and x > 0.1:
            x, y, row = 0.1, y + row + 0.35, 0.0
        places.append((x, y, width, height))
        x, row = x + max(width, letter * len(name)) + 0.25, max(row, height)
    return places, y + row + 0.1


@draws(Program)
def draw_program(program: Program) -> Figure:
    """The source, highlighted."""
    from pygments.lexers import PythonLexer
    from pygments.token import Token

    colours = {Token.Keyword: "#8f3f71", Token.Literal: "#0072b2", Token.Operator: "#b05a00", Token.Comment: FAINT}
    source = program.to_python().rstrip()
    lines = source.split("\n")
    size, wide, high = 10.0, 0.602 * 10.0 / 72, 1.5 * 10.0 / 72
    figure = new_figure(max(3.0, wide * max(map(len, lines)) + 0.4), high * len(lines) + 0.4)
    width, height = figure.get_size_inches()
    row, column = 0, 0
    for kind, text in PythonLexer(stripnl=False).get_tokens(source):
        colour = next((c for token, c in colours.items() if kind in token), INK)
        for i, piece in enumerate(text.split("\n")):
            if i:
                row, column = row + 1, 0
            if piece.strip():
                x, y = (0.2 + wide * column) / width, 1 - (0.2 + high * (row + 0.7)) / height
                figure.text(
                    x, y, piece, family="monospace", fontsize=size, color=colour, va="baseline", parse_math=False
                )
            column += len(piece)
    return figure

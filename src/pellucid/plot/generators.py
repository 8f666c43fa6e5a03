"""Generators: drawn beside learnt columns, or drawn images. Their figures: ways to draw rows, and levels of noise."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..artifacts.generators.column_code import ColumnCode
from ..artifacts.generators.generator import Generator
from ..artifacts.generators.generator_quality import GeneratorQuality
from .drawing import draws
from .style import FAINT, INK, STATE_COLOURS, new_figure, quiet, shortened

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

SHOWN_ROWS = 500
"""Rows drawn for the picture."""
SHOWN_COLUMNS = 9
SHOWN_LEVELS = 10


@draws(Generator)
def draw_generator(found: Generator) -> Figure:
    """Forty images; or of each column, up to nine, what was learnt and what is drawn."""
    if found.image is not None:
        return _images(found.values(40), found.image)
    values = found.values(SHOWN_ROWS)
    shown = list(enumerate(found.columns))[:SHOWN_COLUMNS]
    wide = min(3, len(shown))
    figure = new_figure(3.1 * wide, 2.3 * -(-len(shown) // wide))
    grid = figure.subplots(-(-len(shown) // wide), wide, squeeze=False).ravel()
    for axes, (j, column) in zip(grid, shown, strict=False):
        (_levels if column.kind == "category" else _numbers)(axes, column, values[:, j])
        axes.set_title(shortened(column.name, 26), fontsize=9.5, color=INK)
        quiet(axes)
    for axes in grid[len(shown) :]:
        axes.set_visible(False)
    grid[0].legend(frameon=False, fontsize=8, labelcolor=INK)
    return figure


def _images(values: np.ndarray, image: tuple[int, int], rows: int = 4) -> Figure:
    figure = new_figure(6.4, 0.66 * rows * image[0] / image[1] + 0.2)
    grid = figure.subplots(rows, len(values) // rows)
    low, high = np.nanmin(values), np.nanmax(values)
    for axes, one in zip(grid.ravel(), values, strict=False):
        axes.imshow(one.reshape(image), cmap="gray_r", vmin=low, vmax=high)
        axes.set_axis_off()
    return figure


def _numbers(axes: Axes, column: ColumnCode, drawn: np.ndarray) -> None:
    learnt, drawn = np.array(column.quantiles), drawn[np.isfinite(drawn)]
    edges = np.linspace(learnt[0], learnt[-1], 21) if learnt[0] < learnt[-1] else 3
    axes.hist(learnt, edges, density=True, color=FAINT, alpha=0.5, label="learnt")
    axes.hist(drawn, edges, density=True, histtype="step", color=STATE_COLOURS[0], lw=1.4, label="drawn")
    axes.set_yticks([])


def _levels(axes: Axes, column: ColumnCode, drawn: np.ndarray) -> None:
    names = [*column.levels[:SHOWN_LEVELS], *(["missing"] if column.lacking else [])]
    learnt = [*column.counts[:SHOWN_LEVELS], *([column.lacking] if column.lacking else [])]
    counts = [int((drawn == i).sum()) for i in range(min(len(column.levels), SHOWN_LEVELS))]
    counts += [int(np.isnan(drawn).sum())] if column.lacking else []
    places = np.arange(len(names))
    total = sum(column.counts) + column.lacking
    axes.barh(places, [100 * one / total for one in learnt], color=FAINT, alpha=0.5, label="learnt")
    axes.plot([100 * one / len(drawn) for one in counts], places, "o", ms=4, color=STATE_COLOURS[0], label="drawn")
    axes.set_yticks(places, [shortened(name, 14) for name in names])
    axes.invert_yaxis()
    axes.set_xlabel("% of the rows")


@draws(GeneratorQuality)
def draw_quality(found: GeneratorQuality) -> Figure:
    """How well each way's rows are told apart from held-out ones, and the network beside the exact field."""
    figure = new_figure(9.4, 3.3)
    left, right = figure.subplots(1, 2)
    places = np.arange(len(found.ways))
    values = [way.told_apart for way in found.ways]
    errors = [1.96 * way.told_apart_error for way in found.ways]
    colours = [STATE_COLOURS[0], *[FAINT] * (len(places) - 1)]
    for place, value, error, colour in zip(places, values, errors, colours, strict=True):
        left.errorbar(value, place, xerr=error, fmt="o", ms=5, color=colour)
    left.axvline(0.5, color=FAINT, lw=1, ls=":")
    left.set_yticks(places, [way.name for way in found.ways])
    left.invert_yaxis()
    left.set_xlabel("told apart from held-out rows: AUC, with 95 %")
    sigma, network, exact, mean, _ = np.array(found.levels).T
    right.plot(sigma, network, "o-", ms=3, lw=1.2, color=STATE_COLOURS[0], label="the network")
    right.plot(sigma, exact, "s--", ms=3, lw=1.2, color=STATE_COLOURS[5], label="the exact field of learnt rows")
    right.plot(sigma, mean, ":", lw=1, color=FAINT, label="their mean")
    right.set(xscale="log", yscale="log", xlabel="level of noise", ylabel="squared error on held-out rows")
    right.legend(frameon=False, fontsize=8, labelcolor=INK, loc="lower right")
    for axes in (left, right):
        quiet(axes)
    return figure

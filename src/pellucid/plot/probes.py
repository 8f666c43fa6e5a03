"""Probes and geometry: how two classes part along a direction, what carries over, places, circles and helices."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ..artifacts.features.circle import Circle
from ..artifacts.features.criteria import Criteria
from ..artifacts.features.feature_clusters import FeatureClusters
from ..artifacts.features.helix import Helix
from ..artifacts.features.probe_parts import ProbePredictions, SparseScores, TransferMatrix
from .drawing import draws
from .style import FAINT, INK, ROOM, STATE_COLOURS, colour_scale, new_figure, quiet

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_FIRST, _SECOND = STATE_COLOURS[1], STATE_COLOURS[0]


@draws(ProbePredictions)
def draw_probe(found: ProbePredictions) -> Figure:
    """Two classes as histograms of scores, more as a confusion matrix, places as a map, numbers over true ones."""
    if found.of_classes:
        return _draw_confusion(found)
    if found.is_classes:
        return _draw_classes(found)
    return _draw_places(found) if found.names[:2] == ("latitude", "longitude") else _draw_numbers(found)


def _draw_classes(found: ProbePredictions) -> Figure:
    figure = new_figure(4.9, 2.9)
    axes = figure.add_subplot()
    scores, ones = found.scores[:, 0], found.y[:, 0] > 0.5
    low, high = np.percentile(scores, [0.5, 99.5])
    bins = np.linspace(low, high, 31).tolist()
    for rows, name, colour in ((~ones, found.names[0], _FIRST), (ones, found.names[1], _SECOND)):
        axes.hist(np.clip(scores[rows], low, high), bins=bins, color=colour, alpha=0.6, label=name)
    axes.axvline(0, color=INK, lw=1)
    axes.set(xlabel="score on held-out rows", ylabel="rows")
    axes.legend(frameon=False, fontsize=9, labelcolor=INK)
    quiet(axes)
    return figure


def _draw_confusion(found: ProbePredictions) -> Figure:
    """Of the rows of each class (down), the share that is read as each one (across), as shades; counts inside."""
    counts = found.confusion
    order = np.argsort(-counts.sum(1), kind="stable")[: ROOM.classes]
    counts, names = counts[np.ix_(order, order)], [found.names[i] for i in order]
    share = counts / np.maximum(found.confusion.sum(1)[order], 1)[:, None]
    size = float(np.clip(0.3 * len(names), 1.8, 9))
    figure = new_figure(size + 2.0, size + 1.3)
    axes = figure.add_subplot()
    axes.imshow(share, cmap="Blues", vmin=0, vmax=1)
    font = float(np.clip(60 * size / len(names) / 2.2, 4, 9))
    for (i, j), count in np.ndenumerate(counts):
        if count:
            colour = "white" if share[i, j] > 0.55 else "black"
            axes.text(j, i, f"{count}", ha="center", va="center", fontsize=font, color=colour)
    axes.set_xticks(range(len(names)), names, rotation=45, ha="right")
    axes.set_yticks(range(len(names)), names)
    rest = len(found.names) - len(names)
    axes.set(xlabel="read as" + (f" ({rest} rarer classes are not shown)" if rest else ""), ylabel="is")
    quiet(axes)
    axes.spines[["left", "bottom"]].set_visible(False)
    axes.tick_params(length=0, labelsize=font)
    return figure


def _draw_places(found: ProbePredictions) -> Figure:
    """Held-out places, coloured by where they are: on the left there, on the right where the readout puts them."""
    figure = new_figure(8.6, 2.9)
    true, read = figure.subplots(1, 2)
    colours = _map_colours(found.y)
    for axes, where, title in ((true, found.y, "where they are"), (read, found.scores, "where the readout puts them")):
        axes.scatter(where[:, 1], where[:, 0], c=colours, s=7, linewidths=0)
        axes.set_title(title, fontsize=9.5, color=INK)
        axes.set(xlabel="longitude", xlim=(-185, 185), ylim=(-62, 78))
        quiet(axes)
    true.set_ylabel("latitude")
    return figure


def _map_colours(y: NDArray[np.float64]) -> NDArray[np.float64]:
    """Hue by longitude, lightness by latitude."""
    from matplotlib.colors import hsv_to_rgb

    hue = (y[:, 1] + 180) / 360 * 0.85
    value = 0.55 + 0.4 * np.clip((y[:, 0] + 60) / 135, 0, 1)
    return hsv_to_rgb(np.stack([hue, np.full(len(y), 0.75), value], 1))


def _draw_numbers(found: ProbePredictions) -> Figure:
    figure = new_figure(4.9, 3.4)
    axes = figure.add_subplot()
    for i, name in enumerate(found.names):
        axes.plot(
            found.y[:, i], found.scores[:, i], "o", ms=3, alpha=0.5, mew=0, color=STATE_COLOURS[i % 8], label=name
        )
    ends = [float(found.y.min()), float(found.y.max())]
    axes.plot(ends, ends, color=FAINT, lw=1)
    what = found.names[0] if len(found.names) == 1 else "value"
    axes.set(xlabel=f"true {what}", ylabel=f"{what} read out of held-out rows")
    if len(found.names) > 1:
        axes.legend(frameon=False, fontsize=9, labelcolor=INK)
    quiet(axes)
    return figure


@draws(TransferMatrix)
def draw_transfer(found: TransferMatrix) -> Figure:
    """The matrix: purple below chance, green above; sets that a probe was made from go down.

    >>> found = TransferMatrix(np.array([[0.9, 0.2], [0.1, 0.8]]), ("cities", "negated"), "accuracy")
    >>> draw_transfer(found).axes[0].get_xlabel()
    'accuracy on'
    """
    count = len(found.names)
    figure = new_figure(2.6 + 0.72 * count, 1.5 + 0.55 * count)
    axes = figure.add_subplot()
    axes.imshow(found.values, cmap="PRGn", vmin=found.chance - 0.5, vmax=found.chance + 0.5, aspect="auto")
    for (i, j), value in np.ndenumerate(found.values):
        dark = abs(value - found.chance) > 0.38
        axes.text(j, i, f"{value:.2f}", ha="center", va="center", fontsize=9, color="white" if dark else "black")
    names = [name.replace("_", " ") for name in found.names]
    axes.set_xticks(range(count), names, rotation=30, ha="right")
    axes.set_yticks(range(count), names)
    axes.set(xlabel=f"{found.measure} on", ylabel="made from")
    quiet(axes)
    axes.spines[["left", "bottom"]].set_visible(False)
    axes.tick_params(length=0)
    return figure


@draws(Circle)
def draw_circle(found: Circle) -> Figure:
    """The mean of each name in the plane of the circle that the other names alone give, joined in their order."""
    figure = new_figure(4.2, 4.0)
    axes = figure.add_subplot()
    points = found.unseen()
    turn = np.linspace(0, 2 * np.pi, 200)
    axes.plot(np.cos(turn), np.sin(turn), color=FAINT, lw=0.8, ls=":")
    around = np.vstack([points, points[:1]])
    axes.plot(*around.T, color=FAINT, lw=1)
    axes.scatter(*points.T, c=_hues(len(points)), s=42, zorder=3)
    for name, (x, y) in zip(found.names, points, strict=True):
        length = float(np.hypot(x, y)) or 1.0
        ha = "left" if x > 0.15 else "right" if x < -0.15 else "center"
        va = "center" if ha != "center" else ("bottom" if y > 0 else "top")
        axes.annotate(name, (x, y), xytext=(8 * x / length, 8 * y / length), textcoords="offset points", ha=ha, va=va,
                      fontsize=9, color=INK)  # fmt: skip
    axes.set_aspect("equal")
    limit = 1.2 * max(1.0, float(np.abs(points).max()))
    axes.set(xlim=(-limit, limit), ylim=(-limit, limit))
    axes.set(xlabel="cosine, in the plane of the other names", ylabel="sine")
    quiet(axes)
    return figure


def _hues(count: int) -> NDArray[np.float64]:
    from matplotlib.colors import hsv_to_rgb

    return hsv_to_rgb(np.stack([np.arange(count) / count, np.full(count, 0.7), np.full(count, 0.8)], 1))


@draws(Helix)
def draw_helix(found: Helix) -> Figure:
    """The numbers' means in the plane of the longest period but the last, coloured by size, and the spectrum."""
    figure = new_figure(8.6, 3.3)
    plane, spectrum = figure.subplots(1, 2)
    index = _best_period(found)
    axes_of = found.coefficients[1 + 2 * index : 3 + 2 * index]
    points = (found.means - found.centre) @ np.linalg.pinv(axes_of)
    drawn = plane.scatter(*points.T, c=found.seen, cmap="viridis", s=14)
    turn = np.linspace(0, 2 * np.pi, 200)
    plane.plot(np.cos(turn), np.sin(turn), color=FAINT, lw=1)
    period = found.periods[index]
    if period <= 12:
        for i in range(round(period)):
            rows = np.abs((found.seen - i + period / 2) % period - period / 2) < 0.5
            if rows.any():
                x, y = points[rows].mean(0)
                plane.text(1.35 * x, 1.35 * y, f"{i}", ha="center", va="center", fontsize=9, color=INK)
    plane.set_aspect("equal")
    plane.set(xlabel=f"cos(2πa/{period:g})", ylabel=f"sin(2πa/{period:g})")
    colour_scale(figure, plane, drawn, "number a")
    if found.spectrum.shape[1]:
        frequency, share = found.spectrum
        spectrum.bar(frequency, share, width=0.6 * float(frequency[1]), color=_SECOND)
        spectrum.set_ylim(0, 1.18 * float(share.max()))
        for period in found.periods:
            if 1 / period <= frequency[-1] + 1e-9:
                spectrum.annotate(f"{period:g}", (1 / period, 1.08 * float(share.max())), ha="center", fontsize=8.5,
                                  color=INK)  # fmt: skip
                spectrum.axvline(1 / period, ymax=0.9, color=FAINT, lw=0.8, zorder=0)
        spectrum.set(xlabel="cycles per number (above, the periods of the helix)", ylabel="share of the variance")
    quiet(plane)
    quiet(spectrum)
    return figure


def _best_period(found: Helix) -> int:
    sizes = [float((found.coefficients[1 + 2 * i : 3 + 2 * i] ** 2).sum()) for i in range(len(found.periods))]
    long_enough = [i for i, period in enumerate(found.periods) if period > 2] or [0]
    return max(long_enough, key=lambda i: sizes[i])


@draws(FeatureClusters)
def draw_clusters(found: FeatureClusters) -> Figure:
    """The tokens of the least reducible clusters, each in its best plane."""
    shown = [points[np.isfinite(points[:, 0])] for points in found.points]
    figure = new_figure(2.5 * max(1, min(3, len(shown))), 2.6 * max(1, -(-len(shown) // 3)))
    for i, points in enumerate(shown):
        axes = figure.add_subplot(-(-len(shown) // 3), min(3, len(shown)), i + 1)
        axes.plot(*points.T, "o", ms=2, mew=0, alpha=0.5, color=_SECOND)
        title = f"{found.sizes[i]} latents: mixture {found.mixture[i]:.2f}, separability {found.separability[i]:.2f}"
        axes.set_title(title, fontsize=7.5, color=INK)
        axes.set_aspect("equal", adjustable="datalim")
        quiet(axes)
        axes.tick_params(labelsize=7)
    return figure


@draws(SparseScores)
def draw_sparse(found: SparseScores) -> Figure:
    """Accuracy over the number of latents and of neurons; what needs neither as lines.

    >>> one = np.array([0.8])
    >>> found = SparseScores(one, one, np.array([3]), np.array([0.9]), (1,), ("all neurons",))
    >>> [line.get_label() for line in draw_sparse(found).axes[0].lines]
    ['latents', 'neurons', 'all neurons']
    """
    figure = new_figure(5.4, 3.2)
    axes = figure.add_subplot()
    axes.plot(found.counts, found.latents, "o-", color=_SECOND, label="latents")
    axes.plot(found.counts, found.neurons, "s-", color=_FIRST, label="neurons")
    for name, value, style in zip(found.plain_names, found.plain, ("-", "--", "-.", ":"), strict=False):
        axes.axhline(value, color=FAINT, ls=style, lw=1.3, label=name)
    axes.set_xscale("log", base=2)
    axes.set_xticks(found.counts, [str(count) for count in found.counts])
    axes.set(xlabel="how many are used", ylabel="accuracy on held-out rows")
    axes.legend(frameon=False, fontsize=8, labelcolor=INK, loc="upper left", bbox_to_anchor=(1.0, 1.0))
    quiet(axes)
    return figure


@draws(Criteria)
def draw_criteria(found: Criteria) -> Figure:
    """A bar for each criterion, filled where it is met, with a mark at its control.

    >>> found = Criteria("omega", (("predictable", 0.9, 0.0, True),))
    >>> [label.get_text() for label in draw_criteria(found).axes[0].get_yticklabels()]
    ['predictable']
    """
    figure = new_figure(4.9, 0.7 + 0.42 * len(found.rows))
    axes = figure.add_subplot()
    for i, (_, value, control, met) in enumerate(found.rows):
        axes.barh(i, value, color=_SECOND if met else "none", edgecolor=_SECOND, height=0.6)
        axes.plot([control, control], [i - 0.38, i + 0.38], color=INK, lw=2)
    axes.set_yticks(range(len(found.rows)), [name for name, *_ in found.rows])
    axes.invert_yaxis()
    axes.set_xlim(min(0.0, *(row[1] for row in found.rows), *(row[2] for row in found.rows)), 1)
    axes.set(xlabel="value (mark: its control)")
    quiet(axes)
    return figure

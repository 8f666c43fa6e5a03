"""Frontiers: what clusterings say over how much they tell apart. Grades: what each of them means."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..artifacts.compression.binned_score import BinnedScore
from ..artifacts.compression.frontier import Frontier
from ..artifacts.compression.frontier_text import chosen_clusters
from ..artifacts.compression.grade_text import wilson
from .drawing import draws
from .style import FAINT, INK, STATE_COLOURS, new_figure, quiet

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


@draws(Frontier)
def draw_frontier(found: Frontier) -> Figure:
    """Every clustering on the frontier, the best of each number of clusters, and the bound where there is one.

    >>> two = Frontier(((2, 0), (0, 1)), ("a", "b"), ("0", "1"), ((0, 0), (0, 1)), ((0, 0), (0, 1)))
    >>> draw_frontier(two).axes[0].get_xlabel()
    'entropy H(Z) in bits: how much is told apart'
    """
    figure = new_figure(9.2 if found.held_out else 5.6, 3.5)
    axes = figure.subplots(1, 2) if found.held_out else [figure.add_subplot()]
    _draw_points(axes[0], found)
    if found.held_out:
        _draw_held_out(axes[1], found)
    return figure


def _draw_points(axes: Axes, found: Frontier) -> None:
    first, second = STATE_COLOURS[:2]
    axes.step(*found.points.T, where="post", color=first, lw=1)
    size = 3.0 if len(found.points) < 400 else 1.2
    axes.plot(*found.points.T, "o", ms=size, color=first, mew=0, label="clusterings that none beats")
    if not found.complete:
        axes.lines[-1].set_label("clusterings that were met")
        entropy = np.linspace(0, found.most[0], 400)
        axes.plot(entropy, found.bound(entropy), color=FAINT, lw=1.2, ls="--", label="no clustering is above")
    best = found.best_points
    axes.plot(*best.T, "s", ms=4.5, mfc="none", mec=second, label="the best of 1, 2, 3, ... clusters")
    chosen = chosen_clusters(found)
    for count in dict.fromkeys((2, 3, chosen, len(best))):
        if count <= len(best):
            axes.annotate(f"{count}", best[count - 1], xytext=(5, -11), textcoords="offset points", fontsize=8.5,
                          color=INK)  # fmt: skip
    axes.set(xlabel="entropy H(Z) in bits: how much is told apart", ylabel=f"bits about {found.column_name}")
    axes.legend(frameon=False, fontsize=8, labelcolor=INK, loc="lower right")
    quiet(axes)


def _draw_held_out(axes: Axes, found: Frontier) -> None:
    clusters, fitted, held, error = np.array(found.held_out).T
    axes.plot(clusters, fitted, "o-", ms=3, lw=1, color=STATE_COLOURS[0], label="observations that chose the clusters")
    axes.errorbar(clusters, held, error, fmt="s-", ms=3, lw=1, color=STATE_COLOURS[5], label="held-out observations")
    axes.axvline(chosen_clusters(found), color=FAINT, lw=1, ls=":")
    axes.axhline(0, color=FAINT, lw=0.8)
    axes.set(xlabel="clusters (dotted: as many as are worth having)", ylabel="bits each")
    axes.legend(frameon=False, fontsize=8, labelcolor=INK, loc="lower right")
    quiet(axes)


@draws(BinnedScore)
def draw_grades(found: BinnedScore) -> Figure:
    """How often the label is the second one in each grade, and what so many grades say of rows held out."""
    figure = new_figure(9.2, 3.3)
    left, right = figure.subplots(1, 2)
    counts = np.array(found.of().counts)
    ends = np.array([wilson(int(hits), int(rows)) for hits, rows in zip(counts[:, 1], counts.sum(1), strict=True)])
    share, place = found.frequencies(), np.arange(len(counts))
    left.bar(place, counts.sum(1) / counts.sum(), color=FAINT, alpha=0.5, label="share of the rows")
    left.errorbar(place, share, np.abs(ends.T - share), fmt="o", ms=5, color=STATE_COLOURS[0],
                  label=f"{found.label} = {found.labels[1]}")  # fmt: skip
    left.set_xticks(place)
    left.set(xlabel=f"grade of {found.score}", ylabel="frequency, with its interval at 95 %", ylim=(0, 1))
    number = np.arange(1, len(found.grades) + 1)
    said = np.array([[one.information, one.held_out, one.error, one.equal] for one in found.grades]).T
    right.plot(number, said[0], "o-", ms=3, lw=1, color=STATE_COLOURS[0], label="on the rows that chose the cuts")
    right.errorbar(number, said[1], said[2], fmt="s-", ms=3, lw=1, color=STATE_COLOURS[5], label="on held-out rows")
    right.plot(number, said[3], "--", lw=1, color=INK, label="bins of equally many rows, held out")
    right.axhline(found.whole, color=FAINT, lw=1)
    right.axvline(found.chosen, color=FAINT, lw=1, ls=":")
    right.set(xlabel="grades (dotted: those on the left)", ylabel="bits each")
    for axes in (left, right):
        axes.legend(frameon=False, fontsize=8, labelcolor=INK, loc="upper left" if axes is left else "lower right")
        quiet(axes)
    return figure

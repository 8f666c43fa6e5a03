"""Frontiers: what clusterings say over how much they tell apart, and what held-out observations say of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..artifacts.compression.frontier import Frontier
from ..artifacts.compression.frontier_text import chosen_clusters
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

"""Scores of labels of features, beside those of token tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..artifacts.audits.feature_labels import FeatureLabels
from .drawing import draws
from .style import FAINT, STATE_COLOURS, new_figure, quiet

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


@draws(FeatureLabels)
def draw_labels(found: FeatureLabels) -> Figure:
    """Detection and fuzzing: a point a feature, or how many features score what, where there are only tables."""
    figure = new_figure(7.2, 3.2)
    for place, name in enumerate(("detection", "fuzzing"), 1):
        axes = figure.add_subplot(1, 2, place)
        table = getattr(found, f"table_{name}")
        if found.author:
            _points(axes, table, getattr(found, name))
            axes.set_xlabel(f"{name} by token table")
            axes.set_ylabel(f"{name} by label")
        else:
            axes.hist(table[np.isfinite(table)], bins=np.linspace(0, 1, 21).tolist(), color=STATE_COLOURS[0], alpha=0.7)
            axes.axvline(0.5, color=FAINT, lw=0.8, ls=":")
            axes.set_xlabel(f"{name} by token table")
            axes.set_ylabel("features")
        quiet(axes)
    return figure


def _points(axes: Axes, table: np.ndarray, label: np.ndarray) -> None:
    axes.plot([0, 1], [0, 1], color=FAINT, lw=0.8)
    for line in (axes.axhline, axes.axvline):
        line(0.5, color=FAINT, lw=0.8, ls=":")
    axes.scatter(table, label, s=14, alpha=0.6, linewidths=0, color=STATE_COLOURS[1])
    axes.set_xlim(-0.03, 1.03)
    axes.set_ylim(-0.03, 1.03)

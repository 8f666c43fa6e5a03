"""The features of a dictionary: how often each fires, and what the model loses each time that one is taken away."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ..artifacts.features.feature_atlas import FeatureAtlas
from .drawing import draws
from .style import FAINT, INK, STATE_COLOURS, new_figure, quiet

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


@draws(FeatureAtlas)
def draw_features(atlas: FeatureAtlas) -> Figure:
    """On the left how many features fire how often, on the right the effect of each over how often it fires."""
    known = atlas.alive[np.isfinite(atlas.ablation_estimate[atlas.alive])]
    figure = new_figure(8.6 if len(known) else 4.6, 3.0)
    density = atlas.density[atlas.alive]
    low = np.floor(np.log10(density.min())) if len(density) else -4.0
    count = figure.add_subplot(1, 1 + bool(len(known)), 1)
    count.hist(density, bins=np.logspace(low, 0, 31).tolist(), color=STATE_COLOURS[0], alpha=0.7)
    _share_axis(count, "features")
    if len(known):
        _draw_effects(figure.add_subplot(1, 2, 2), atlas, known)
    return figure


def _draw_effects(axes: Axes, atlas: FeatureAtlas, known: NDArray[np.int64]) -> None:
    axes.set_yscale("symlog", linthresh=0.01)  # first, so that the margins are on this scale
    axes.margins(y=0.06)
    axes.scatter(
        atlas.density[known], atlas.ablation_estimate[known], s=5, linewidths=0, alpha=0.5, color=STATE_COLOURS[0],
        rasterized=len(known) > 1000, label="first-order estimate",
    )  # fmt: skip
    ran = known[atlas.is_run[known]]
    axes.errorbar(
        atlas.density[ran], atlas.ablation[ran], yerr=np.nan_to_num(atlas.ablation_error[ran]), fmt="o", ms=4,
        mfc="none", color=STATE_COLOURS[1], elinewidth=0.8, label="run without it",
    )  # fmt: skip
    axes.axhline(0, color=FAINT, lw=0.8)
    axes.legend(
        frameon=False, fontsize=8.5, labelcolor=INK, loc="lower left", bbox_to_anchor=(-0.02, 1.0), ncols=2,
        handletextpad=0.2, columnspacing=1.2, markerscale=1.4,
    )  # fmt: skip
    _share_axis(axes, "loss added, nats a firing")


def _share_axis(axes: Axes, label: str, dense: float = 0.1) -> None:
    """The axis of the share of tokens at which features fire; those that fire at more than `dense` are called dense."""
    axes.set_xscale("log")
    axes.axvline(dense, color=FAINT, lw=0.8, ls=":")
    axes.set_xlabel("share of the tokens at which it fires")
    axes.set_ylabel(label)
    quiet(axes)

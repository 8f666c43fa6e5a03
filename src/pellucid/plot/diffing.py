"""Where the latents of two models write."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..artifacts.audits.model_diff import ModelDiff
from .drawing import draws
from .style import STATE_COLOURS, new_figure, quiet

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@draws(ModelDiff)
def draw_diff(found: ModelDiff) -> Figure:
    """Shares of length in the second model, and cosines of the latents in both."""
    figure = new_figure(7.6, 3.0)
    living = found.firings > 0
    both = np.isin(found.verdict, [found.verdicts.index(name) for name in ("shared", "moved")])
    by_difference = bool(np.isfinite(found.concentration).any())
    right = (found.concentration[np.isfinite(found.concentration)], np.linspace(0, 1, 41), "share of the difference")
    columns = (
        (found.share[living], np.linspace(0, 1, 41), f"share in {found.names[1]}"),
        right if by_difference else (found.cosine[both], np.linspace(-1, 1, 41), "cosine of the two directions"),
    )
    for place, (values, bins, label) in enumerate(columns, 1):
        axes = figure.add_subplot(1, 2, place)
        axes.hist(values, bins=bins.tolist(), color=STATE_COLOURS[place - 1], alpha=0.7)
        axes.set_yscale("symlog", linthresh=1)
        axes.set_xlabel(label)
        axes.set_ylabel("latents")
        quiet(axes)
    return figure

"""Complexity of checkpoints: losses by step, and below them linear maps and learning coefficients."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ...artifacts.learning.complexity_curve import ComplexityCurve
from ..drawing import draws
from ..style import INK, STATE_COLOURS, new_figure, quiet

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@draws(ComplexityCurve)
def draw_complexity(found: ComplexityCurve) -> Figure:
    """One panel each: losses, linear mapping numbers, and coefficients where they were made."""
    shown = [("lmn", "linear mapping number"), ("llc", "local learning coefficient")]
    shown = [one for one in shown if np.isfinite(getattr(found, one[0])).any()]
    figure = new_figure(7.6, 2.4 * (1 + len(shown)))
    top = figure.add_subplot(1 + len(shown), 1, 1)
    for colour, name, values in ((0, "training", found.loss), (1, "held-out", found.test)):
        if np.isfinite(values).any():
            top.plot(found.steps, values, "o-", color=STATE_COLOURS[colour], ms=3.5, lw=1.3, label=name)
    if min(found.loss.min(), found.held_out.min()) > 0:
        top.set_yscale("log")
    top.set_ylabel("loss")
    top.legend(fontsize=8, frameon=False, labelcolor=INK)
    quiet(top)
    for place, (name, words) in enumerate(shown, 2):
        axes = figure.add_subplot(1 + len(shown), 1, place, sharex=top)
        values, errors = getattr(found, name), getattr(found, f"{name}_error")
        told = values >= 0
        axes.errorbar(
            found.steps[told], values[told], np.nan_to_num(errors[told]), fmt="o-", color=STATE_COLOURS[place],
            ms=3.5, lw=1.3, capsize=2, label="floored" if name == "lmn" else words,
        )  # fmt: skip
        if name == "lmn":
            axes.plot(found.steps, found.lmn_plain, ".:", color=STATE_COLOURS[5], lw=1, label="as defined")
            axes.legend(fontsize=8, frameon=False, labelcolor=INK)
        axes.set_ylabel(words)
        axes.set_ylim(bottom=0)
        quiet(axes)
    figure.axes[-1].set_xlabel("step")
    return figure

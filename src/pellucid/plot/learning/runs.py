"""A training run: train and test values by step, when they are learnt, and the norm of the weights below."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ...artifacts.learning.run_phases import RunPhases
from ..drawing import draws
from ..style import FAINT, INK, STATE_COLOURS, new_figure, quiet

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@draws(RunPhases)
def draw_run(found: RunPhases) -> Figure:
    """One panel, and another for the norm where it was logged; steps by their logarithm where they span decades."""
    tall = bool(len(found.norm))
    figure = new_figure(7.6, 5.6 if tall else 3.6)
    axes = figure.add_subplot(2 if tall else 1, 1, 1)
    _curves(axes, found)
    panels = [axes]
    if tall:
        below = figure.add_subplot(2, 1, 2, sharex=axes)
        _norm(below, found)
        panels.append(below)
    steps = np.concatenate([found.train_steps, found.test_steps])
    spread = steps.max() / max(steps[steps > 0].min(), 1e-9) if (steps > 0).any() else 1
    for one in panels:
        if spread > 50:
            one.set_xscale("symlog", linthresh=float(steps[steps > 0].min()))
            one.set_xlim(left=max(0.0, float(steps.min())))
        quiet(one)
    panels[-1].set_xlabel("step")
    return figure


def _curves(axes: Any, found: RunPhases) -> None:
    """Both parts, with the intervals of their times."""
    for colour, name, steps, values, interval in (
        (STATE_COLOURS[0], "train", found.train_steps, found.train, found.fitted),
        (STATE_COLOURS[1], "test", found.test_steps, found.test, found.generalised),
    ):
        if not len(steps):
            continue
        axes.plot(steps, values, color=colour, lw=1.4, label=name)
        if interval:
            axes.axvspan(*interval, color=colour, alpha=0.2, lw=0)
    finite = found.train[np.isfinite(found.train)]
    if found.metric == "loss" and finite.min() > 0 and finite.max() > 20 * finite.min():
        axes.set_yscale("log")
    axes.set_ylabel(found.metric)
    axes.legend(fontsize=8, frameon=False, labelcolor=INK)


def _norm(axes: Any, found: RunPhases) -> None:
    """The norm, the critical one, and when they are forecast to meet."""
    axes.plot(found.norm_steps, found.norm, color=STATE_COLOURS[2], lw=1.4, label="norm of the weights")
    if found.critical is not None:
        axes.axhline(found.critical, color=FAINT, lw=1, ls="--", label="critical norm")
    if found.forecast and np.isfinite(found.forecast[0]):
        axes.axvline(found.forecast[0], color=STATE_COLOURS[3], lw=1, ls=":", label="forecast")
    axes.set_yscale("log")
    axes.set_ylabel("norm")
    axes.legend(fontsize=8, frameon=False, labelcolor=INK)

"""Scaling laws: curves of equal compute, the frontier with its interval, residuals, and backtests of all families."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ...artifacts.learning.scaling_form import compute_optimum, log_loss
from ...artifacts.learning.scaling_law import ScalingLaw
from ..drawing import draws
from ..style import FAINT, INK, STATE_COLOURS, new_figure, quiet, state_colour

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@draws(ScalingLaw)
def draw_scaling(law: ScalingLaw) -> Figure:
    """Four panels; without the first where there is one size alone."""
    figure = new_figure(9.6, 7.2)
    panels = [_frontier, _residuals, _backtests]
    if law.variables == 2:
        panels.insert(0, _equal_compute)
    for place, panel in enumerate(panels, 1):
        axes = figure.add_subplot(2, 2, place)
        panel(axes, law)
        quiet(axes)
    return figure


def _equal_compute(axes: Any, law: ScalingLaw, curves: int = 6) -> None:
    """The loss by N at some computes, each with the runs within 15 % of it."""
    wanted = np.geomspace(law.compute.min(), law.compute.max(), curves)
    logs = np.linspace(np.log(law.sizes[:, 0].min()), np.log(law.sizes[:, 0].max()), 200)
    for i, compute in enumerate(wanted):
        near = np.abs(np.log(law.compute / compute)) < 0.15
        colour = state_colour(i)
        d = np.log(compute / law.per_token) - logs
        losses = np.exp(log_loss(law.parameters[:1], logs, d)[0])
        shown = losses < 1.25 * losses.min()
        axes.plot(np.exp(logs[shown]), losses[shown], color=colour, lw=1.2, label=f"{compute:.1e}")
        axes.plot(law.sizes[near, 0], law.loss[near], ".", color=colour, ms=5)
    axes.set(xscale="log", xlabel=law.names[0], ylabel="loss", title="runs of equal compute")
    axes.legend(fontsize=7, frameon=False, labelcolor=INK, title="compute", title_fontsize=7)
    axes.set_title("runs of equal compute", fontsize=9.5, color=INK)


def _frontier(axes: Any, law: ScalingLaw) -> None:
    """The loss of the best use of compute, from the runs to ten times their compute or the budget."""
    end = max(10 * law.compute.max(), law.budget)
    end = min(end, 1e4 * law.compute.max())
    compute = np.geomspace(law.compute.min(), end, 120)
    alone = law.variables == 1
    line = (
        np.geomspace(law.sizes[:, 0].min(), law.sizes[:, 0].max() * end / law.compute.max(), 120) if alone else compute
    )
    for i in np.flatnonzero(law.tolerated)[::-1]:
        points = (line,) if alone else _optimum(law, int(i), compute)
        if not np.isfinite(points).all():
            continue
        centre, low, high = law.predict(*points, family=int(i))
        colour = state_colour(int(i))
        axes.plot(
            line, centre, color=colour, lw=1.6 if i == 0 else 1.0, ls="-" if i == 0 else "--", label=law.families[i]
        )
        if i == 0:
            axes.fill_between(line, low, high, color=colour, alpha=0.15, lw=0)
    axes.plot(law.sizes[:, 0] if alone else law.compute, law.loss, ".", color=FAINT, ms=4, zorder=0)
    axes.axvline(law.sizes[:, 0].max() if alone else law.compute.max(), color=FAINT, lw=0.8, ls=":")
    axes.set(xscale="log", xlabel=law.names[0] if alone else "compute", ylabel="loss")
    axes.set_ylim(top=float(np.quantile(law.loss, 0.95)) * 1.05)
    if axes.get_legend_handles_labels()[0]:
        axes.legend(fontsize=8, frameon=False, labelcolor=INK)
    axes.set_title("best use of compute, 90 % interval of a run", fontsize=9.5, color=INK)


def _optimum(law: ScalingLaw, family: int, compute: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    own = law.parameters[family][None]
    pairs = [compute_optimum(own, float(c), law.per_token) for c in compute]
    return np.array([n[0] for n, _ in pairs]), np.array([d[0] for _, d in pairs])


def _residuals(axes: Any, law: ScalingLaw) -> None:
    columns = np.log(law.sizes)
    d = columns[:, -1] if law.variables == 2 else np.zeros(len(columns))
    residual = np.log(law.loss) - log_loss(law.parameters[:1], columns[:, 0], d)[0]
    axes.axhline(0, color=FAINT, lw=0.8)
    axes.axhspan(-law.noise[0], law.noise[0], color=STATE_COLOURS[0], alpha=0.12, lw=0)
    axes.plot(law.compute, residual, ".", color=STATE_COLOURS[0], ms=4)
    axes.set(xscale="log", xlabel="compute" if law.variables == 2 else law.names[0], ylabel="ln L - law")
    axes.set_title("residuals, with their standard deviation", fontsize=9.5, color=INK)


def _backtests(axes: Any, law: ScalingLaw) -> None:
    """The error on larger runs of each family, by the compute below which it was fitted."""
    for i, family in enumerate(law.families):
        if len(law.cuts):
            axes.plot(
                law.cuts, law.errors[i], "o-", color=state_colour(i), ms=3.5, lw=1.6 if i == 0 else 0.9, label=family
            )
    if len(law.cuts):
        axes.set(xscale="log", yscale="log")
        axes.legend(fontsize=7, frameon=False, labelcolor=INK)
    axes.set(xlabel="fitted below this compute", ylabel="median error of ln L, larger runs")
    axes.set_title("backtests" if len(law.cuts) else "too few runs for backtests", fontsize=9.5, color=INK)

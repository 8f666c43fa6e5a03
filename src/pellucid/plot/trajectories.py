"""Trajectories: measured orbits coloured by what they keep, how far that drifts, and the dimension of an orbit."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ..artifacts.laws.empirical_invariants import EmpiricalInvariants
from ..artifacts.laws.invariants import Invariants
from ..artifacts.laws.measured_orbits import MeasuredOrbits
from ..artifacts.laws.recovered_dynamics import RecoveredDynamics
from ..core.artifact import Artifact
from .drawing import draws
from .style import FAINT, INK, STATE_COLOURS, colour_scale, new_figure, quiet, state_colour

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Array = NDArray[np.float64]
Named = tuple[str, Callable[..., Any]]


def named_invariants(found: Artifact | None, equations: RecoveredDynamics | None = None) -> list[Named]:
    """Name and function of the variables, for every invariant of `found`; parameters at their recovered values."""
    if isinstance(found, EmpiricalInvariants):
        return list(zip(found.names(), found.numpy(), strict=True))
    if isinstance(found, Invariants):
        values = equations.values if equations is not None and equations.parameters == found.parameters else ()
        if len(values) != len(found.parameters):
            return []
        return [(n, lambda *x, f=f: f(*x, *values)) for n, f in zip(found.names(), found.along(), strict=True)]
    return []


@draws(MeasuredOrbits)
def draw_measured(
    orbits: MeasuredOrbits, invariants: Iterable[Named] = (), index: int = 0, shown: tuple[int, int] | None = None
) -> Figure:
    """Samples as dots over the variables `shown`, coloured by an invariant; lines are predictions.

    By default the two variables that vary most, or time and the only one.
    """
    figure = new_figure(4.9, 3.9)
    axes = figure.add_subplot()
    across, up = shown or _widest(orbits)
    known = list(invariants)
    colours = _along(known[index][1], orbits.states) if index < len(known) else None
    for t, _, predicted in orbits:
        if np.isfinite(predicted).any():
            line = (t, predicted[:, up]) if across is None else (predicted[:, across], predicted[:, up])
            axes.plot(*line, "-", lw=0.7, color=FAINT, zorder=1)
    flat = orbits.times if across is None else orbits.states[:, across]
    style: dict[str, Any] = {"color": STATE_COLOURS[0]}
    if colours is not None:
        low, high = np.nanpercentile(colours, [2, 98])
        style = {"c": colours, "cmap": "viridis", "vmin": low, "vmax": high}
    drawn = axes.scatter(flat, orbits.states[:, up], s=5, linewidths=0, zorder=2, rasterized=len(flat) > 4000, **style)
    axes.set(xlabel="time" if across is None else orbits.variables[across], ylabel=orbits.variables[up])
    quiet(axes)
    if colours is not None:
        colour_scale(figure, axes, drawn, known[index][0], extend="both")
    return figure


def draw_measured_drift(orbits: MeasuredOrbits, invariants: Iterable[Named]) -> Figure:
    """How far each invariant is from its mean along an orbit (rms over orbits), of its spread between them."""
    figure = new_figure(4.9, 3.9)
    axes = figure.add_subplot()
    for i, (name, function) in enumerate(invariants):
        values = [(t, _along(function, x)) for t, x, _ in orbits]
        _plot_drift(axes, values, color=state_colour(i), label=name, lw=1.3)
    squares = [(t, (x**2).sum(1)) for t, x, _ in orbits]
    size = " + ".join(f"{name}²" for name in orbits.variables)
    label = f"{size if len(size) < 32 else 'sum of squares'}, for comparison"
    _plot_drift(axes, squares, color=FAINT, ls="--", lw=1.3, label=label)
    axes.set_yscale("log")
    axes.set(xlabel="time", ylabel="distance from its mean, of the spread between orbits")
    low, high = axes.get_ylim()
    axes.set_ylim(low, high * 8)
    quiet(axes)
    axes.legend(frameon=False, fontsize=8.5, labelcolor=INK, ncols=2, loc="upper center")
    return figure


@draws(EmpiricalInvariants)
def draw_dimension(found: EmpiricalInvariants) -> Figure:
    """The local dimension of each orbit at every radius; the chosen value as a line."""
    figure = new_figure(4.9, 3.3)
    axes = figure.add_subplot()
    for curve in found.curves:
        axes.plot(found.scales, curve, color=STATE_COLOURS[0], lw=0.8, alpha=0.35)
    axes.axhline(found.orbit_dimension, color=STATE_COLOURS[5], lw=1.4)
    axes.axhspan(found.low, found.high, color=STATE_COLOURS[5], alpha=0.15, lw=0)
    axes.set_xscale("log")
    axes.set(xlabel="radius, of an orbit's size", ylabel="local dimension of an orbit")
    axes.set_ylim(0.5, max(found.state_dimension, 1) + 0.5)
    ticks = [0.05, 0.1, 0.2, 0.5]
    axes.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
    axes.set_xticks([], minor=True)
    quiet(axes)
    return figure


@draws(RecoveredDynamics)
def draw_recovered(found: RecoveredDynamics) -> Figure:
    """The equations, typeset, with their parameters."""
    lines = [f"${left} = {right}$" for left, right in found.equations_latex()]
    figure = new_figure(4.9, 0.25 + 0.42 * len(lines))
    axes = figure.add_subplot()
    axes.set_axis_off()
    for i, line in enumerate(lines):
        axes.text(0.02, 1 - (i + 0.5) / len(lines), line, color=INK, fontsize=11, va="center", transform=axes.transAxes)
    return figure


def positions(equations: RecoveredDynamics | None) -> tuple[int, int] | None:
    """The first two variables whose rate is a variable alone, x' = v; None where there are fewer than two."""
    if equations is None:
        return None
    found = [i for i, rate in enumerate(equations.rhs) if rate in equations.variables]
    return (found[0], found[1]) if len(found) >= 2 else None


def _widest(orbits: MeasuredOrbits) -> tuple[int | None, int]:
    """What is drawn across (None: time) and up."""
    if len(orbits.variables) == 1:
        return None, 0
    low, high = np.percentile(orbits.states, [25, 75], axis=0)
    first, second = sorted(np.argsort(low - high, kind="stable")[:2].tolist())
    return first, second


def _along(function: Callable[..., Any], states: Array) -> Array:
    with np.errstate(all="ignore"):
        return np.broadcast_to(function(*states.T), len(states)).astype(np.float64)


def _plot_drift(axes: Any, series: list[tuple[Array, Array]], least: float = 1e-9, **style: Any) -> None:
    """The root mean square over orbits of the distance from the mean along each, over the spread of the means.

    Noise of measurements is far above `least`, where the logarithmic axis ends.
    """
    spread = (
        float(np.std([v.mean() for _, v in series]))
        or float(np.abs(np.concatenate([v for _, v in series])).max())
        or 1.0
    )
    end = min(float(t[-1] - t[0]) for t, _ in series)
    grid = np.linspace(0, end, 120)
    apart = [np.interp(grid, t - t[0], (v - v.mean()) ** 2) for t, v in series]
    axes.plot(grid, np.maximum(np.sqrt(np.mean(apart, 0)) / spread, least), **style)

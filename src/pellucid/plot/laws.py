"""Laws: orbits coloured by what each keeps, and how little that changes along them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ..artifacts import Invariants, Orbits
from .drawing import draws
from .style import FAINT, INK, LEAST_CHANGE, STATE_COLOURS, colour_scale, new_figure, quiet

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Array = NDArray[np.float64]


@draws(Orbits, beside=Invariants)
def draw_orbits(orbits: Orbits, found: Invariants | None = None, index: int = 0) -> Figure:
    """Orbits over the two variables that vary most, coloured by the invariant `index` of `found`.

    With one variable, over time. An orbit has one colour where the invariant is one.
    """
    from matplotlib.collections import LineCollection

    figure = new_figure(4.9, 3.9)
    axes = figure.add_subplot()
    across, up, labels = _axes_of(orbits, found)
    lines = np.stack([across, up], 2)
    pieces = np.stack([lines[:, :-1], lines[:, 1:]], 2).reshape(-1, 2, 2)
    drawn = LineCollection(list(pieces), linewidths=1.6, cmap="viridis", capstyle="round")
    axes.add_collection(drawn)
    for x, y in lines[:, 0]:
        axes.plot(x, y, "o", ms=3.2, color=INK, zorder=3)
    axes.set(xlim=_margin(across), ylim=_margin(up), xlabel=labels[0], ylabel=labels[1])
    quiet(axes)
    if found is None or index >= len(found.expressions):
        drawn.set_color(STATE_COLOURS[0])
        return figure
    values = _along(orbits, found, index)
    drawn.set_array(((values[:, :-1] + values[:, 1:]) / 2).ravel())
    drawn.set_clim(*_limits(values, 10.0))
    colour_scale(figure, axes, drawn, found.names()[index], extend="both")
    return figure


def draw_drift(orbits: Orbits, found: Invariants) -> Figure:
    """How far each invariant has moved from its first value, at most, over its spread between orbits; beside |x|^2."""
    figure = new_figure(4.9, 3.9)
    axes = figure.add_subplot()
    names, count = found.names(), len(found.expressions)
    distinct = count <= len(STATE_COLOURS)
    for i in range(count):
        colour = STATE_COLOURS[i if distinct else 0]
        label = names[i] if distinct else (f"{names[0]} to {names[-1]}" if i == 0 else None)
        _moved(axes, orbits, _along(orbits, found, i), color=colour, lw=1.5, label=label)
    squares = (orbits.states**2).sum(2)
    size = " + ".join(f"{name}²" for name in orbits.variables)
    baseline = size if len(size) <= 38 else "sum of the squares of all variables"
    _moved(axes, orbits, squares, color=FAINT, lw=1.5, ls="--", label=f"{baseline}, not conserved")
    axes.set_yscale("log")
    low, high = axes.get_ylim()
    axes.set_ylim(max(low, LEAST_CHANGE / 3), max(high, 10.0))
    axes.set(xlabel="time", ylabel="largest change, of the spread between orbits")
    quiet(axes)
    columns = 1 if count <= 3 else 2
    axes.legend(frameon=False, fontsize=8.5, labelcolor=INK, ncols=columns, loc="center", bbox_to_anchor=(0.5, 0.72))
    return figure


def _moved(axes: Axes, orbits: Orbits, values: Array, **style: object) -> None:
    """How far values (orbits, times) have moved from their first ones, the largest of all orbits."""
    known = np.isfinite(values[:, 0])
    if not known.any():
        return
    values = values[known]
    spread = float(np.std(values[:, 0])) or float(np.abs(values[:, 0]).max()) or 1.0
    change = np.where(np.isfinite(values), np.abs(values - values[:, :1]), 0).max(0) / spread
    axes.plot(orbits.times[1:], np.maximum(change, LEAST_CHANGE)[1:], **style)  # type: ignore[arg-type]


def _along(orbits: Orbits, found: Invariants, index: int) -> Array:
    """The invariant at every step of every orbit, (orbits, times)."""
    shape = orbits.states.shape[:2]
    parameters = [np.broadcast_to(column[:, None], shape) for column in orbits.parameters.T]
    with np.errstate(all="ignore"):
        values = found.along()[index](*np.moveaxis(orbits.states, 2, 0), *parameters)
    return np.array(np.broadcast_to(values, shape), dtype=np.float64)


def _axes_of(orbits: Orbits, found: Invariants | None) -> tuple[Array, Array, tuple[str, str]]:
    """What is drawn across and up, and their names: of the variables that vary most, or of the positions these."""
    if len(orbits.variables) == 1:
        times = np.broadcast_to(orbits.times, orbits.states.shape[:2])
        return np.array(times), orbits.states[:, :, 0], ("time", orbits.variables[0])
    low, high = np.nanpercentile(orbits.states, [25, 75], axis=(0, 1))
    order = np.argsort(low - high, kind="stable").tolist()
    positions = [i for i in order if found is not None and found.rhs[i] in found.variables]  # x' = v
    first, second = sorted((positions if len(positions) >= 2 else order)[:2])
    return orbits.states[:, :, first], orbits.states[:, :, second], (orbits.variables[first], orbits.variables[second])


def _limits(values: Array, percent: float) -> tuple[float, float]:
    """The ends of the values but for `percent` at each."""
    known = values[np.isfinite(values)]
    if not len(known):
        return 0.0, 1.0
    low, high = np.percentile(known, [percent, 100 - percent])
    if high - low <= 1e-9 * max(abs(low), abs(high), 1e-300):
        low, high = float(known.min()), float(known.max())
    return (float(low), float(high)) if high > low else (float(low) - 0.5, float(low) + 0.5)


def _margin(values: Array, outside: float = 2.0) -> tuple[float, float]:
    """The ends of an axis; `outside` percent at each may lie beyond: orbits that come close to a collision."""
    low, high = _limits(values, outside)
    return low - 0.06 * (high - low), high + 0.06 * (high - low)

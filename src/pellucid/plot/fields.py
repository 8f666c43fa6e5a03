"""Fields: a wave over space and time, and how little its integrals move."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import sympy

from ..artifacts import Densities, FieldWaves
from .drawing import draws
from .style import FAINT, INK, LEAST_CHANGE, colour_scale, new_figure, quiet, state_colour

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@draws(FieldWaves, beside=Densities)
def draw_waves(waves: FieldWaves, found: Densities | None = None) -> Figure:
    """Each field over space and time; with `found`, how far the integral of each density moves, of its size."""
    panels = len(waves.fields) + (found is not None and bool(found.densities))
    figure = new_figure(4.9 * panels, 3.9)
    for i, field in enumerate(waves.fields):
        axes = figure.add_subplot(1, panels, i + 1)
        box = (0.0, waves.length, float(waves.times[0]), float(waves.times[-1]))
        drawn = axes.imshow(waves.values[:, i], origin="lower", aspect="auto", extent=box, cmap="viridis")
        axes.set(xlabel="x", ylabel="time")
        quiet(axes)
        colour_scale(figure, axes, drawn, field)
    if panels > len(waves.fields) and found is not None:
        _draw_integrals(figure.add_subplot(1, panels, panels), waves, found)
    return figure


def _draw_integrals(axes: Any, waves: FieldWaves, found: Densities) -> None:
    names = [name for name, _ in found.names()]
    for i, (name, (density, _)) in enumerate(zip(names, found.sympy(), strict=True)):
        colour = state_colour(i)
        axes.plot(
            waves.times[1:], _moved(waves, density)[1:], color=colour, lw=1.5, label=f"∫ {name.replace('rho', 'ρ')} dx"
        )
    u, u_x = sympy.symbols(f"{found.fields[0]} {found.fields[0]}_x", real=True)
    label = f"∫ {u}³ + {u} {u}ₓ² dx, not conserved"
    axes.plot(waves.times[1:], _moved(waves, u**3 + u * u_x**2)[1:], color=FAINT, lw=1.5, ls="--", label=label)
    axes.set_yscale("log")
    low, high = axes.get_ylim()
    axes.set_ylim(max(low, LEAST_CHANGE / 3), max(high, 1.0) * 1e4)  # room for the legend
    axes.set(xlabel="time", ylabel="change of the integral, of its size")
    quiet(axes)
    axes.legend(frameon=False, fontsize=8.5, labelcolor=INK, loc="upper right", ncols=1 if len(names) <= 3 else 2)


def _moved(waves: FieldWaves, density: Any) -> Any:
    values = waves.integral(density)
    size = float(np.abs(waves.integral(sympy.Abs(density))[0])) or 1.0
    return np.maximum(np.abs(values - values[0]) / size, LEAST_CHANGE)

"""Drawings of physics from data: regions and their laws, a force split in two, learners that agree or do not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ..artifacts.theories.force_split import ForceSplit
from ..artifacts.theories.shared_theory import SharedTheory
from ..artifacts.theories.theories import Theories
from .drawing import draws
from .style import INK, STATE_COLOURS, new_figure, quiet, shortened, state_colour

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


@draws(Theories)
def draw_theories(found: Theories) -> Figure:
    """The regions over the first two positions, the others in the middle of their range, and each region's law."""
    from matplotlib.colors import ListedColormap
    from matplotlib.patches import Patch

    laws = ["\n".join(shortened(line, 46) for line in found.equations(k)) for k in range(len(found.laws))]
    figure = new_figure(6.4, max(2.9, 0.45 + 0.24 * sum(len(law.splitlines()) + 0.6 for law in laws)))
    axes = figure.add_subplot()
    which, extent = _regions(found)
    colours = [state_colour(k) for k in range(len(found.laws))]
    axes.imshow(which, origin="lower", extent=extent, aspect="auto", cmap=ListedColormap(colours), vmin=-0.5,
                vmax=len(colours) - 0.5, interpolation="nearest", alpha=0.75)  # fmt: skip
    flat = len(found.names) == 1
    axes.set(xlabel=found.names[0], ylabel="" if flat else found.names[1])
    if flat:
        axes.set_yticks([])
    quiet(axes)
    patches = [Patch(color=colour, label=law, alpha=0.75) for colour, law in zip(colours, laws, strict=True)]
    axes.legend(handles=patches, loc="center left", bbox_to_anchor=(1.02, 0.5), frameon=False, labelcolor=INK,
                fontsize=9, labelspacing=1.0)  # fmt: skip
    return figure


def _regions(found: Theories, grid: int = 200) -> tuple[NDArray[np.int64], tuple[float, float, float, float]]:
    """The number of the region at each point of a grid (up, across) over the first two positions, and its ends."""
    box = found.box or ((-1.0, 1.0),) * len(found.names)
    flat = len(found.names) == 1
    across = np.linspace(*box[0], grid)
    up = np.linspace(0, 1, 2) if flat else np.linspace(*box[1], grid)
    points = np.tile([(low + high) / 2 for low, high in box], (len(up), grid, 1))
    points[..., 0] = across
    if not flat:
        points[..., 1] = up[:, None]
    which = found.domain(points.reshape(-1, len(box))).reshape(len(up), grid)
    return which, (across[0], across[-1], up[0], up[-1])


@draws(ForceSplit)
def draw_force_split(found: ForceSplit) -> Figure:
    """Error and free force against lambda: the residual moves out of the law at lambda = 1."""
    figure = new_figure(4.9, 3.3)
    axes = figure.add_subplot()
    axes.axvline(1.0, color=INK, linewidth=0.8, linestyle=":")
    for values, label, colour, mark in (
        (found.shares, "free force", STATE_COLOURS[0], "o"),
        (found.errors, "error of both parts", STATE_COLOURS[1], "s"),
    ):
        axes.plot(found.penalties, np.array(values) * 100, marker=mark, color=colour, label=label, linewidth=1.6)
    axes.set(xlabel="λ", ylabel="% of the mean acceleration", xscale="log")
    axes.set_xticks(found.penalties, [f"{p:g}" for p in found.penalties])
    axes.minorticks_off()
    axes.set_ylim(bottom=0)
    quiet(axes)
    axes.legend(frameon=False, labelcolor=INK, fontsize=9)
    return figure


@draws(SharedTheory)
def draw_shared_theory(found: SharedTheory, terms: int = 6) -> Figure:
    """What the strongest `terms` carry in the end, seed by seed; agreement and theories, system by system."""
    figure = new_figure(7.6, 3.8)
    left, right = figure.subplots(1, 2, gridspec_kw={"width_ratios": [1.0, 1.15], "wspace": 0.08})
    names = [name for name, _ in found.strongest(terms)][::-1]
    shares = found.shares()[-1]
    for k, name in enumerate(names):
        values = shares[:, found.terms.index(name)] * 100
        left.barh(k, values.mean(), color=STATE_COLOURS[0], alpha=0.45, height=0.62)
        left.plot(values, np.full(len(values), k), "o", color=INK, ms=3, alpha=0.7)
    left.set_yticks(range(len(names)), names)
    left.set(xlabel="% of the acceleration, one point a seed")
    _over_systems(right, found)
    for axes in (left, right):
        quiet(axes)
    return figure


def _over_systems(axes: Axes, found: SharedTheory) -> None:
    hamilton, lagrange = found.explained()
    stages = np.arange(1, len(found.systems) + 1)
    for values, label, colour, mark in (
        (found.agreement(), "agreement of seeds", STATE_COLOURS[2], "^"),
        (hamilton, "Hamilton: $-S_x$", STATE_COLOURS[0], "o"),
        (lagrange, "Lagrange: $(S_x - S_{xv}v)/S_{vv}$", STATE_COLOURS[1], "s"),
    ):
        axes.plot(stages, values, marker=mark, color=colour, label=label, linewidth=1.6)
    axes.set_xticks(
        stages, [f"+ {name}" if k else name for k, name in enumerate(found.systems)], rotation=25, ha="right"
    )
    axes.set(ylim=(0, 1.05), ylabel="cosine, or share of variance")
    axes.legend(frameon=False, labelcolor=INK, fontsize=8, loc="upper left", bbox_to_anchor=(0.0, 1.28))

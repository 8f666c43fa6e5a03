"""Reaction networks: species and reactions as a graph, what may run dry in a colour of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..artifacts.reactions.reaction_structure import ReactionStructure
from .drawing import draws
from .style import FAINT, INK, PAPER, ROOM, STATE_COLOURS, new_figure, shortened

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Array = NDArray[np.float64]


@draws(ReactionStructure)
def draw_reactions(found: ReactionStructure) -> Figure:
    """Species as names, reactions as dots; arrows from what is used up to what is made, on both ends for both ways.

    Species of a critical siphon, which may run dry, are orange; a number on an arrow counts how many of a species.
    """
    steps, count = _steps(found), len(found.species)
    nodes = count + len(steps)
    if nodes > ROOM.reactions:
        figure = new_figure(4.9, 0.6)
        axes = figure.add_subplot()
        axes.set_axis_off()
        axes.text(0.5, 0.5, f"{count} species and {len(steps)} reactions: too many to draw", ha="center")
        return figure
    places = layout(nodes, [(i, count + k) for k, step in enumerate(steps) for i in step.species])
    span = np.ptp(places, axis=0)
    scale = 0.62 + 0.25 * max(map(len, found.species)) / 4
    figure = new_figure(float(np.clip(span[0] * scale + 1.2, 3.5, 9.5)), float(np.clip(span[1] * 0.7 + 0.9, 1.2, 7.0)))
    axes = figure.add_subplot()
    axes.set_axis_off()
    dots = places[count:]
    _draw_arrows(axes, steps, places[:count], dots)
    _draw_names(axes, found, places[:count])
    axes.plot(dots[:, 0], dots[:, 1], "s", ms=4.5, color=INK, zorder=3)
    low, high = places.min(0), places.max(0)
    axes.set(xlim=(low[0] - 0.7, high[0] + 0.7), ylim=(low[1] - 0.5, high[1] + 0.5))
    return figure


def _draw_names(axes: Axes, found: ReactionStructure, places: Array) -> None:
    """Each species in its box, at its place (species, 2)."""
    critical = {i for one in found.critical for i in one}
    for i, (x, y) in enumerate(places):
        colour = STATE_COLOURS[1] if i in critical else STATE_COLOURS[0]
        box = {"boxstyle": "round,pad=0.35", "facecolor": PAPER, "edgecolor": colour, "linewidth": 1.5}
        name = shortened(found.species[i], 14)
        axes.text(x, y, name, ha="center", va="center", color=INK, fontsize=10, bbox=box, zorder=4)


class Step(NamedTuple):
    """Species used up and made, with their counts, and whether it goes both ways."""

    used: dict[int, int]
    made: dict[int, int]
    both: bool

    @property
    def species(self) -> list[int]:
        """All that take part."""
        return list(self.used | self.made)

    def arrow(self, species: int) -> str:
        """The line from the reaction to a species: with a head where it is made, with two where it is used, too."""
        if self.both or (species in self.used and species in self.made):
            return "<|-|>"
        return "-|>" if species in self.made else "-"

    def count(self, species: int) -> str:
        """How many of a species, on both sides; nothing for one."""
        counts = [side[species] for side in (self.used, self.made) if species in side]
        return "/".join(map(str, dict.fromkeys(counts))) if max(counts) > 1 else ""


def _steps(found: ReactionStructure) -> list[Step]:
    """Every reaction once, with the way back where there is one; parallel ones are drawn as one."""
    pairs = list(dict.fromkeys(zip(found.reactants, found.products, strict=True)))
    kept = [(a, b) for i, (a, b) in enumerate(pairs) if (b, a) not in pairs[:i]]
    return [Step({i: n for i, n in enumerate(a) if n}, {i: n for i, n in enumerate(b) if n}, (b, a) in pairs)
            for a, b in kept]  # fmt: skip


def _draw_arrows(axes: Axes, steps: list[Step], species: Array, dots: Array) -> None:
    """The lines of each step from its dot (steps, 2) to its species (species, 2), and what comes from nothing."""
    for step, dot in zip(steps, dots, strict=True):
        for i in step.species:
            arrow = {"arrowstyle": step.arrow(i), "color": FAINT, "lw": 1.2, "shrinkA": 3, "shrinkB": 13,
                     "mutation_scale": 9}  # fmt: skip
            axes.annotate("", xy=tuple(species[i]), xytext=tuple(dot), arrowprops=arrow, zorder=2)
            if count := step.count(i):
                x, y = 0.45 * species[i] + 0.55 * dot
                axes.text(x, y, count, fontsize=8, color=INK, ha="center", va="center",
                          bbox={"facecolor": PAPER, "edgecolor": "none", "pad": 0.8}, zorder=3)  # fmt: skip
        if not (step.used and step.made):
            axes.annotate("∅", xy=tuple(dot), xytext=(7, 5), textcoords="offset points", fontsize=9, color=INK)


def layout(count: int, edges: list[tuple[int, int]], rounds: int = 300) -> Array:
    """Places (nodes, 2) whose distances are near the numbers of steps between the nodes: stress majorisation.

    Parts that hang together by nothing stand side by side; the longest way lies across.
    """
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import shortest_path

    ends = np.array(edges).reshape(-1, 2)
    graph = coo_array((np.ones(len(ends)), (ends[:, 0], ends[:, 1])), shape=(count, count)).tocsr()
    wanted = shortest_path(graph, directed=False, unweighted=True)
    wanted[~np.isfinite(wanted)] = wanted[np.isfinite(wanted)].max() + 1
    weights = 1 / np.where(wanted > 0, wanted, 1) ** 2
    np.fill_diagonal(weights, 0)
    laplacian = np.diag(weights.sum(1)) - weights
    inverse = np.linalg.pinv(laplacian)
    places = np.random.default_rng(0).normal(size=(count, 2)) * wanted.max() / 3
    for _ in range(rounds):
        apart = np.linalg.norm(places[:, None] - places[None], axis=2)
        ratio = weights * wanted / np.where(apart > 1e-9, apart, 1)
        places = inverse @ ((np.diag(ratio.sum(1)) - ratio) @ places)
    centred = places - places.mean(0)
    _, _, axes = np.linalg.svd(centred, full_matrices=False)
    return centred @ axes.T

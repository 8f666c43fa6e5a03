"""Automata: states and arrows, or for large machines a table of what follows what."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ..artifacts import Automaton, Program
from .drawing import draws
from .style import INK, PAPER, ROOM, colour_bar, ink_on, new_figure, quiet, state_colour

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Point: TypeAlias = NDArray[np.float64]


@draws(Automaton, beside=Program)
def draw_automaton(automaton: Automaton, program: Program | None) -> Figure:
    """States as circles, what leads from one to the next as arrows; a large machine as a table.

    `program` knows what the symbols are called.
    """
    if not is_graph(automaton, program):
        return _transition_table(automaton)
    count, labels = automaton.size, _arrow_labels(automaton, program)
    places, outwards = _places(count)
    figure = new_figure(4.6, 2.4) if count <= 2 else new_figure(4.9, 4.4 if count < 7 else 5.2)
    axes = figure.add_subplot()
    axes.set_aspect("equal")
    axes.axis("off")
    graph = _Graph(axes, list(places))
    for (source, target), label in labels.items():
        if source == target:
            graph.loop(places[source], outwards[source], label)
        else:
            graph.arrow(places[source], places[target], label, 0.22 if (target, source) in labels else 0.1)
    for state, place in enumerate(places):
        graph.circle(place, state)
    graph.start(places[0], outwards[0])
    _leave_margins(axes, places)
    return figure


def is_graph(automaton: Automaton, program: Program | None = None) -> bool:
    """Whether it is drawn as states and arrows; else it is too large for that, and drawn as a table.

    >>> one_state = Automaton(np.zeros((1, 2), int), np.zeros((1, 2, 1), int), np.arange(2)[:, None])
    >>> is_graph(one_state)
    True
    """
    return automaton.size <= ROOM.states and 0 < len(_arrow_labels(automaton, program)) <= ROOM.arrows


def _places(count: int) -> tuple[Point, Point]:
    """Where states stand, and which way is out of the drawing: up for one or two, else away from the middle."""
    if count <= 2:
        x = np.array([0.0]) if count == 1 else np.array([-1.3, 1.3])
        return np.stack([x, 0 * x], 1), np.tile([0.0, 1.0], (count, 1))
    angles = math.pi / 2 - 2 * math.pi * np.arange(count) / count
    outwards = np.stack([np.cos(angles), np.sin(angles)], 1)
    return max(1.5, 0.43 * count) * outwards, outwards


def _leave_margins(axes: Axes, places: Point) -> None:
    """Room around the states (states, 2) for loops and the word "start"."""
    few = len(places) <= 2
    margin, above, below = (1.3, 1.35, 0.95) if few else (1.55, 1.2, 1.2)
    axes.set_xlim(places[:, 0].min() - margin, places[:, 0].max() + margin)
    axes.set_ylim(places[:, 1].min() - below, places[:, 1].max() + above)


def _arrow_labels(automaton: Automaton, program: Program | None) -> dict[tuple[int, int], str]:
    """For each arrow its lines "symbols / output", symbols with equal outputs together."""
    names = _Names(automaton, program)
    cases: dict[tuple[int, int], dict[str, list[int]]] = {}
    for state in range(automaton.size):
        for index, target in enumerate(automaton.transitions[state].tolist()):
            together = cases.setdefault((state, target), {})
            together.setdefault(names.output(automaton.outputs[state, index]), []).append(index)
    return {
        pair: _first_lines(
            [f"{_listed(automaton, indices, names.symbol)} / {out}" for out, indices in together.items()]
        )
        for pair, together in cases.items()
    }


@dataclass(frozen=True)
class _Names:
    """What the automaton's symbols and outputs are called, where a program knows words for them."""

    automaton: Automaton
    program: Program | None

    def symbol(self, values: NDArray[np.int64]) -> str:
        """One symbol, values (inputs,)."""
        inputs = self.program.inputs if self.program is not None else ()
        words = [str(value) for value in values]
        if len(inputs) == self.automaton.symbols.shape[1]:
            for j, given in enumerate(inputs):
                if given.symbols and given.low <= values[j] <= given.high:
                    words[j] = given.symbols[int(values[j]) - given.low]
        return " ".join(words)

    def output(self, values: NDArray[np.int64]) -> str:
        """One output, values (outputs,)."""
        names = self.program.output_symbols if self.program is not None else ()
        return " ".join(names[int(value)] if 0 <= value < len(names) else str(value) for value in values)


def _listed(automaton: Automaton, indices: list[int], symbol: Callable[[NDArray[np.int64]], str]) -> str:
    """Symbols as people list them: all of them, runs of integers, or one by one."""
    if len(indices) == len(automaton.symbols) > 3:
        return "any"
    words = [symbol(automaton.symbols[i]) for i in indices]
    if len(words) > 3 and automaton.symbols.shape[1] == 1 and indices == list(range(indices[0], indices[-1] + 1)):
        return f"{words[0]} .. {words[-1]}"
    return ", ".join(words) if len(words) <= 4 else f"{', '.join(words[:3])}, … ({len(words)})"


def _first_lines(lines: list[str], most: int = 4) -> str:
    """As many lines as have room beside an arrow."""
    return "\n".join(lines if len(lines) <= most else [*lines[: most - 1], f"… {len(lines) - most + 1} more"])


@dataclass(frozen=True)
class _Graph:
    """Circles and arrows on axes whose unit is about three radii of a state."""

    axes: Axes
    taken: list[Point]
    """Where states and labels stand: other labels keep away from them."""
    radius: float = 0.34

    def circle(self, place: Point, state: int) -> None:
        """A state with its number."""
        from matplotlib.patches import Circle

        colour = state_colour(state)
        self.axes.add_patch(
            Circle((place[0], place[1]), self.radius, facecolor=colour, edgecolor=INK, lw=1.0, zorder=3)
        )
        self.axes.text(
            place[0], place[1], str(state), ha="center", va="center", fontsize=12, color=ink_on(colour), zorder=4,
            weight="bold",
        )  # fmt: skip

    def arrow(self, start: Point, end: Point, label: str, bend: float) -> None:
        """An arrow, bent to its left so that the way back has its own; its label stands where most room is left."""
        along = (end - start) / np.hypot(*(end - start))
        left = np.array([-along[1], along[0]])
        turned = math.atan(2 * bend)
        tail = start + self.radius * (math.cos(turned) * along + math.sin(turned) * left)
        tip = end + (self.radius + 0.03) * (-math.cos(turned) * along + math.sin(turned) * left)
        self._patch(tail, tip, -bend)
        middle = (tail + tip) / 2 + bend * np.hypot(*(tip - tail)) * left
        shares = (0.5, 0.42, 0.34, 0.58, 0.27, 0.66)
        curve = [(1 - t) ** 2 * tail + 2 * t * (1 - t) * middle + t**2 * tip for t in shares]
        if abs(along[1]) < 0.05 and len(self.taken) <= 2:  # two states: the label stands above or below its level arrow
            side = "bottom" if left[1] > 0 else "top"
            self.axes.text(curve[0][0], curve[0][1] + 0.1 * left[1], label, **_label_style(va=side))
            return
        place = self._roomiest(curve)
        self.taken.append(place)
        self.axes.text(place[0], place[1], label, **_label_style())

    def _roomiest(self, curve: list[Point], enough: float = 0.42) -> Point:
        """The first of the places with room `enough` around it; else the one with most."""
        room = [min(float(np.hypot((at - o)[0] / 1.7, (at - o)[1])) for o in self.taken) for at in curve]
        return next((at for at, free in zip(curve, room, strict=True) if free > enough), curve[int(np.argmax(room))])

    def loop(self, place: Point, outward: Point, label: str) -> None:
        """An arrow from a state to itself."""
        angle = math.atan2(outward[1], outward[0])
        ends = [
            place + (self.radius + 0.02) * np.array([math.cos(angle + d), math.sin(angle + d)]) for d in (0.55, -0.55)
        ]
        self._patch(ends[0], ends[1], -1.75)
        at = place + (self.radius + 0.40) * outward
        side = "center" if abs(outward[0]) < 0.5 else "left" if outward[0] > 0 else "right"
        level = "center" if abs(outward[1]) < 0.5 else "bottom" if outward[1] > 0 else "top"
        self.axes.text(at[0], at[1], label, **_label_style(ha=side, va=level))

    def start(self, place: Point, outward: Point) -> None:
        """The arrow out of nowhere that says where the machine starts: a right angle from the way out."""
        aside = np.array([-outward[1], outward[0]])
        self._patch(place + (self.radius + 0.45) * aside, place + (self.radius + 0.03) * aside, 0.0)
        x, y = place + (self.radius + 0.50) * aside
        self.axes.text(x, y, "start", ha="right", va="center", fontsize=9, color=INK)

    def _patch(self, start: Point, end: Point, bend: float) -> None:
        from matplotlib.patches import FancyArrowPatch

        self.axes.add_patch(
            FancyArrowPatch(
                (start[0], start[1]),
                (end[0], end[1]),
                connectionstyle=f"arc3,rad={bend}",
                arrowstyle="-|>,head_length=5,head_width=2.6",
                shrinkA=0,
                shrinkB=0,
                color=INK,
                lw=1.2,
                zorder=2,
            )
        )


def _label_style(ha: str = "center", va: str = "center") -> dict[str, Any]:
    """How labels beside arrows are written: on paper, so that a line below does not cross them."""
    box = {"facecolor": PAPER, "edgecolor": "none", "pad": 1.2}
    return {"ha": ha, "va": va, "fontsize": 9, "color": INK, "zorder": 5, "linespacing": 1.25, "bbox": box}


def _transition_table(automaton: Automaton) -> Figure:
    """The next state for each state and symbol, as a colour: for machines too large for a graph."""
    from matplotlib.ticker import MaxNLocator

    figure = new_figure(4.9, 4.2)
    axes = figure.add_subplot()
    symbols = automaton.symbols
    first = float(symbols[0, 0]) if symbols.shape[1] == 1 else 0.0
    extent = (first - 0.5, first + len(symbols) - 0.5, automaton.size - 0.5, -0.5)
    image = axes.imshow(automaton.transitions, cmap="viridis", interpolation="nearest", aspect="auto", extent=extent)
    axes.set(xlabel="input" if symbols.shape[1] == 1 else "number of the input", ylabel="state")
    axes.xaxis.set_major_locator(MaxNLocator(8, integer=True))
    axes.yaxis.set_major_locator(MaxNLocator(8, integer=True))
    quiet(axes)
    colour_bar(figure, axes, image, "next state")
    return figure

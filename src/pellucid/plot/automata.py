"""Automata: states and arrows, or for large machines a table of what follows what."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ..artifacts import Automaton, Program
from .drawing import draws
from .style import INK, PAPER, STATE_COLOURS, colour_bar, new_figure, quiet

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_PALE = ("#e69f00", "#56b4e9", "#f0e442", "#cc79a7", "#999999")
_MOST_STATES = 12
_MOST_ARROWS = 30
_MOST_LINES = 4
_RADIUS = 0.34

Point: TypeAlias = NDArray[np.float64]


@draws(Automaton, beside=Program)
def draw_automaton(automaton: Automaton, program: Program | None) -> Figure:
    if not is_graph(automaton, program):
        return _transition_table(automaton)
    count, lines = automaton.size, _arrow_labels(automaton, program)
    places, outwards = _places(count)
    figure = new_figure(4.6, 2.4) if count <= 2 else new_figure(4.9, 4.4 if count < 7 else 5.2)
    axes = figure.add_subplot()
    axes.set_aspect("equal")
    axes.axis("off")
    taken = list(places)
    for (source, target), label in lines.items():
        if source == target:
            _loop(axes, places[source], outwards[source], label)
        else:
            bend = 0.22 if (target, source) in lines else 0.1
            _arrow(axes, places[source], places[target], label, bend, taken)
    for state, place in enumerate(places):
        _circle(axes, place, state)
    _start(axes, places[0], outwards[0])
    margin = 1.55 if count > 2 else 1.3
    axes.set_xlim(places[:, 0].min() - margin, places[:, 0].max() + margin)
    above, below = (1.35, 0.95) if count <= 2 else (1.2, 1.2)
    axes.set_ylim(places[:, 1].min() - below, places[:, 1].max() + above)
    return figure


def _places(count: int) -> tuple[Point, Point]:
    """Where states stand, and which way is out of the drawing: up for one or two, else away from the middle."""
    if count <= 2:
        x = np.array([0.0]) if count == 1 else np.array([-1.3, 1.3])
        return np.stack([x, 0 * x], 1), np.tile([0.0, 1.0], (count, 1))
    angles = math.pi / 2 - 2 * math.pi * np.arange(count) / count
    outwards = np.stack([np.cos(angles), np.sin(angles)], 1)
    return max(1.5, 0.43 * count) * outwards, outwards


def _arrow_labels(automaton: Automaton, program: Program | None) -> dict[tuple[int, int], str]:
    """For each arrow its lines "symbols / output", symbols with equal outputs together."""
    inputs = program.inputs if program is not None and len(program.inputs) == automaton.symbols.shape[1] else ()
    names = program.output_symbols if program is not None else ()

    def symbol(values: NDArray[np.int64]) -> str:
        words = [str(v) for v in values]
        for j, given in enumerate(inputs):
            if given.symbols and given.low <= values[j] <= given.high:
                words[j] = given.symbols[int(values[j]) - given.low]
        return " ".join(words)

    def output(values: NDArray[np.int64]) -> str:
        return " ".join(names[int(v)] if 0 <= v < len(names) else str(v) for v in values)

    cases: dict[tuple[int, int], dict[str, list[int]]] = {}
    for state in range(automaton.size):
        for index, target in enumerate(automaton.transitions[state].tolist()):
            together = cases.setdefault((state, target), {})
            together.setdefault(output(automaton.outputs[state, index]), []).append(index)
    return {
        pair: _shortened([f"{_listed(automaton, indices, symbol)} / {out}" for out, indices in together.items()])
        for pair, together in cases.items()
    }


def _listed(automaton: Automaton, indices: list[int], symbol: Callable[[NDArray[np.int64]], str]) -> str:
    """Symbols as people list them: all of them, runs of integers, or one by one."""
    if len(indices) == len(automaton.symbols) > 3:
        return "any"
    words = [symbol(automaton.symbols[i]) for i in indices]
    if len(words) > 3 and automaton.symbols.shape[1] == 1 and indices == list(range(indices[0], indices[-1] + 1)):
        return f"{words[0]} .. {words[-1]}"
    return ", ".join(words) if len(words) <= 4 else f"{', '.join(words[:3])}, … ({len(words)})"


def _shortened(lines: list[str]) -> str:
    kept = lines if len(lines) <= _MOST_LINES else [*lines[: _MOST_LINES - 1], f"… {len(lines) - _MOST_LINES + 1} more"]
    return "\n".join(kept)


def _circle(axes: Axes, place: Point, state: int) -> None:
    from matplotlib.patches import Circle

    colour = STATE_COLOURS[state % len(STATE_COLOURS)]
    axes.add_patch(Circle((place[0], place[1]), _RADIUS, facecolor=colour, edgecolor=INK, lw=1.0, zorder=3))
    on = "#000000" if colour in _PALE else "#ffffff"
    axes.text(place[0], place[1], str(state), ha="center", va="center", fontsize=12, color=on, zorder=4, weight="bold")


def _arrow(axes: Axes, start: Point, end: Point, label: str, bend: float, taken: list[Point]) -> None:
    """An arrow, bent to its left so that the way back has its own; its label stands where most room is left on it."""
    along = (end - start) / np.hypot(*(end - start))
    left = np.array([-along[1], along[0]])
    turned = math.atan(2 * bend)
    tail = start + _RADIUS * (math.cos(turned) * along + math.sin(turned) * left)
    tip = end + (_RADIUS + 0.03) * (-math.cos(turned) * along + math.sin(turned) * left)
    _patch(axes, tail, tip, -bend)
    control = (tail + tip) / 2 + bend * np.hypot(*(tip - tail)) * left
    curve = [(1 - t) ** 2 * tail + 2 * t * (1 - t) * control + t**2 * tip for t in (0.5, 0.42, 0.34, 0.58, 0.27, 0.66)]
    if abs(along[1]) < 0.05 and len(taken) <= 2:  # two states: the label stands above or below its level arrow
        axes.text(
            curve[0][0], curve[0][1] + 0.1 * left[1], label, **{**_LABEL, "va": "bottom" if left[1] > 0 else "top"}
        )
        return
    room = [min(float(np.hypot((at - o)[0] / 1.7, (at - o)[1])) for o in taken) for at in curve]
    place = next((at for at, free in zip(curve, room, strict=True) if free > 0.42), curve[int(np.argmax(room))])
    taken.append(place)
    axes.text(place[0], place[1], label, **_LABEL)


def _loop(axes: Axes, place: Point, outward: Point, label: str) -> None:
    angle = math.atan2(outward[1], outward[0])
    ends = [place + (_RADIUS + 0.02) * np.array([math.cos(angle + d), math.sin(angle + d)]) for d in (0.55, -0.55)]
    _patch(axes, ends[0], ends[1], -1.75)
    at = place + (_RADIUS + 0.40) * outward
    side = "center" if abs(outward[0]) < 0.5 else "left" if outward[0] > 0 else "right"
    level = "center" if abs(outward[1]) < 0.5 else "bottom" if outward[1] > 0 else "top"
    axes.text(at[0], at[1], label, **{**_LABEL, "ha": side, "va": level})


def _start(axes: Axes, place: Point, outward: Point) -> None:
    """The arrow out of nowhere that says where the machine starts: a right angle from the way out."""
    aside = np.array([-outward[1], outward[0]])
    _patch(axes, place + (_RADIUS + 0.45) * aside, place + (_RADIUS + 0.03) * aside, 0.0)
    x, y = place + (_RADIUS + 0.50) * aside
    axes.text(x, y, "start", ha="right", va="center", fontsize=9, color=INK)


def _patch(axes: Axes, start: Point, end: Point, bend: float) -> None:
    from matplotlib.patches import FancyArrowPatch

    axes.add_patch(
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


_LABEL: dict[str, Any] = {
    "ha": "center",
    "va": "center",
    "fontsize": 9,
    "color": INK,
    "zorder": 5,
    "linespacing": 1.25,
    "bbox": {"facecolor": PAPER, "edgecolor": "none", "pad": 1.2},
}


def is_graph(automaton: Automaton, program: Program | None = None) -> bool:
    """Whether it is drawn as states and arrows; else it is too large for that, and drawn as a table."""
    return automaton.size <= _MOST_STATES and 0 < len(_arrow_labels(automaton, program)) <= _MOST_ARROWS


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

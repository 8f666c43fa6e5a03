"""One drawing for each artifact. The only file that imports matplotlib, and only once something is drawn.

Colours are Okabe and Ito's, which people with any colour vision tell apart. Ink and paper are two fixed colours, so
that a page can exchange them for its own.
"""

from __future__ import annotations

import io
import math
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from .artifacts import Automaton, Network, Program, StateCloud, TrainingCurve
from .core import Artifact

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["INK", "PAPER", "STATE_COLOURS", "draw", "is_graph", "to_png", "to_svg"]

INK, PAPER, FAINT = "#3b4252", "#fefefe", "#9aa3b2"
STATE_COLOURS = ("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#f0e442", "#999999")
_PALE = ("#e69f00", "#56b4e9", "#f0e442", "#cc79a7", "#999999")
_MOST_STATES = 12
_MOST_ARROWS = 30
_MOST_LINES = 4
_RADIUS = 0.34

Point: TypeAlias = NDArray[np.float64]


def draw(artifact: Artifact, program: Program | None = None) -> Figure:
    """The drawing of `artifact`; where its symbols have names, `program` knows them. Raises ValueError for other kinds.

    >>> figure = draw(TrainingCurve([0, 10], [1.0, 0.1], [0.5, 1.0]))
    >>> [axes.get_ylabel() for axes in figure.axes]
    ['loss', 'accuracy']
    """
    if isinstance(artifact, Automaton):
        return _draw_automaton(artifact, program)
    drawing = _DRAWINGS.get(artifact.kind)
    if drawing is None:
        raise ValueError(
            f"no drawing for {artifact.kind!r}; there is one for each of automaton, {', '.join(_DRAWINGS)}"
        )
    return drawing(artifact)


def to_svg(figure: Figure) -> str:
    """The drawing as SVG text without a background, the same text every time: no date, no random identifiers."""
    from matplotlib import rc_context

    stream = io.StringIO()
    with rc_context({"svg.fonttype": "none", "svg.hashsalt": "pellucid"}):
        figure.savefig(
            stream,
            format="svg",
            transparent=True,
            dpi=160,
            bbox_inches="tight",
            pad_inches=0.05,
            metadata={"Date": None, "Creator": None},
        )
    return stream.getvalue()


def to_png(figure: Figure, dpi: int = 160) -> bytes:
    """The drawing on paper as a PNG picture."""
    stream = io.BytesIO()
    figure.savefig(stream, format="png", dpi=dpi, facecolor=PAPER, bbox_inches="tight", metadata={"Software": None})
    return stream.getvalue()


def _figure(width: float, height: float) -> Figure:
    """A figure that belongs to no window and leaves matplotlib's global state alone."""
    from matplotlib.figure import Figure

    return Figure(figsize=(width, height), layout="constrained")


def _quiet(axes: Axes) -> None:
    axes.spines[["top", "right"]].set_visible(False)
    axes.spines[["left", "bottom"]].set_color(FAINT)
    axes.tick_params(colors=INK, labelcolor=INK, labelsize=9)
    axes.tick_params(which="minor", length=0)
    axes.xaxis.label.set_color(INK)
    axes.yaxis.label.set_color(INK)


# ------------------------------------------------------------------------------------------------------ automaton


def _draw_automaton(automaton: Automaton, program: Program | None) -> Figure:
    if not is_graph(automaton, program):
        return _transition_table(automaton)
    count, lines = automaton.size, _arrow_labels(automaton, program)
    places, outwards = _places(count)
    figure = _figure(4.6, 2.4) if count <= 2 else _figure(4.9, 4.4 if count < 7 else 5.2)
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

    figure = _figure(4.9, 4.2)
    axes = figure.add_subplot()
    symbols = automaton.symbols
    first = float(symbols[0, 0]) if symbols.shape[1] == 1 else 0.0
    extent = (first - 0.5, first + len(symbols) - 0.5, automaton.size - 0.5, -0.5)
    image = axes.imshow(automaton.transitions, cmap="viridis", interpolation="nearest", aspect="auto", extent=extent)
    axes.set(xlabel="input" if symbols.shape[1] == 1 else "number of the input", ylabel="state")
    axes.xaxis.set_major_locator(MaxNLocator(8, integer=True))
    axes.yaxis.set_major_locator(MaxNLocator(8, integer=True))
    _quiet(axes)
    _bar(figure, axes, image, "next state")
    return figure


def _bar(figure: Figure, axes: Axes, drawn: Any, label: str) -> None:
    """What the colours mean, in whole numbers."""
    from matplotlib.ticker import MaxNLocator

    bar = figure.colorbar(drawn, ax=axes, shrink=0.8, ticks=MaxNLocator(6, integer=True))
    bar.set_label(label, color=INK)
    bar.ax.tick_params(colors=INK, labelsize=9)
    bar.outline.set_visible(False)  # type: ignore[operator]
    bar.solids.set_alpha(1)  # type: ignore[union-attr]


# -------------------------------------------------------------------------------------------- networks and training


def _draw_cloud(cloud: StateCloud) -> Figure:
    """Hidden states on their first two principal axes, coloured by what they stand for."""
    figure = _figure(4.8, 3.6)
    axes = figure.add_subplot()
    states = np.unique(cloud.states)
    many = len(cloud.points) > 400
    distinct = len(np.unique(np.round(cloud.points / (np.abs(cloud.points).max() or 1.0), 2), axis=0))
    options: dict[str, Any] = {"s": 22 if distinct > 60 else 60, "alpha": 0.8, "lw": 0, "rasterized": many, "zorder": 2}
    if len(states) <= len(STATE_COLOURS):
        for state in states:
            x, y = cloud.points[cloud.states == state].T
            colour = STATE_COLOURS[int(state) % len(STATE_COLOURS)]
            axes.scatter(x, y, color=colour, label=f"{cloud.label} {state}", **options)
        axes.legend(frameon=False, labelcolor=INK, fontsize=9, loc="center left", bbox_to_anchor=(1.0, 0.5))
    else:
        dots = axes.scatter(*cloud.points.T, c=cloud.states, cmap="viridis", **options)
        _bar(figure, axes, dots, cloud.label)
    _roomy_limits(axes, cloud.points)
    axes.set(xlabel="first principal axis", ylabel="second principal axis")
    _quiet(axes)
    return figure


def _roomy_limits(axes: Axes, points: NDArray[np.float32]) -> None:
    """Limits that show a flat cloud as flat, instead of blowing up its rounding noise."""
    low, high = points.min(0).astype(float), points.max(0).astype(float)
    widest = float((high - low).max()) or 1.0
    half = np.maximum((high - low) * 0.56, 0.12 * widest)
    middle = (low + high) / 2
    axes.set_xlim(middle[0] - half[0], middle[0] + half[0])
    axes.set_ylim(middle[1] - half[1], middle[1] + half[1])


def _draw_curve(curve: TrainingCurve) -> Figure:
    """Loss and accuracy over steps: every network thin, the chosen one thick."""
    figure = _figure(4.8, 3.6)
    upper, lower = figure.subplots(2, 1, sharex=True)
    keep = np.unique(np.linspace(0, len(curve.steps) - 1, 200).astype(int))
    others = [m for m in range(curve.members) if m != curve.chosen][:80]
    for axes, values, name in ((upper, curve.losses, "loss"), (lower, curve.accuracies, "accuracy")):
        shown = np.where(np.isfinite(values), values, np.nan)[keep]
        if name == "loss":
            shown = np.where(shown > 0, shown, np.nan)
        if others:
            axes.plot(curve.steps[keep], shown[:, others], color=FAINT, lw=0.6, alpha=0.55, zorder=1, rasterized=True)
        marker = "o" if len(keep) < 3 else ""
        axes.plot(curve.steps[keep], shown[:, curve.chosen], color=STATE_COLOURS[0], lw=2.2, marker=marker, zorder=2)
        axes.set_ylabel(name)
        _quiet(axes)
    if np.isfinite(np.where(curve.losses > 0, curve.losses, np.nan)).any():
        upper.set_yscale("log")
    lower.yaxis.set_major_formatter(lambda value, _: f"{100 * value:g} %")
    lower.set_ylim(min(0.5, float(np.nanmin(np.where(np.isfinite(curve.accuracies), curve.accuracies, 0)))), 1.03)
    lower.set_xlabel("training step")
    lower.xaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
    if others:
        upper.plot([], [], color=STATE_COLOURS[0], lw=2.2, label="chosen network")
        upper.plot([], [], color=FAINT, lw=0.8, label=f"{curve.members - 1} others")
        upper.legend(
            frameon=False,
            fontsize=9,
            labelcolor=INK,
            loc="lower right",
            bbox_to_anchor=(1.0, 1.0),
            ncols=2,
            borderaxespad=0,
        )
    return figure


def _draw_network(network: Network) -> Figure:
    """The weights, matrix by matrix, on one scale around zero, every weight a square of one size."""
    matrices: dict[str, NDArray[np.float64]] = {}
    for name, weights in network.weights.items():
        value = np.atleast_2d(np.squeeze(weights)).astype(float)
        if value.ndim == 2 and value.shape[0] > value.shape[1]:
            matrices[f"{name}, transposed"] = value.T  # lying down, so that it fits
        elif value.ndim == 2:
            matrices[name] = value
    sides = [side for value in matrices.values() for side in value.shape]
    cell, wide = min(0.24, 4.4 / max(sides, default=1)), 4.8
    places, x, y, row = [], 0.1, 0.3, 0.0
    for name, value in matrices.items():
        height, width = (cell * side for side in value.shape)
        if x + max(width, 0.075 * len(name)) > wide and x > 0.1:
            x, y, row = 0.1, y + row + 0.35, 0.0
        places.append((x, y, width, height))
        x, row = x + max(width, 0.075 * len(name)) + 0.25, max(row, height)
    tall = y + row + 0.1
    largest = max((float(np.abs(value).max()) for value in matrices.values()), default=1.0) or 1.0
    figure = _figure(wide, tall)
    figure.set_layout_engine("none")
    for (name, value), (x, y, width, height) in zip(matrices.items(), places, strict=True):
        axes = figure.add_axes((x / wide, 1 - (y + height) / tall, width / wide, height / tall))
        axes.imshow(value, cmap="PuOr", vmin=-largest, vmax=largest, aspect="auto", interpolation="nearest")
        axes.set_title(name, fontsize=7.5, color=INK, loc="left", pad=3)
        axes.set(xticks=[], yticks=[])
        axes.spines[:].set_color(FAINT)
    return figure


# -------------------------------------------------------------------------------------------------------- program


def _draw_program(program: Program) -> Figure:
    """The source, highlighted."""
    from pygments.lexers import PythonLexer
    from pygments.token import Token

    colours = {Token.Keyword: "#8f3f71", Token.Literal: "#0072b2", Token.Operator: "#b05a00", Token.Comment: FAINT}
    source = program.to_python().rstrip()
    lines = source.split("\n")
    size, wide, high = 10.0, 0.602 * 10.0 / 72, 1.5 * 10.0 / 72
    figure = _figure(max(3.0, wide * max(map(len, lines)) + 0.4), high * len(lines) + 0.4)
    width, height = figure.get_size_inches()
    row, column = 0, 0
    for kind, text in PythonLexer(stripnl=False).get_tokens(source):
        colour = next((c for token, c in colours.items() if kind in token), INK)
        for i, piece in enumerate(text.split("\n")):
            if i:
                row, column = row + 1, 0
            if piece.strip():
                x, y = (0.2 + wide * column) / width, 1 - (0.2 + high * (row + 0.7)) / height
                figure.text(
                    x, y, piece, family="monospace", fontsize=size, color=colour, va="baseline", parse_math=False
                )
            column += len(piece)
    return figure


_DRAWINGS: Mapping[str, Callable[[Any], Figure]] = {
    Network.kind: _draw_network,
    Program.kind: _draw_program,
    StateCloud.kind: _draw_cloud,
    TrainingCurve.kind: _draw_curve,
}

"""Effects: a map of a model's layers, panel below panel over one axis; or bars, where the parts are no layers."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from ..artifacts.features.effects import Effects
from .drawing import draws
from .style import FAINT, INK, STATE_COLOURS, new_figure, quiet

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_PANELS = (
    ("KL, nats", ("KL, deleted", "KL, swapped"), True),
    ("top-1 kept", ("top-1 kept, deleted", "top-1 kept, swapped"), False),
    ("logit lens, nats", ("KL, logit lens", "entropy, logit lens"), False),
    ("share of attention", ("attention, near", "attention, first token"), False),
)
_SHORT = {
    "KL, logit lens": "KL",
    "entropy, logit lens": "entropy",
    "KL, deleted": "layer deleted",
    "KL, swapped": "swapped with the next",
    "top-1 kept, deleted": "layer deleted",
    "top-1 kept, swapped": "swapped with the next",
    "attention, near": "near (own and 4 before)",
    "attention, first token": "first token",
}
_MOST_BARS = 24
_LONGEST = 44


@draws(Effects)
def draw_effects(effects: Effects) -> Figure:
    """A layer map where the measures are of layers, else the parts with the largest effects."""
    panels = [(label, names, log) for label, names, log in _PANELS if set(names) & set(effects.measures)]
    return _layer_map(effects, panels) if panels else _bars(effects)


def _layer_map(effects: Effects, panels: list[tuple[str, tuple[str, ...], bool]]) -> Figure:
    figure = new_figure(8.4, 1.15 + 1.5 * len(panels))
    grid = figure.subplots(len(panels), 1, sharex=True, squeeze=False)[:, 0]
    for number, (axes, (label, names, log)) in enumerate(zip(grid, panels, strict=True)):
        for index, name in enumerate(name for name in names if name in effects.measures):
            pair = 0 if names[0].endswith(("deleted", "swapped")) else 2 if "logit" in names[0] else 4
            _line(axes, effects, name, STATE_COLOURS[pair + index])
        if log:
            axes.set_yscale("log")
        elif not label.startswith("logit"):
            axes.set_ylim(0, 1.03)
        axes.set_ylabel(label.replace(", ", ",\n"), fontsize=9)
        quiet(axes)
        axes.legend(frameon=False, fontsize=8.5, labelcolor=INK, loc="center left", bbox_to_anchor=(1.0, 0.5))
        _stages(axes, effects, told=number == 0)
    grid[-1].set_xlabel("layer")
    grid[-1].set_xlim(-0.6, len(effects.parts) - 0.4)
    figure.align_ylabels(list(grid))
    return figure


def _line(axes: Axes, effects: Effects, name: str, colour: str) -> None:
    values = effects.column(name)
    known = [i for i, value in enumerate(values) if value is not None]
    heights = [values[i] for i in known]
    axes.plot(known, heights, "o-", ms=3.2, lw=1.3, color=colour, label=_SHORT[name])  # type: ignore[arg-type]
    if effects.low and effects.high:
        low, high = effects.column(name, "low"), effects.column(name, "high")
        bounded = [i for i in known if low[i] is not None and high[i] is not None]
        axes.fill_between(
            bounded,
            [low[i] or 0.0 for i in bounded],
            [high[i] or 0.0 for i in bounded],
            color=colour,
            alpha=0.18,
            lw=0,
        )


def _stages(axes: Axes, effects: Effects, told: bool) -> None:
    """A line between one stage and the next; their names above the first panel."""
    for stage, first, last in effects.stages():
        if first:
            axes.axvline(first - 0.5, color=FAINT, lw=0.8, ls=":")
        if told:
            words = stage.replace(" ", "\n", 1)
            narrow = last - first < 3
            axes.text(
                (first + last) / 2,
                1.04,
                words,
                transform=axes.get_xaxis_transform(),
                ha="left" if narrow and not first else "center",
                va="bottom",
                fontsize=8.5,
                color=INK,
            ).set_x(first - 0.5 if narrow and not first else (first + last) / 2)


def _bars(effects: Effects) -> Figure:
    name = effects.measures[0]
    values = effects.column(name)
    known = [i for i, value in enumerate(values) if value is not None and math.isfinite(value)]
    order = sorted(known, key=lambda i: -abs(values[i] or 0.0))[:_MOST_BARS]
    figure = new_figure(5.6, 0.9 + 0.24 * len(order))
    axes = figure.add_subplot()
    shown = [name, *(other for other in effects.measures[1:2] if other)]
    height = 0.8 / len(shown)
    for number, measure in enumerate(shown):
        column = effects.column(measure)
        places = [place + (number - (len(shown) - 1) / 2) * height for place in range(len(order))]
        axes.barh(places, [column[i] or 0.0 for i in order], height, color=STATE_COLOURS[number], label=measure)
    axes.set_yticks(range(len(order)), [_cut(effects.parts[i]) for i in order])
    axes.invert_yaxis()
    axes.axvline(0, color=FAINT, lw=0.8)
    quiet(axes)
    unit = effects.units[0] if effects.units else ""
    axes.set_xlabel(f"effect, {unit}" if unit else "effect")
    axes.legend(frameon=False, fontsize=8.5, labelcolor=INK, loc="lower right")
    return figure


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"...{text[3 - _LONGEST :]}"

"""Effects: a map of a model's layers, panel below panel over one axis; or bars, where the parts are no layers."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..artifacts.features.effects import Effects
from .drawing import draws
from .style import FAINT, INK, ROOM, STATE_COLOURS, new_figure, quiet

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


@dataclass(frozen=True)
class _Panel:
    """One panel of a layer map: its measures, and what they are called beside it."""

    label: str
    curves: dict[str, str]
    colour: int
    """Of the first curve; the others have the next ones."""
    scale: str = ""
    """Of the axis: "log"; "share", from 0 to 1; or as the values are."""


def _panels(effects: Effects) -> list[_Panel]:
    """The panels of which there is a measure."""
    changes = ("deleted", "layer deleted"), ("swapped", "swapped with the next")
    every = (
        _Panel("KL, nats", {f"KL, {change}": name for change, name in changes}, 0, "log"),
        _Panel("top-1 kept", {f"top-1 kept, {change}": name for change, name in changes}, 0, "share"),
        _Panel("logit lens, nats", {"KL, logit lens": "KL", "entropy, logit lens": "entropy"}, 2),
        _Panel(
            "share of attention",
            {"attention, near": "near (own and 4 before)", "attention, first token": "first token"},
            4,
            "share",
        ),
    )
    return [panel for panel in every if set(panel.curves) & set(effects.measures)]


@draws(Effects)
def draw_effects(effects: Effects) -> Figure:
    """A layer map where the measures are of layers, else the parts with the largest effects.

    >>> effects = Effects(("head 0", "head 1"), ("logit",), ((0.5,), (0.1,)))
    >>> [label.get_text() for label in draw_effects(effects).axes[0].get_yticklabels()]
    ['head 0', 'head 1']
    """
    panels = _panels(effects)
    return _layer_map(effects, panels) if panels else _bars(effects)


def _layer_map(effects: Effects, panels: list[_Panel]) -> Figure:
    figure = new_figure(8.4, 1.15 + 1.5 * len(panels))
    grid = figure.subplots(len(panels), 1, sharex=True, squeeze=False)[:, 0]
    for axes, panel in zip(grid, panels, strict=True):
        _draw_panel(axes, effects, panel)
        _draw_stages(axes, effects, named=axes is grid[0])
    grid[-1].set_xlabel("layer")
    grid[-1].set_xlim(-0.6, len(effects.parts) - 0.4)
    figure.align_ylabels(list(grid))
    return figure


def _draw_panel(axes: Axes, effects: Effects, panel: _Panel) -> None:
    shown = [name for name in panel.curves if name in effects.measures]
    for number, name in enumerate(shown):
        _draw_curve(axes, effects, name, panel.curves[name], STATE_COLOURS[panel.colour + number])
    if panel.scale == "log":
        axes.set_yscale("log")
    elif panel.scale == "share":
        axes.set_ylim(0, 1.03)
    axes.set_ylabel(panel.label.replace(", ", ",\n"), fontsize=9)
    quiet(axes)
    axes.legend(frameon=False, fontsize=8.5, labelcolor=INK, loc="center left", bbox_to_anchor=(1.0, 0.5))


def _draw_curve(axes: Axes, effects: Effects, name: str, label: str, colour: str) -> None:
    """A measure over the layers, with its interval where that is known."""
    known = {i: value for i, value in enumerate(effects.column(name)) if value is not None}
    axes.plot(list(known), list(known.values()), "o-", ms=3.2, lw=1.3, color=colour, label=label)
    if effects.low and effects.high:
        bounds = zip(effects.column(name, "low"), effects.column(name, "high"), strict=True)
        ends = [(i, low, high) for i, (low, high) in enumerate(bounds) if None not in (low, high) and i in known]
        places, low, high = zip(*ends, strict=True) if ends else ((), (), ())
        axes.fill_between(places, low, high, color=colour, alpha=0.18, lw=0)


def _draw_stages(axes: Axes, effects: Effects, named: bool) -> None:
    """A line between one stage and the next; their names above the panel, where they are to be `named`."""
    for stage, first, last in effects.stages():
        if first:
            axes.axvline(first - 0.5, color=FAINT, lw=0.8, ls=":")
        if named:
            at_the_edge = last - first < 3 and not first
            axes.text(
                first - 0.5 if at_the_edge else (first + last) / 2,
                1.04,
                stage.replace(" ", "\n", 1),
                transform=axes.get_xaxis_transform(),
                ha="left" if at_the_edge else "center",
                va="bottom",
                fontsize=8.5,
                color=INK,
            )


def _bars(effects: Effects) -> Figure:
    """The parts of the largest effects, by the first measure; beside each, the second one."""
    order = _largest(effects)
    figure = new_figure(5.6, 0.9 + 0.24 * len(order))
    axes = figure.add_subplot()
    shown = [effects.measures[0], *(name for name in effects.measures[1:2] if name)]
    height = 0.8 / len(shown)
    for number, measure in enumerate(shown):
        column = effects.column(measure)
        places = [place + (number - (len(shown) - 1) / 2) * height for place in range(len(order))]
        axes.barh(places, [column[i] or 0.0 for i in order], height, color=STATE_COLOURS[number], label=measure)
    axes.set_yticks(range(len(order)), [_end_of(effects.parts[i]) for i in order])
    axes.invert_yaxis()
    axes.axvline(0, color=FAINT, lw=0.8)
    quiet(axes)
    unit = effects.units[0] if effects.units else ""
    axes.set_xlabel(f"effect, {unit}" if unit else "effect")
    axes.legend(frameon=False, fontsize=8.5, labelcolor=INK, loc="lower right")
    return figure


def _largest(effects: Effects) -> list[int]:
    """The parts with the largest known effect by the first measure."""
    values = effects.column(effects.measures[0])
    known = [i for i, value in enumerate(values) if value is not None and math.isfinite(value)]
    return sorted(known, key=lambda i: -abs(values[i] or 0.0))[: ROOM.bars]


def _end_of(text: str, longest: int = 44) -> str:
    """The end of a long name, which tells parts apart."""
    return text if len(text) <= longest else f"...{text[3 - longest :]}"

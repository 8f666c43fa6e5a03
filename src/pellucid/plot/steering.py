"""What adding features does to the words that they promote, beside random directions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..artifacts.audits.steering_effects import SteeringEffects
from .drawing import draws
from .style import FAINT, STATE_COLOURS, new_figure, quiet

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@draws(SteeringEffects)
def draw_steering(found: SteeringEffects) -> Figure:
    """Promoted words on the left, suppressed ones on the right; a point a feature."""
    figure = new_figure(7.6, 3.2)
    for place, name in enumerate(("promoted", "suppressed"), 1):
        axes = figure.add_subplot(1, 2, place)
        for line in (axes.axhline, axes.axvline):
            line(0, color=FAINT, lw=0.8)
        axes.scatter(
            getattr(found, f"drawn_{name}"), getattr(found, name), s=14, alpha=0.6, linewidths=0,
            color=STATE_COLOURS[place - 1],
        )  # fmt: skip
        axes.set_xlabel("along a random direction, nats")
        axes.set_ylabel(f"{name} words, with the feature, nats")
        quiet(axes)
    return figure

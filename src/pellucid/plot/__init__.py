"""One drawing for each artifact. The only room that imports matplotlib, and only once something is drawn.

Colours are Okabe and Ito's, which people with any colour vision tell apart. Ink and paper are two fixed colours, so
that a page can exchange them for its own.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from ..artifacts import (
    Automaton,
    Formula,
    Front,
    Invariants,
    Network,
    Orbits,
    Predictions,
    Program,
    SplineNetwork,
    StateCloud,
    TrainingCurve,
)
from ..core import Artifact
from .automata import draw_automaton, is_graph
from .formulas import draw_formula, draw_front, draw_predictions
from .laws import MOST_PORTRAITS, draw_drift, draw_orbits
from .page import INK, PAPER, STATE_COLOURS
from .programs import draw_cloud, draw_curve, draw_network, draw_program
from .splines import draw_spline_network

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = [
    "INK",
    "MOST_PORTRAITS",
    "PAPER",
    "STATE_COLOURS",
    "draw",
    "draw_drift",
    "draw_orbits",
    "is_graph",
    "to_png",
    "to_svg",
]


def draw(artifact: Artifact, found: Artifact | None = None) -> Figure:
    """The drawing of `artifact`; `found` is what it led to: a program that knows its symbols' names, a formula,
    the first of some invariants.

    Raises ValueError for a kind that has no drawing.

    >>> figure = draw(TrainingCurve([0, 10], [1.0, 0.1], [0.5, 1.0]))
    >>> [axes.get_ylabel() for axes in figure.axes]
    ['loss', 'accuracy']
    """
    if isinstance(artifact, Automaton):
        return draw_automaton(artifact, found if isinstance(found, Program) else None)
    if isinstance(artifact, Predictions):
        return draw_predictions(artifact, found if isinstance(found, Formula) else None)
    if isinstance(artifact, SplineNetwork):
        return draw_spline_network(artifact, found if isinstance(found, Formula) else None)
    if isinstance(artifact, Orbits):
        return draw_orbits(artifact, found if isinstance(found, Invariants) else None)
    drawing = _DRAWINGS.get(artifact.kind)
    if drawing is None:
        kinds = ", ".join(sorted([Automaton.kind, Orbits.kind, Predictions.kind, SplineNetwork.kind, *_DRAWINGS]))
        raise ValueError(f"no drawing for {artifact.kind!r}; there is one for each of {kinds}")
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


_DRAWINGS: Mapping[str, Callable[[Any], Figure]] = {
    Formula.kind: draw_formula,
    Front.kind: draw_front,
    Network.kind: draw_network,
    Program.kind: draw_program,
    StateCloud.kind: draw_cloud,
    TrainingCurve.kind: draw_curve,
}

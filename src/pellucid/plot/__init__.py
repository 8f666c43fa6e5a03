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
    Circle,
    Criteria,
    Densities,
    Effects,
    FeatureAtlas,
    FeatureClusters,
    FieldWaves,
    ForceSplit,
    Formula,
    Front,
    Helix,
    IntegrableFamilies,
    Invariants,
    Network,
    Orbits,
    Predictions,
    ProbePredictions,
    Program,
    SharedTheory,
    SparseScores,
    SplineNetwork,
    StateCloud,
    Symmetries,
    Theories,
    TrainingCurve,
    TransferMatrix,
)
from ..core import Artifact
from .automata import draw_automaton, is_graph
from .features import draw_features
from .fields import draw_waves
from .formulas import draw_formula, draw_front, draw_predictions
from .laws import MOST_PORTRAITS, draw_drift, draw_orbits
from .layers import draw_effects
from .page import INK, PAPER, STATE_COLOURS
from .physics import draw_force_split, draw_shared_theory, draw_theories
from .probes import draw_circle, draw_clusters, draw_criteria, draw_helix, draw_probe, draw_sparse, draw_transfer
from .programs import draw_cloud, draw_curve, draw_network, draw_program
from .splines import draw_spline_network
from .symmetries import draw_families, draw_symmetries

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
    if isinstance(artifact, FieldWaves):
        return draw_waves(artifact, found if isinstance(found, Densities) else None)
    drawing = _DRAWINGS.get(artifact.kind)
    if drawing is None:
        others = (Automaton, FieldWaves, Orbits, Predictions, SplineNetwork)
        kinds = ", ".join(sorted([*(other.kind for other in others), *_DRAWINGS]))
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
    Circle.kind: draw_circle,
    Criteria.kind: draw_criteria,
    Effects.kind: draw_effects,
    FeatureAtlas.kind: draw_features,
    FeatureClusters.kind: draw_clusters,
    ForceSplit.kind: draw_force_split,
    Formula.kind: draw_formula,
    Front.kind: draw_front,
    Helix.kind: draw_helix,
    IntegrableFamilies.kind: draw_families,
    Network.kind: draw_network,
    ProbePredictions.kind: draw_probe,
    Program.kind: draw_program,
    SharedTheory.kind: draw_shared_theory,
    SparseScores.kind: draw_sparse,
    StateCloud.kind: draw_cloud,
    Symmetries.kind: draw_symmetries,
    Theories.kind: draw_theories,
    TrainingCurve.kind: draw_curve,
    TransferMatrix.kind: draw_transfer,
}

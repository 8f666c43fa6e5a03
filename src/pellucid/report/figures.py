"""The drawings of a page: what each is called, what is said below it, and its SVG in the ink of the page."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ..artifacts import (
    Automaton,
    Circle,
    Criteria,
    Effects,
    FeatureAtlas,
    FeatureClusters,
    FieldWaves,
    ForceSplit,
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

if TYPE_CHECKING:
    from markupsafe import Markup

__all__ = ["Figure", "figures"]

_CAPTIONS = {
    Effects.kind: "Layer map",
    ProbePredictions.kind: "What the probe says",
    TransferMatrix.kind: "From one data set to another",
    Circle.kind: "Circle",
    Helix.kind: "Helix",
    FeatureAtlas.kind: "How often each feature fires, and what it does",
    FeatureClusters.kind: "Clusters of features",
    SparseScores.kind: "Few features against plain probes",
    Criteria.kind: "Four criteria",
    ForceSplit.kind: "Forces with a potential, and without",
    SharedTheory.kind: "One readout for all systems",
    Theories.kind: "Domains and their laws",
    FieldWaves.kind: "A wave, and its integrals",
    Symmetries.kind: "Where the symmetries move points",
    IntegrableFamilies.kind: "How much each family conserves",
    Predictions.kind: "Data and formula",
    Front.kind: "Error against length",
    SplineNetwork.kind: "Spline network",
    Automaton.kind: "Automaton",
    Network.kind: "Weights",
    StateCloud.kind: "Hidden states",
    TrainingCurve.kind: "Training",
}

_COLUMN = 5.2
"""Drawings wider than this (in inches) take the whole width of the page."""


@dataclass(frozen=True)
class Figure:
    """A drawing on the page."""

    heading: str
    caption: str
    svg: Markup
    wide: bool = False


def figures(artifacts: Iterable[Artifact], found: Artifact) -> list[Figure]:
    """The drawings of a page, in the order in which it shows them; `found` is what they led to."""
    from ..plot import draw, to_svg
    from ..plot.trajectories import trajectory_figures

    made = []
    order = [Predictions.kind, Front.kind, Automaton.kind, StateCloud.kind, TrainingCurve.kind, Network.kind]
    order += [kind for kind in _CAPTIONS if kind not in order]
    drawn = sorted((a for a in artifacts if a.kind in order), key=lambda a: order.index(a.kind))
    for number, artifact in enumerate(drawn):
        drawing = draw(artifact, found)
        svg = _inline(to_svg(drawing), f"f{number}-", artifact.describe())
        wide = drawing.get_figwidth() > _COLUMN
        made.append(Figure(_CAPTIONS[artifact.kind], _caption(artifact, found), svg, wide))
    for number, (heading, caption, drawing) in enumerate(trajectory_figures(artifacts, found)):
        made.append(Figure(heading, caption, _inline(to_svg(drawing), f"t{number}-", caption)))
    return [*_orbit_figures(artifacts, found), *made]


def _orbit_figures(artifacts: Iterable[Artifact], found: Artifact) -> list[Figure]:
    """The orbits, coloured by each invariant, and how little each of them changes along them."""
    from ..plot import draw_drift, draw_orbits, to_svg
    from ..plot.laws import MOST_PORTRAITS

    figures = []
    for orbits in artifacts:
        if not isinstance(orbits, Orbits) or not isinstance(found, Invariants) or not len(orbits):
            continue
        names, many = found.names(), len(found.expressions) > MOST_PORTRAITS
        for i in range(min(len(names), MOST_PORTRAITS)) if names else [0]:
            drawing = _inline(to_svg(draw_orbits(orbits, found, i)), f"o{i}-", f"orbits coloured by {names[i : i + 1]}")
            coloured = f"Orbits, coloured by {names[i]}: one colour each" if names else "Orbits from random states"
            rest = (
                f"; the other {len(names) - MOST_PORTRAITS} are not drawn" if many and i == MOST_PORTRAITS - 1 else ""
            )
            figures.append(Figure(f"{names[i]} along orbits" if names else "Orbits", f"{coloured}{rest}.", drawing))
        if names:
            caption = f"{orbits.describe().split(',')[0]} from random states. Over time, how far each has moved"
            drawing = _inline(to_svg(draw_drift(orbits, found)), "drift-", "change of the invariants along orbits")
            figures.append(Figure("Drift", f"{caption}: what is left is the error of the integration.", drawing))
    return figures


def _caption(artifact: Artifact, found: Artifact) -> str:
    from ..plot import is_graph

    text = artifact.describe()
    if isinstance(artifact, Automaton):
        graph = is_graph(artifact, found if isinstance(found, Program) else None)
        how = "An arrow reads input / output." if graph else "Colours are the states that follow."
        return f"{text}. {how}"
    if isinstance(artifact, Effects):
        return _layer_caption(artifact) if artifact.groups else f"{text}."
    if isinstance(artifact, FeatureAtlas):
        told = f"{text}. Right of the dotted line they fire at more than a tenth of the tokens (dense)."
        known = np.isfinite(artifact.ablation_estimate).any()
        return f"{told} Above zero, what follows is harder to predict without the feature." if known else told
    if isinstance(artifact, Predictions):
        return f"{text}. Below, what the formula leaves over."
    if isinstance(artifact, Front):
        return f"{text}; the filled one has the shortest description of formula and data together."
    if isinstance(artifact, SplineNetwork):
        over = "; dashed, what the formula has there" if artifact.edges else ""
        return f"{text[:1].upper()}{text[1:]}. Each box is an edge's function{over}."
    if isinstance(artifact, FieldWaves):
        return f"{text}. What is left of the integrals' motion is the error of the integration."
    if isinstance(artifact, Symmetries):
        return "Each generator as a flow; coordinates that are not drawn, and parameters, are 1."
    if isinstance(artifact, IntegrableFamilies):
        return "Filled: the literature has a name for the family, or for members of it."
    if isinstance(artifact, Network):
        return f"{text}. Each square is a weight: purple positive, orange negative."
    return f"{text}."


def _layer_caption(effects: Effects) -> str:
    return (
        f"Each of {len(effects.parts)} layers left out, and changed with the next: how far the prediction of the next "
        "token moves (KL) and how often its first choice stays; bands are 95 % intervals over rows. Logit lens: how "
        "far the residual stream after a layer, read out as it is, lies from the prediction. Dotted: stages, as these "
        "curves and attention part them."
    )


def _inline(svg: str, prefix: str, description: str) -> Markup:
    """SVG text for the middle of a page: scaled by the page, in its ink, with identifiers of its own."""
    from markupsafe import Markup, escape

    from ..plot.style import INK, PAPER

    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
    svg = re.sub(r'\b(id="|xlink:href="#|url\(#)', rf"\g<1>{prefix}", svg)
    width = re.search(r'\bwidth="([\d.]+)pt"', svg)
    pixels = round(float(width[1]) * 4 / 3) if width else 600
    svg = re.sub(r'\s(width|height)="[\d.]+pt"', "", svg, count=2)
    svg = svg.replace("<svg", f'<svg role="img" aria-label="{escape(description)}" style="width: {pixels}px"', 1)
    return Markup(svg.replace(INK, "currentColor").replace(PAPER, "var(--paper)"))

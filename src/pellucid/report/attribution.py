"""Attribution graphs: how far they can be believed, and their features with what each gives and gets."""

from __future__ import annotations

from typing import Any

import numpy as np
from markupsafe import Markup

from ..artifacts.audits.attribution_graph import AttributionGraph
from ..core import Finding
from .html import section, table
from .pieces import remarks, sections, shows, summary_of, title_of

MOST = 30
"""Features in the table, the largest by effect; all are in the folder."""


@title_of.register(AttributionGraph)
def attribution_title(found: AttributionGraph, finding: Finding[Any]) -> str:
    """What the model says next."""
    return f"Why {found.model or 'the model'} goes on with {found.answers[0]!r}"


@summary_of.register(AttributionGraph)
def attribution_summary(found: AttributionGraph, finding: Finding[Any]) -> str:
    """What was found, and how well predictions agree with what happens in the model."""
    derived, by_graph = (finding.measured(f"agreement: {key}") for key in ("top", "graph"))
    said = found.describe()
    told = f"{said[:1].upper()}{said[1:]}."
    if derived is not None and by_graph is not None:
        told += (
            f" Taken out of the model one by one, the largest features did what the model's derivatives predict with "
            f"r = {derived:.2f}, and what the graph's own paths predict with r = {by_graph:.2f}."
        )
    return told


@remarks.register(AttributionGraph)
def attribution_remarks(found: AttributionGraph, finding: Finding[Any]) -> list[str]:
    """What the job noted."""
    return list(finding.provenance.settings.get("notes", []))


@sections.register(AttributionGraph)
def attribution_sections(found: AttributionGraph, finding: Finding[Any]) -> list[Markup]:
    """The features, and for each what gives most to it."""
    rows = []
    for node in found.features[:MOST]:
        into = np.flatnonzero(found.targets == node)
        best = into[np.argsort(-np.abs(found.weights[into]))[:1]]
        givers = [f"{_short(found, int(found.sources[edge]))} {found.weights[edge]:+.2f}" for edge in best]
        measured = float(found.measured[node])
        rows.append([
            f"{found.numbers[node]} in {found.layers[node]}", found.tokens[int(found.places[node])],
            found.promotes[node], f"{found.effects[node]:+.2f}", f"{found.by_graph[node]:+.2f}",
            "" if np.isnan(measured) else f"{measured:+.2f}", *(givers or [""]),
        ])  # fmt: skip
    headings = ["feature in layer", "at", "promotes", "derivatives", "graph", "taken out", "gets most from"]
    told = Markup(
        "<p>The three columns of numbers are what the likeliest answer's logit loses to the next one's without the "
        "feature: as the model's derivatives and the graph's own paths predict, and as it was in the model.</p>"
    )
    return [section("Features", told, table("front", headings, rows))]


def _short(found: AttributionGraph, node: int) -> str:
    """What gives to a feature, in few letters."""
    number, token = int(found.numbers[node]), found.tokens[int(found.places[node])].strip()
    if number == -2:
        return token
    return f"{'error' if number < 0 else number} in {int(found.layers[node])} at {token}"


@shows(AttributionGraph, "Graph", place=5)
def attribution_caption(found: AttributionGraph, finding: Finding[Any]) -> str:
    """What is drawn."""
    return (
        "The prompt's tokens side by side, layers upwards. Discs are features, larger for a larger effect, blue where "
        "they help the likeliest answer and orange where they hold it back, some with words that they promote; grey "
        "squares are what the transcoders leave unexplained. Lines are the strongest of what nodes give to each other, "
        "with attention and the scales of norms held still."
    )

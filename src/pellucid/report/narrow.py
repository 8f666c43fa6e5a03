"""Narrow networks: the table of accuracies, the neurons that stay, and how the rest comes back."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup

from ..artifacts.mechanisms.narrow_network import NarrowNetwork
from ..artifacts.mechanisms.narrow_text import accuracy_headings, accuracy_rows, layer_rows
from ..core import Finding
from .html import section, table
from .pieces import remarks, sections, shows, summary_of, title_of


@title_of.register(NarrowNetwork)
def narrow_title(found: NarrowNetwork, finding: Finding[Any]) -> str:
    """What is kept, of what."""
    return f"What {found.skills[0]} needs of {found.title}"


@summary_of.register(NarrowNetwork)
def narrow_summary(found: NarrowNetwork, finding: Finding[Any]) -> str:
    """How few neurons are enough; where all of them stay, that nothing could be cut out."""
    if found.neurons == sum(found.widths):
        return f"No neuron could be cut out without losing {found.skills[0]}."
    return f"{found.describe()}."


@remarks.register(NarrowNetwork)
def narrow_remarks(found: NarrowNetwork, finding: Finding[Any]) -> list[str]:
    """What was assumed about the table."""
    return list(finding.provenance.settings.get("notes", []))


@sections.register(NarrowNetwork)
def narrow_sections(found: NarrowNetwork, finding: Finding[Any]) -> list[Markup]:
    """Accuracies beside those of other networks of the same size; the neurons."""
    return [
        section("What each network can do", table("front", accuracy_headings(found), accuracy_rows(found))),
        section("The neurons that stay", table("front", ("layer", "kept", "neurons"), layer_rows(found))),
    ]


@shows(NarrowNetwork, "Neurons, and what comes back", place=5)
def narrow_caption(found: NarrowNetwork, finding: Finding[Any]) -> str:
    """What bars and lines are."""
    bars = (
        "The length of each neuron's weights (incoming, bias and outgoing) after the group lasso; blue ones stay. The "
        "smaller weights are in narrow-network.safetensors."
    )
    if not found.relearning:
        return bars
    return (
        f"Left: {bars[:1].lower()}{bars[1:]} Right: the share of rows of each forgotten skill that are right while the "
        "narrow network is trained on it again (solid), and a fresh network of its size (dotted). A skill that comes "
        "back faster was only hidden."
    )

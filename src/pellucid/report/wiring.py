"""Wired networks: what depends on what, and the diagram."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup

from ..artifacts.formulas.formula import Formula
from ..artifacts.mechanisms.wired_network import WiredNetwork
from ..core import Finding
from .html import section, table
from .pieces import sections, shows, summary_of, title_of


@title_of.register(WiredNetwork)
def wiring_title(found: WiredNetwork, finding: Finding[Any]) -> str:
    """The targets."""
    return f"Parts of a network for {', '.join(found.outputs[:6])}"


@summary_of.register(WiredNetwork)
def wiring_summary(found: WiredNetwork, finding: Finding[Any]) -> str:
    """How many parts, and what each output depends on."""
    count = len(found.parts)
    said = "one part" if count == 1 else f"{count} parts that share no input"
    return f"The network has {said}: {found.describe()}."


@sections.register(WiredNetwork)
def wiring_sections(found: WiredNetwork, finding: Finding[Any]) -> list[Markup]:
    """A row for each output: the inputs with a path to it, those without, and its formula."""
    rows = []
    for place, output in enumerate(found.outputs):
        part = finding.parts.get(output)
        formula = str(part.expression) if isinstance(part, Formula) else ""
        free = [name for one, name in found.independent() if one == output]
        rows.append((output, ", ".join(found.depends_on(place)), ", ".join(free), formula))
    return [section("What depends on what", table("front", ("output", "depends on", "not on", "formula"), rows))]


@shows(WiredNetwork, "Wiring", place=5)
def wiring_caption(found: WiredNetwork, finding: Finding[Any]) -> str:
    """What dots and lines are."""
    return (
        "Inputs below, outputs above; a neuron lies where it was placed, a wire is as wide as its weight and dashed "
        "where that is negative. A colour for each part; small grey dots are neurons that are not used. Where no path "
        "leads from an input to an output, the output is the same whatever that input is."
    )

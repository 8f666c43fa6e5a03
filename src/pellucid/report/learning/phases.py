"""Phase diagrams on the page: the cells in words, and what each phase is."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup

from ...artifacts.learning.phase_diagram import PhaseDiagram
from ...artifacts.learning.phase_text import diagram_headings, diagram_rows, meanings
from ...core import Finding
from ..html import bullets, section, table
from ..pieces import name_of, remarks, sections, shows, summary_of, title_of


@title_of.register(PhaseDiagram)
def diagram_title(found: PhaseDiagram, finding: Finding[Any]) -> str:
    """By which settings."""
    return name_of(found, finding, f"Phases by {' and '.join(found.names)}")


@summary_of.register(PhaseDiagram)
def diagram_summary(found: PhaseDiagram, finding: Finding[Any]) -> str:
    """How many runs are in each phase."""
    return f"{found.describe()}."


@remarks.register(PhaseDiagram)
def diagram_remarks(found: PhaseDiagram, finding: Finding[Any]) -> list[str]:
    """Which settings were read."""
    return list(finding.provenance.settings.get("notes", []))


@sections.register(PhaseDiagram)
def diagram_sections(found: PhaseDiagram, finding: Finding[Any]) -> list[Markup]:
    """The cells, and the phases in words."""
    cells = table("front", diagram_headings(found), diagram_rows(found))
    return [section("Phases", cells), section("What they are", bullets(meanings(found)))]


@shows(PhaseDiagram, "The diagram", place=20)
def diagram_caption(found: PhaseDiagram, finding: Finding[Any]) -> str:
    """How to read the cells."""
    return "Each cell is the phase of most runs with these settings; paler where they differ."

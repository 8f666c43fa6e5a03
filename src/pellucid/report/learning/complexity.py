"""Complexity of checkpoints on the page: one row each, and how the measures go with the loss."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup

from ...artifacts.learning.complexity_curve import ComplexityCurve
from ...artifacts.learning.complexity_text import HEADINGS, lines_of, remarks_on, rows_of
from ...core import Finding
from ..html import bullets, note, section, table
from ..pieces import name_of, remarks, sections, shows, summary_of, title_of


@title_of.register(ComplexityCurve)
def complexity_title(found: ComplexityCurve, finding: Finding[Any]) -> str:
    """The folder's name."""
    return name_of(found, finding, f"Complexity of checkpoints: {found.name}".rstrip(": "))


@summary_of.register(ComplexityCurve)
def complexity_summary(found: ComplexityCurve, finding: Finding[Any]) -> str:
    """How many checkpoints, and of what."""
    text = found.describe()
    return f"{text[:1].upper()}{text[1:]}."


@remarks.register(ComplexityCurve)
def complexity_remarks(found: ComplexityCurve, finding: Finding[Any]) -> list[str]:
    """What was taken as the network and its loss."""
    return list(finding.provenance.settings.get("notes", []))


@sections.register(ComplexityCurve)
def complexity_sections(found: ComplexityCurve, finding: Finding[Any]) -> list[Markup]:
    """The checkpoints; correlations where there are enough."""
    parts = [section("Checkpoints", table("front", HEADINGS, rows_of(found)), note(remarks_on(found)))]
    return [*parts, section("With the loss", bullets(lines_of(found)))] if lines_of(found) else parts


@shows(ComplexityCurve, "Through training", place=20)
def complexity_caption(found: ComplexityCurve, finding: Finding[Any]) -> str:
    """What the bars are."""
    return "Losses, and measures of how complex the function is; bars are one standard error."

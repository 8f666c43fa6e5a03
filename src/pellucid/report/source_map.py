"""Maps of sources on a page: places, and the phrases at the ends of the axes."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup

from ..artifacts.compression.source_map import SourceMap
from ..core import Finding
from .html import bullets, section, table
from .pieces import remarks, sections, shows, summary_of, title_of


@title_of.register(SourceMap)
def source_map_title(found: SourceMap, finding: Finding[Any]) -> str:
    """The corpus."""
    return f"The sources of {found.title or 'a corpus'}".replace("_", " ")


@summary_of.register(SourceMap)
def source_map_summary(found: SourceMap, finding: Finding[Any]) -> str:
    """How many axes there are, and what they are not."""
    return f"{found.describe()}. Axes have no name: what they mean has to come from elsewhere."


@remarks.register(SourceMap)
def source_map_remarks(found: SourceMap, finding: Finding[Any]) -> list[str]:
    """What was left out."""
    return list(finding.provenance.settings.get("notes", []))


@sections.register(SourceMap)
def source_map_sections(found: SourceMap, finding: Finding[Any]) -> list[Markup]:
    """Places, and phrases."""
    ends = [f"axis {k}, {side} end: {', '.join(phrases)}" for k, pair in enumerate(found.ends, 1)
            for side, phrases in zip(("low", "high"), pair, strict=True)]  # fmt: skip
    strengths = [(f"axis {k}", f"{s:.3g}", f"{found.by_chance:.3g}") for k, s in enumerate(found.strengths, 1)]
    return [
        section("Phrases at the ends", bullets(ends)),
        section("Places, with 95 %", table("front", ["source", "documents", "axis 1", "axis 2"], found.rows())),
        section("Strength of the axes", table("front", ["", "singular value", "by chance, 1 of 20"], strengths)),
    ]


@shows(SourceMap, "Map", place=5)
def source_map_caption(found: SourceMap, finding: Finding[Any]) -> str:
    """What points and ellipses are."""
    return "Each source by its phrases; ellipses hold its place in 95 % of resampled sets of its documents."

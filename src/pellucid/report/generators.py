"""Generators of rows: some that they draw, how close these come to held-out ones, and whether they are copies."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup

from ..artifacts.generators.generator import Generator
from ..artifacts.generators.generator_quality import GeneratorQuality
from ..artifacts.generators.quality_text import MEANINGS, way_rows
from ..core import Finding
from .html import bullets, section, table
from .pieces import Section, name_of, part_sections, remarks, sections, shows, summary_of, title_of


@title_of.register(Generator)
def generator_title(found: Generator, finding: Finding[Any]) -> str:
    """What is drawn."""
    told = finding.provenance.source.get("name", "") if finding.provenance.source else ""
    return name_of(found, finding, f"Rows like those of {told}" if told else "New rows like those of a table")


@summary_of.register(Generator)
def generator_summary(found: Generator, finding: Finding[Any]) -> str:
    """What it is, and how close its rows come."""
    said = found.describe()
    quality = finding.parts.get("quality")
    close = f" {quality.describe().capitalize()}." if isinstance(quality, GeneratorQuality) else ""
    close = close.replace("auc", "AUC")
    return f"{said[:1].upper()}{said[1:]}.{close}"


@remarks.register(Generator)
def generator_remarks(found: Generator, finding: Finding[Any]) -> list[str]:
    """What was left out of the table."""
    return list(finding.provenance.settings.get("notes", []))


@sections.register(Generator)
def generator_sections(found: Generator, finding: Finding[Any], most: int = 12) -> list[Markup]:
    """Some rows, of a table that is not too wide."""
    if len(found.columns) > most:
        return []
    cells = found.sample(8, finding.provenance.seed)
    rows = [["" if cell is None else _short(cell) for cell in row] for row in zip(*cells.values(), strict=True)]
    return [section("Eight drawn rows", table("front", list(cells), rows))]


def _short(cell: Any) -> str:
    return f"{cell:.6g}" if isinstance(cell, float) else str(cell)


@part_sections.register(GeneratorQuality)
def quality_sections(found: GeneratorQuality, finding: Finding[Any]) -> list[Section]:
    """The table of ways, and what its headings mean."""
    return [Section(section("How close they come", table("front", *way_rows(found)), bullets(list(MEANINGS))))]


@shows(Generator, "What is drawn", place=5)
def generator_caption(found: Generator, finding: Finding[Any]) -> str:
    """What bars and lines are."""
    if found.image is not None:
        return "Forty images that were drawn; none was chosen."
    left = len(found.columns) - 9
    return "Each column by itself: grey, the rows that were learnt; blue, 500 rows that were drawn." + (
        f" {left} more columns are not shown." if left > 0 else ""
    )


@shows(GeneratorQuality, "Close, but no copies", place=6)
def quality_caption(found: GeneratorQuality, finding: Finding[Any]) -> str:
    """What dots and curves are."""
    return (
        "Left: the further right, the better a row drawn so is told from held-out ones. Right: how well noise is taken "
        "from held-out rows. The exact field knows the learnt rows alone and ends in copies of them; where the network "
        "is below it, it has learnt what rows have in common."
    )

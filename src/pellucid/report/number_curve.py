"""Curves of numbers: what they are, in a sentence, and the formulas as a table."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup

from ..artifacts.features.number_curve import NumberCurve
from ..core import Finding, Measured
from .html import section, table
from .pieces import remarks, sections, shows, summary_of, title_of


@title_of.register(NumberCurve)
def curve_title(found: NumberCurve, finding: Finding[Any]) -> str:
    """Where the numbers are."""
    told = finding.provenance.settings
    return f"The curve of numbers in {told.get('model') or 'the model'}, layer {told.get('layer', '?')}"


@summary_of.register(NumberCurve)
def curve_summary(found: NumberCurve, finding: Finding[Any]) -> str:
    """What was found, without the formulas."""
    said = found.describe().split(";")[0]
    return f"{said[:1].upper()}{said[1:]}."


@remarks.register(NumberCurve)
def curve_remarks(found: NumberCurve, finding: Finding[Any]) -> list[str]:
    """How the layer was chosen."""
    return list(finding.provenance.settings.get("notes", []))


def curve_rows(found: NumberCurve, finding: Finding[Any]) -> list[tuple[str, str, str]]:
    """Coordinate, formula with five figures, and its R^2 on held-out numbers beside random orders."""
    claims = {claim.key: claim for claim in finding.claims if isinstance(claim, Measured)}
    rows = []
    for name, formula in zip(found.names, found.formulas, strict=False):
        claim = claims.get(f"r2 {name}")
        rows.append((name, found.rounded(formula), claim.evidence if claim else ""))
    return rows


@sections.register(NumberCurve)
def curve_sections(found: NumberCurve, finding: Finding[Any]) -> list[Markup]:
    """A formula for each coordinate."""
    headings = ("coordinate", "formula", "R² on held-out numbers")
    rows = curve_rows(found, finding)
    return [section("Formulas of the coordinates", table("front", headings, rows))] if rows else []


@shows(NumberCurve, "Coordinates", place=18)
def curve_caption(found: NumberCurve, finding: Finding[Any]) -> str:
    """What the points are."""
    return (
        "The mean activation of each number, along the line and the axes of the circles; lines are the formulas. "
        "Numbers in orange were seen neither by the directions nor by the formulas."
    )

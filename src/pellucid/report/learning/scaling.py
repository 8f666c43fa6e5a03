"""Scaling laws on the page: the law, how to spend compute, and the families side by side."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup

from ...artifacts.learning.scaling_law import ScalingLaw
from ...artifacts.learning.scaling_text import (
    ALLOCATION_HEADINGS,
    FAMILY_HEADINGS,
    allocation_rows,
    family_rows,
    remarks_on,
)
from ...core import Finding
from ..html import note, section, source, table
from ..pieces import name_of, remarks, sections, shows, summary_of, title_of


@title_of.register(ScalingLaw)
def scaling_title(found: ScalingLaw, finding: Finding[Any]) -> str:
    """The table's name."""
    return name_of(found, finding, f"Scaling law: {finding.provenance.settings.get('table', '')}".rstrip(": "))


@summary_of.register(ScalingLaw)
def scaling_summary(found: ScalingLaw, finding: Finding[Any]) -> str:
    """Of how many runs, up to which compute, and how the family was chosen."""
    top = f"{found.compute.max():.3g}"
    if not len(found.cuts):
        return f"{len(found.loss)} runs with up to {top} of compute. Too few for backtests."
    chosen = (
        f"Of {len(found.families)} families, {found.family} forecasts larger runs best in {len(found.cuts)} backtests"
    )
    return f"{len(found.loss)} runs with up to {top} of compute. {chosen}."


@remarks.register(ScalingLaw)
def scaling_remarks(found: ScalingLaw, finding: Finding[Any]) -> list[str]:
    """What was assumed of the table."""
    return list(finding.provenance.settings.get("notes", []))


@sections.register(ScalingLaw)
def scaling_sections(found: ScalingLaw, finding: Finding[Any]) -> list[Markup]:
    """The law, the allocation where a budget was given, and all families."""
    spent = allocation_rows(found)
    parts = [section("Law", source(f"L = {found.equation()}", wrapped=True))]
    if spent:
        parts.append(
            section(f"How to spend {found.budget:.3g} of compute", table("front", ALLOCATION_HEADINGS, spent, 0))
        )
    return [
        *parts,
        section("Families", table("front", FAMILY_HEADINGS, family_rows(found), 0), note(remarks_on(found))),
    ]


@shows(ScalingLaw, "Runs, law and backtests", place=20)
def scaling_caption(found: ScalingLaw, finding: Finding[Any]) -> str:
    """How to read the panels."""
    curves = "Curves of equal compute with the runs nearest to them; the" if found.variables == 2 else "The"
    text = (
        f"{curves} loss of the best use of compute with the 90 % interval of a run, other tolerated families dashed; "
    )
    return f"{text}residuals of ln L; and the median error on all larger runs, by the compute below which was fitted."

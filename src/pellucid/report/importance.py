"""Roles of columns: the table, and the credit of each method."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup

from ..artifacts.features.feature_roles import FeatureRoles
from ..artifacts.features.role_text import role_headings, role_rows
from ..core import Finding
from .html import bullets, section, table
from .pieces import remarks, sections, shows, summary_of, title_of

MEANINGS = {
    "informative": "informative: tells of the target, and the model does worse without it",
    "interacting": "interacting: tells nothing of the target by itself, but together with another column",
    "redundant": "redundant: tells of the target, but nothing that the model lacks without it",
    "suppressor": "suppressor: no sign that it tells of the target; it carries the noise of another column, which the "
    "model takes away by it",
    "unexplained": "unexplained: used, with no sign that it tells of the target, alone or with one other column",
    "unused": "unused: no sign that it tells of the target, nor that the model needs it",
}


@title_of.register(FeatureRoles)
def roles_title(found: FeatureRoles, finding: Finding[Any]) -> str:
    """What is predicted."""
    return f"What the columns are to {found.target}"


@summary_of.register(FeatureRoles)
def roles_summary(found: FeatureRoles, finding: Finding[Any]) -> str:
    """The roles, and the model that they are about."""
    said = found.describe()
    return f"{said[:1].upper()}{said[1:]}. {f'Predicted by {found.model}.' if found.model else ''}"


@remarks.register(FeatureRoles)
def roles_remarks(found: FeatureRoles, finding: Finding[Any]) -> list[str]:
    """What was left out of the table."""
    return list(finding.provenance.settings.get("notes", []))


@sections.register(FeatureRoles)
def roles_sections(found: FeatureRoles, finding: Finding[Any]) -> list[Markup]:
    """The table, and what the words in it mean."""
    used = [words for role, words in MEANINGS.items() if role in found.roles]
    return [
        section(
            "Roles, and the credit that methods give",
            table("front", role_headings(found), role_rows(found)),
            bullets(used),
        )
    ]


@shows(FeatureRoles, "Credit", place=5)
def roles_caption(found: FeatureRoles, finding: Finding[Any]) -> str:
    """What the bars are."""
    return (
        "The share of all credit that each method gives to each column. Suppressors, named in orange, get some from "
        "every method but the pattern, though they tell nothing of the target by themselves."
        if found.of("suppressor")
        else "The share of all credit that each method gives to each column."
    )

"""Skills on the page: the law, when each skill was or will be learnt, and the laws side by side."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup

from ...artifacts.learning.skill_dynamics import SkillDynamics
from ...artifacts.learning.skill_text import (
    LAW_HEADINGS,
    SKILL_HEADINGS,
    law_lines,
    law_rows,
    remarks_on,
    skill_rows,
)
from ...core import Finding
from ..html import note, section, table
from ..pieces import name_of, remarks, sections, shows, summary_of, title_of


@title_of.register(SkillDynamics)
def skills_title(found: SkillDynamics, finding: Finding[Any]) -> str:
    """The log's name."""
    return name_of(found, finding, f"Skills: {finding.provenance.settings.get('log', '')}".rstrip(": "))


@summary_of.register(SkillDynamics)
def skills_summary(found: SkillDynamics, finding: Finding[Any]) -> str:
    """The law in words."""
    lines = law_lines(found)
    return ". ".join(f"{line[:1].upper()}{line[1:]}" for line in lines) + "."


@remarks.register(SkillDynamics)
def skills_remarks(found: SkillDynamics, finding: Finding[Any]) -> list[str]:
    """What was read as a task, and what was assumed."""
    return list(finding.provenance.settings.get("notes", []))


@sections.register(SkillDynamics)
def skills_sections(found: SkillDynamics, finding: Finding[Any]) -> list[Markup]:
    """The skills, and the laws."""
    return [
        section("When each is learnt", table("front", SKILL_HEADINGS, skill_rows(found))),
        section("Laws", table("front", LAW_HEADINGS, law_rows(found), 0), note(remarks_on(found))),
    ]


@shows(SkillDynamics, "The skills", place=20)
def skills_caption(found: SkillDynamics, finding: Finding[Any]) -> str:
    """How to read the panels."""
    return (
        "Points: the log. Lines from the dashed mark on: what was forecast from what came before it; dotted: of what "
        "comes after the log. Right: the errors by which the law was chosen; those in colour cannot be told from it."
    )

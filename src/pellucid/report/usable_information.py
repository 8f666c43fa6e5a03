"""Usable information on a page: the readers, and the gaps."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup

from ..artifacts.oversight.usable_information import UsableInformation
from ..core import Finding
from .html import section, table
from .pieces import sections, shows, summary_of, title_of


@title_of.register(UsableInformation)
def usable_information_title(found: UsableInformation, finding: Finding[Any]) -> str:
    """The messages."""
    return f"What {found.title or 'messages'} carry for whom".replace("_", " ")


@summary_of.register(UsableInformation)
def usable_information_summary(found: UsableInformation, finding: Finding[Any]) -> str:
    """The gap, and to whom."""
    said = found.describe()
    return f"{said[:1].upper()}{said[1:]}. A stronger sentinel may close the gap."


@sections.register(UsableInformation)
def usable_information_sections(found: UsableInformation, finding: Finding[Any]) -> list[Markup]:
    """All readers."""
    return [section("Readers", table("front", ["reader", "usable information", "gap to it"], found.table()))]


@shows(UsableInformation, "Readers", place=5)
def usable_information_caption(found: UsableInformation, finding: Finding[Any]) -> str:
    """What the bars are."""
    return (
        "Right answers above the share of the best constant answer, with 95 %, on rows that nothing was learned from."
    )

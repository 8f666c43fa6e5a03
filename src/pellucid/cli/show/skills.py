"""Skills: the law in green, when each skill was or will be learnt, and the laws side by side."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

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
from ..terminal import Block, Lines, Rows
from .finding import blocks_of


@blocks_of.register(SkillDynamics)
def skill_blocks(found: SkillDynamics, finding: Finding[Any], plain: bool) -> Iterator[Block]:
    """The law, the skills, the laws."""
    yield Lines(finding.provenance.settings.get("notes", []), "dim")
    yield Lines(law_lines(found), "bold green" if found.tolerated.sum() == 1 else "bold yellow")
    yield Rows(SKILL_HEADINGS, skill_rows(found))
    yield Rows(LAW_HEADINGS, law_rows(found), 0)
    yield Lines(remarks_on(found), "dim")

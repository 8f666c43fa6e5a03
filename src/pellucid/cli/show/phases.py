"""Phase diagrams: the cells in words, and what each phase is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ...artifacts.learning.phase_diagram import PhaseDiagram
from ...artifacts.learning.phase_text import diagram_headings, diagram_rows, meanings
from ...core import Finding
from ..terminal import Block, Lines, Rows
from .finding import blocks_of


@blocks_of.register(PhaseDiagram)
def diagram_blocks(found: PhaseDiagram, finding: Finding[Any], plain: bool) -> Iterator[Block]:
    """What was read, how many runs are in each phase, the cells."""
    yield Lines(finding.provenance.settings.get("notes", []), "dim")
    yield Lines([found.describe()], "bold green")
    yield Rows(diagram_headings(found), diagram_rows(found))
    yield Lines(meanings(found), "dim")

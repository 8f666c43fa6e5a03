"""Complexity of checkpoints: one row each, and how the measures go with the loss."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ...artifacts.learning.complexity_curve import ComplexityCurve
from ...artifacts.learning.complexity_text import HEADINGS, lines_of, remarks_on, rows_of
from ...core import Finding
from ..terminal import Block, Lines, Rows
from .finding import blocks_of


@blocks_of.register(ComplexityCurve)
def complexity_blocks(found: ComplexityCurve, finding: Finding[Any], plain: bool) -> Iterator[Block]:
    """What was read, the checkpoints, the correlations."""
    yield Lines(finding.provenance.settings.get("notes", []), "dim")
    yield Rows(HEADINGS, rows_of(found))
    yield Lines(lines_of(found), "bold green")
    yield Lines(remarks_on(found), "dim")

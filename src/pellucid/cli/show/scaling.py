"""Scaling laws: the law in green, the families side by side, and how each would spend the budget."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ...artifacts.learning.scaling_law import ScalingLaw
from ...artifacts.learning.scaling_text import (
    ALLOCATION_HEADINGS,
    FAMILY_HEADINGS,
    allocation_rows,
    family_rows,
    remarks_on,
)
from ...core import Finding
from ..terminal import Block, Lines, Rows
from .finding import blocks_of


@blocks_of.register(ScalingLaw)
def scaling_blocks(found: ScalingLaw, finding: Finding[Any], plain: bool) -> Iterator[Block]:
    """The law, and what it rests on."""
    yield Lines(finding.provenance.settings.get("notes", []), "dim")
    yield Lines([f"L = {found.equation()}"], "bold green")
    yield Rows(FAMILY_HEADINGS, family_rows(found), 0)
    if rows := allocation_rows(found):
        yield Rows(ALLOCATION_HEADINGS, rows, 0)
    yield Lines(remarks_on(found), "dim")

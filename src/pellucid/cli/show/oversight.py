"""Oversight on the terminal: the curves, and the chance over gaps with its intervals."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ...artifacts.oversight.oversight_curves import OversightCurves
from ...artifacts.oversight.oversight_text import curve_lines, gap_rows
from ...core import Finding
from ..terminal import Block, Lines, Rows
from .finding import blocks_of


@blocks_of.register(OversightCurves)
def oversight_blocks(found: OversightCurves, finding: Finding[Any], plain: bool) -> Iterator[Block]:
    """What holds with which chance, what it rests on, and the best levels."""
    yield Lines([found.describe()], "bold green")
    yield Lines(curve_lines(found))
    yield Rows(*gap_rows(found))
    levels = found.levels(found.start, found.gap)
    yield Lines([f"best levels: {', '.join(f'{level:.0f}' for level in levels)}"])

"""Training runs: the phase in green, the times, what is odd, and what follows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ...artifacts.learning.run_phases import RunPhases
from ...artifacts.learning.run_text import phase_lines, time_lines
from ...core import Finding
from ..terminal import Block, Lines
from .finding import blocks_of


@blocks_of.register(RunPhases)
def run_blocks(found: RunPhases, finding: Finding[Any], plain: bool) -> Iterator[Block]:
    """What was read, the phase, the times; oddities and advice."""
    yield Lines(finding.provenance.settings.get("notes", []), "dim")
    yield Lines(phase_lines(found), "bold green" if found.is_plain else "bold yellow")
    yield Lines(time_lines(found))
    yield Lines(found.anomalies, "yellow")
    yield Lines([f"advice: {line}" for line in found.advice])

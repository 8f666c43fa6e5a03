"""Mechanisms: the verdict, how the network was opened, its parts as a table, and the formula."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ...artifacts.mechanisms.mechanism import Mechanism
from ...artifacts.mechanisms.mechanism_text import part_lines
from ...core import Finding
from ..terminal import Block, Lines
from .finding import blocks_of, first_files


@blocks_of.register(Mechanism)
def mechanism_blocks(found: Mechanism, finding: Finding[Any], plain: bool) -> Iterator[Block]:
    """The verdict in green, or in yellow where it is none of these."""
    if found.source:
        yield Lines([found.source], "dim")
    yield Lines([found.describe()], "bold yellow" if found.verdict == "none of these" else "bold green")
    if found.parts:
        yield Lines(part_lines(found))
    if found.has_formula:
        yield Lines([found.formula(most=4)])


@first_files.register(Mechanism)
def mechanism_files(found: Mechanism) -> tuple[str, ...]:
    """The finding itself."""
    return ("finding.json",)

"""Maps of sources on the terminal: places, and the phrases at the ends of the axes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ...artifacts.compression.source_map import SourceMap
from ...core import Finding
from ..terminal import Block, Lines, Rows
from .finding import blocks_of


@blocks_of.register(SourceMap)
def source_map_blocks(found: SourceMap, finding: Finding[Any], plain: bool) -> Iterator[Block]:
    """What was found, the places, the phrases."""
    yield Lines([found.describe()], "bold green" if found.axes else "bold")
    yield Rows(["source", "documents", "axis 1", "axis 2"], found.rows()[:20])
    yield Lines(found.end_lines(most=4))

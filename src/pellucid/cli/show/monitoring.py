"""Monitors on the terminal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ...artifacts import Monitor
from ...core import Finding
from ...report.pieces import summary_of
from ..terminal import Block, Lines
from .finding import blocks_of


@blocks_of.register(Monitor)
def monitor_blocks(found: Monitor, finding: Finding[Any], plain: bool) -> Iterator[Block]:
    """What it catches, and what it raises for nothing."""
    yield Lines([summary_of(found, finding)], "bold green")

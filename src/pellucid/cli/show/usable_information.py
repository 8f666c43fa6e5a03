"""Usable information on the terminal: each reader, and the gap to it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ...artifacts.oversight.usable_information import UsableInformation
from ...core import Finding
from ..terminal import Block, Lines, Rows
from .finding import blocks_of


@blocks_of.register(UsableInformation)
def usable_information_blocks(found: UsableInformation, finding: Finding[Any], plain: bool) -> Iterator[Block]:
    """What was found, and the readers."""
    yield Lines([found.describe()], "bold")
    yield Rows(["reader", "usable information", "gap to it"], found.table())

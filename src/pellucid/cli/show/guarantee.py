"""Guarantees: the value in green, and the path on which the rule is broken."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ...artifacts.worlds.guarantee import Guarantee
from ...artifacts.worlds.guarantee_text import path_heading, path_lines, value_lines
from ...core import Finding
from ..terminal import Block, Lines
from .finding import blocks_of, first_files


@blocks_of.register(Guarantee)
def guarantee_blocks(found: Guarantee, finding: Finding[Any], plain: bool) -> Iterator[Block]:
    """The world, the value, and the likeliest path."""
    yield Lines([found.world.describe()], "dim")
    yield Lines(value_lines(found), "bold red" if found.keeps is False else "bold green")
    if found.path:
        yield Lines([f"{path_heading(found)}:", f"  {' > '.join(path_lines(found, most=8))}"])


@first_files.register(Guarantee)
def guarantee_files(found: Guarantee) -> tuple[str, ...]:
    """The policy, where one was found."""
    return ("policy.json", "world.json")

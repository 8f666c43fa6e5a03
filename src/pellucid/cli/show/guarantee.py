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
    yield Lines([found.world.describe(), *never_left(found)], "dim")
    yield Lines(value_lines(found), "bold red" if found.keeps is False else "bold green")
    if found.path:
        yield Lines([f"{path_heading(found)}:", f"  {' > '.join(path_lines(found, most=8))}"])


def never_left(found: Guarantee, most: int = 6) -> list[str]:
    """The states that no transitions were given for: a misspelt name would be one of them."""
    world = found.world
    names = [name for name, choices in zip(world.states, world.choices, strict=True) if not choices]
    more = f" and {len(names) - most:,} more" if len(names) > most else ""
    return [f"no transitions are given for, and so never left: {', '.join(names[:most])}{more}"] if names else []


@first_files.register(Guarantee)
def guarantee_files(found: Guarantee) -> tuple[str, ...]:
    """The policy, where one was found."""
    return ("policy.json", "world.json")

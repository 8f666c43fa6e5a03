"""Reaction networks: the reactions, the totals in green, what is left of the equations, and the structure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ...artifacts import Invariants
from ...artifacts.reactions.reaction_structure import ReactionStructure
from ...artifacts.reactions.structure_text import (
    further_lines,
    reaction_lines,
    reduced_lines,
    structure_lines,
    total_lines,
)
from ...core import Finding
from ..terminal import Block, Lines
from .finding import blocks_of, first_files


@blocks_of.register(ReactionStructure)
def reaction_blocks(found: ReactionStructure, finding: Finding[Any], plain: bool) -> Iterator[Block]:
    """What is conserved, what follows from it, and of what the equilibria depend."""
    yield Lines(reaction_lines(found, plain=plain), "dim")
    laws = [part for part in finding.parts.values() if isinstance(part, Invariants)]
    further = [line for part in laws for line in further_lines(found, part, plain=plain)]
    yield Lines([*(total_lines(found) or ["no conserved total"]), *further], "bold green")
    if reduced := reduced_lines(found, plain=plain):
        yield Lines(reduced)
    yield Lines(structure_lines(found))


@first_files.register(ReactionStructure)
def reaction_files(found: ReactionStructure) -> tuple[str, ...]:
    """The module with rates and equations."""
    return ("reactions.py",)

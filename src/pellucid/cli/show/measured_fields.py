"""Field equations that were recovered from a grid: each on a line, with the constants that are not exact."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ...artifacts import RecoveredEvolution
from ...artifacts.formulas.readable import written
from ...core import Finding
from ..terminal import Block, Lines
from .finding import blocks_of, first_files


@blocks_of.register(RecoveredEvolution)
def evolution_blocks(found: RecoveredEvolution, finding: Finding[Any], plain: bool) -> Iterator[Block]:
    """The equations, then the constants."""
    pairs = zip(found.fields, found.sympy(), strict=True)
    yield Lines([f"{field}_t = {written(e, plain=plain)}" for field, e in pairs], "bold green")
    yield Lines(found.constants("+-" if plain else "±"))


@first_files.register(RecoveredEvolution)
def evolution_files(found: RecoveredEvolution) -> tuple[str, ...]:
    """Its Python."""
    return (found.file,)

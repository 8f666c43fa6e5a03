"""Generators on the terminal: how close their rows come, beside other ways to draw them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ...artifacts.generators.generator import Generator
from ...artifacts.generators.generator_quality import GeneratorQuality
from ...artifacts.generators.quality_text import way_rows
from ...core import Finding
from ..terminal import Block, Lines, Rows
from .finding import blocks_of, first_files


@blocks_of.register(Generator)
def generator_blocks(found: Generator, finding: Finding[Any], plain: bool) -> Iterator[Block]:
    """What it is, what was left out, and the table of ways."""
    yield Lines([found.describe()], "bold green")
    yield Lines(list(finding.provenance.settings.get("notes", [])), "dim")
    quality = finding.parts.get("quality")
    if isinstance(quality, GeneratorQuality):
        yield Rows(*way_rows(quality))


@first_files.register(Generator)
def generator_files(found: Generator) -> tuple[str, ...]:
    """The rows."""
    return ("generated.csv",)

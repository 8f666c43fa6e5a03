"""Narrow networks: a sentence, and the accuracies of all networks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ...artifacts.mechanisms.narrow_network import NarrowNetwork
from ...artifacts.mechanisms.narrow_text import accuracy_headings, accuracy_rows, layer_rows
from ...core import Finding
from ..terminal import Block, Lines, Rows
from .finding import blocks_of, first_files


@blocks_of.register(NarrowNetwork)
def narrow_blocks(found: NarrowNetwork, finding: Finding[Any], plain: bool) -> Iterator[Block]:
    """What stays, beside other networks of its size."""
    yield Lines(list(finding.provenance.settings.get("notes", [])), "dim")
    yield Lines([found.describe()], "bold green")
    yield Rows(accuracy_headings(found, 4), accuracy_rows(found, 4))
    yield Rows(("layer", "kept", "neurons"), layer_rows(found, 10))


@first_files.register(NarrowNetwork)
def narrow_files(found: NarrowNetwork) -> tuple[str, ...]:
    """The smaller weights."""
    return ("narrow-network.safetensors",)

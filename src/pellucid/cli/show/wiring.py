"""Wired networks: what depends on what, and the formulas."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ...artifacts.formulas.formula import Formula
from ...artifacts.mechanisms.wired_network import WiredNetwork
from ...core import Finding
from ..terminal import Block, Lines
from .finding import blocks_of, first_files


@blocks_of.register(WiredNetwork)
def wiring_blocks(found: WiredNetwork, finding: Finding[Any], plain: bool) -> Iterator[Block]:
    """A line for each output; then its formula, where there is one."""
    depends = (", ".join(found.depends_on(place)) or "nothing" for place in range(len(found.outputs)))
    yield Lines([f"{name} depends on {on}" for name, on in zip(found.outputs, depends, strict=True)], "bold green")
    yield Lines([part.describe() for part in finding.parts.values() if isinstance(part, Formula)])


@first_files.register(WiredNetwork)
def wiring_files(found: WiredNetwork) -> tuple[str, ...]:
    """The finding, which holds the weights."""
    return ("finding.json",)

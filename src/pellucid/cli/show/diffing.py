"""Two models compared, on the terminal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ...artifacts import ModelDiff
from ...core import Finding
from ...report.pieces import remarks, summary_of
from ..terminal import Block, Lines, Rows, shortened
from .finding import blocks_of


@blocks_of.register(ModelDiff)
def diff_blocks(found: ModelDiff, finding: Finding[Any], plain: bool) -> Iterator[Block]:
    """How many latents are of one model alone, and the most frequent of them."""
    yield Lines([summary_of(found, finding)], "bold green")
    yield Lines(remarks(found, finding), "dim")
    rows = []
    for verdict in ("second only", "first only"):
        for latent in found.of(verdict)[:6].tolist():
            peaks = (max(place, key=lambda pair: pair[1])[0].strip() for place in found.places.get(latent, []) if place)
            words = shortened(" ".join(dict.fromkeys(peaks)), 40)
            rows.append((str(latent), found.words(verdict), f"{found.firings[latent]:,}", words))
    yield Rows(("latent", "in", "firings", "where it fires most"), rows)

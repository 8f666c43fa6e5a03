"""Frontiers of clusterings and grades of scores on the terminal: the best of each number."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ...artifacts.compression.binned_score import BinnedScore
from ...artifacts.compression.frontier import Frontier
from ...artifacts.compression.frontier_text import best_rows, chosen_clusters, clusters_text, counted_clusters
from ...artifacts.compression.grade_text import grade_rows, kept_rows
from ...core import Finding
from ..terminal import Block, Lines, Rows
from .finding import blocks_of, first_files


@blocks_of.register(Frontier)
def frontier_blocks(found: Frontier, finding: Finding[Any], plain: bool) -> Iterator[Block]:
    """What it is, and the best clusterings, the one that stands out in green; entropy and information in bits."""
    yield Lines([found.describe()])
    yield Lines(list(finding.provenance.settings.get("notes", [])), "dim")
    headings, rows, chosen = best_rows(found)
    yield Rows(headings, rows, chosen)
    count = chosen_clusters(found)
    yield Lines([f"{counted_clusters(count)}: {clusters_text(found.at(count))}"], "bold green")


@first_files.register(Frontier)
def frontier_files(found: Frontier) -> tuple[str, ...]:
    """The module that merges values."""
    return ("frontier.py",)


@blocks_of.register(BinnedScore)
def grades_blocks(found: BinnedScore, finding: Finding[Any], plain: bool) -> Iterator[Block]:
    """What it is, what each number of grades keeps, and the grades that one should take."""
    yield Lines([found.describe()])
    yield Lines(list(finding.provenance.settings.get("notes", [])), "dim")
    yield Rows(*kept_rows(found))
    yield Rows(*grade_rows(found))


@first_files.register(BinnedScore)
def grades_files(found: BinnedScore) -> tuple[str, ...]:
    """The module that grades a score."""
    return ("binned_score.py",)

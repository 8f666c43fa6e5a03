"""Curves of numbers: a sentence, and the formulas."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ...artifacts.features.number_curve import NumberCurve
from ...core import Finding
from ...report.number_curve import curve_rows
from ...report.pieces import remarks, summary_of
from ..terminal import Block, Lines
from .finding import blocks_of


@blocks_of.register(NumberCurve)
def curve_blocks(found: NumberCurve, finding: Finding[Any], plain: bool) -> Iterator[Block]:
    """What was found, where, and each coordinate's formula."""
    yield Lines([summary_of(found, finding)], "bold green")
    yield Lines(remarks(found, finding), "dim")
    yield Lines([f"{name} = {formula}" for name, formula, _ in curve_rows(found, finding)])

"""Formulas: on one line, and the front from short to exact."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ...artifacts import Formula, Front, Posterior
from ...artifacts.formulas.readable import readable
from ...core import Finding
from ..terminal import Block, Lines, Rows, shortened
from .finding import blocks_of, first_files


@blocks_of.register(Formula)
def formula_blocks(formula: Formula, finding: Finding[Any], plain: bool) -> Iterator[Block]:
    """The formula, what was left out of its table, and the front with the chosen formula marked."""
    yield Lines([readable(formula, plain=plain)], "bold green")
    yield Lines(finding.provenance.settings.get("notes", ()), "dim")
    for front in finding.parts.values():
        if isinstance(front, Front) and len(front.formulas) > 1:
            yield front_rows(front, plain)
            yield Lines([front.note()] if front.note() else [], "dim")
    is_open = any(claim.key == "measure_next" for claim in finding.claims)
    for posterior in finding.parts.values():
        if isinstance(posterior, Posterior) and is_open:
            yield Lines([posterior.describe_next()])


@first_files.register(Formula)
def formula_files(formula: Formula) -> tuple[str, ...]:
    """The formula to be run, and to be put into a paper."""
    return "formula.py", "formula.tex"


def front_rows(front: Front, plain: bool, *, near: int = 3) -> Rows:
    """The front's table: the shortest, the most exact, and those near the chosen one, which has a star.

    >>> front = Front((Formula("a", ("a",)), Formula("2*a", ("a",))), (1.0, 0.1), (4.0, 9.0), 1)
    >>> front_rows(front, plain=True).rows
    [('', '1', '4', '1', 'y = a'), ('*', '2', '9', '0.1', 'y = 2*a')]
    """
    headings, cells = front.table(plain=plain)
    count = len(cells)
    kept = {0, count - 1, *range(max(0, front.chosen - near), min(count, front.chosen + near + 1))}
    numbers = sorted(kept)
    rows = [(*cells[i][:-1], shortened(cells[i][-1])) for i in numbers]
    return Rows(headings, rows, numbers.index(front.chosen) if front.chosen in kept else None)

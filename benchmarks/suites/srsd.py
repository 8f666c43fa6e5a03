"""SRSD: the 120 equations of AI Feynman as measurements would give them (Matsubara et al., arXiv 2206.10540).

Physical constants are numbers in SI units inside the equation and no columns, the other quantities are drawn over two
decades around realistic values. All 120 rows of srsd.csv are the published sampling: kind, sign and ends of each column
as in the authors' generator, none is by rule. `with_idle` adds the columns that an equation does not look at.
"""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

from .columns import Table, read_columns
from .problem import Problem

ROWS = 8_000
"""The published training sets' size: 80 % of 10,000."""
GOAL = 85
"""How many of the 120 should be exact without noise."""


@cache
def srsd() -> dict[str, Problem]:
    """Every equation by its name, such as "I.12.2" or "bonus.7"; its family is easy, medium or hard."""
    text = Path(__file__).with_name("srsd.csv").read_text(encoding="utf-8")
    return {row["name"]: _problem(row) for row in csv.DictReader(text.splitlines())}


def _problem(row: dict[str, str]) -> Problem:
    columns = read_columns(row["columns"])
    train = Table(columns, ROWS)
    return Problem(row["name"], row["set"], row["expression"], tuple(c.name for c in columns), train, train.wider())

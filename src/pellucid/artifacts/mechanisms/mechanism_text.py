"""A mechanism's parts as lines of a table, for terminal and page."""

from __future__ import annotations

from .mechanism import Mechanism, Part

CIRCLE_HEADINGS = ("circle", "embeddings", "clock R2", "pizza R2", "clock/pizza", "by itself")
IRREP_HEADINGS = ("irrep", "logits", "in the formula")


def headings(found: Mechanism) -> tuple[str, ...]:
    """Of the table of parts: circles of embeddings, or irreps in the logits."""
    return CIRCLE_HEADINGS if found.parts and found.parts[0].clock is not None else IRREP_HEADINGS


def part_rows(found: Mechanism) -> list[tuple[str, ...]]:
    """A row for each part, the largest first."""
    return [_circle_row(part) if part.clock is not None else _irrep_row(part) for part in found.parts]


def part_lines(found: Mechanism, most: int = 12) -> list[str]:
    """The table in columns of one width.

    >>> import numpy as np
    >>> n = np.add.outer(range(3), range(3)) % 3
    >>> parts = (Part("1", 0.9, 1, 0.8, 0.98, 0.01, "pizza"),)
    >>> print("\\n".join(part_lines(Mechanism("pizza", "", "Z_3", n, *[np.arange(3)] * 3, parts=parts))))
    circle  embeddings  clock R2  pizza R2   clock/pizza  by itself
         1       90.0%     0.800     0.980  0.816 +- .01  pizza
    """
    rows = [headings(found), *part_rows(found)[:most]]
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    padded = ([cell.rjust(w) for cell, w in zip(row[:-1], widths, strict=False)] for row in rows)
    lines = ["  ".join((*cells, row[-1])) for cells, row in zip(padded, rows, strict=True)]
    more = len(found.parts) - most
    return [*lines, f"and {more} more"] if more > 0 else lines


def _circle_row(part: Part) -> tuple[str, ...]:
    error = f" +- {part.ratio_error:.1g}".replace("0.", ".") if part.ratio_error else ""
    writes = str(part.writes) != part.name
    ratio = "" if writes or part.ratio is None else f"{part.ratio:.3f}{error}"
    values = ("", "") if writes else (f"{part.clock:.3f}", f"{part.pizza:.3f}")
    told = f"{part.verdict} (fills blind spots)" if writes else part.verdict
    return part.name, f"{part.share:.1%}", *values, ratio, told


def _irrep_row(part: Part) -> tuple[str, ...]:
    return part.name, f"{part.share:.1%}", "yes" if part.verdict else "no"

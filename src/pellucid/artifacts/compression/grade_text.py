"""Grades in words: what each number of them keeps, and what each grade means."""

from __future__ import annotations

import numpy as np

from .binned_score import BinnedScore

Table = tuple[list[str], list[tuple[str, ...]], int | None]


def kept_rows(found: BinnedScore) -> Table:
    """Headings, rows and the chosen row: what 2, 3, ... grades say, on these rows and on held-out ones, in bits."""
    rows = [
        (
            f"{number}",
            f"{one.information:.4f}",
            f"{one.held_out:.3f} +- {one.error:.3f}",
            f"{one.equal:.3f}",
        )
        for number, one in enumerate(found.grades, 1)
        if number > 1 or found.chosen == 1
    ]
    chosen = next((i for i, row in enumerate(rows) if row[0] == str(found.chosen)), None)
    return ["grades", "bits", "held out", "equal bins, held out"], rows, chosen


def grade_rows(found: BinnedScore) -> Table:
    """Headings and rows of the chosen grades: from where to where, how many rows, how often the second label.

    >>> from .binned_score import Grades
    >>> two = BinnedScore("s", "ill", ("0", "1"), (Grades((0.5,), ((5, 0), (1, 3)), 1, 1, 0, 1),) * 2, 2, 1.0, 10)
    >>> grade_rows(two)[1]
    [('0', 's < 0.5', '5', '0.0 % (0.0 to 43.4)'), ('1', '0.5 <= s', '4', '75.0 % (30.1 to 95.4)')]
    """
    one, name = found.of(), found.score
    rows = []
    for number, counts in enumerate(one.counts):
        low = f"{one.cuts[number - 1]:.6g} <= " if number else ""
        high = f" < {one.cuts[number]:.6g}" if number < len(one.cuts) else ""
        bottom, top = wilson(counts[1], sum(counts))
        share = f"{100 * counts[1] / sum(counts):.1f} % ({100 * bottom:.1f} to {100 * top:.1f})"
        rows.append((f"{number}", f"{low}{name}{high}", f"{sum(counts):,}", share))
    return ["grade", "from, to", "rows", f"{found.label} = {found.labels[1]} (95 %)"], rows, None


def wilson(hits: int, rows: int, z: float = 1.96) -> tuple[float, float]:
    """The interval of a frequency at 95 % (Wilson, J. Am. Stat. Assoc. 22, 209, 1927).

    >>> tuple(round(end, 3) for end in wilson(0, 5))
    (0.0, 0.434)
    """
    share, extra = hits / rows, z * z / rows
    centre = (share + extra / 2) / (1 + extra)
    half = z * np.sqrt(share * (1 - share) / rows + extra / (4 * rows)) / (1 + extra)
    return float(max(0.0, centre - half)), float(min(1.0, centre + half))

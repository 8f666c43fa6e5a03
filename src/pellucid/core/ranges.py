"""Ranges of integers in words."""

from __future__ import annotations

from collections.abc import Collection


def range_text(low: int, high: int, missing: Collection[int] = ()) -> str:
    """The integers from `low` to `high`, without those that are missing.

    >>> range_text(0, 5), range_text(0, 5, (3, 4)), range_text(1, 4, (2,))
    ('0..5', '{0..2, 5}', '{1, 3..4}')
    """
    if not missing:
        return f"{low}..{high}"
    runs: list[list[int]] = []
    for value in (value for value in range(low, high + 1) if value not in missing):
        if runs and runs[-1][1] == value - 1:
            runs[-1][1] = value
        else:
            runs.append([value, value])
    return "{" + ", ".join(str(first) if first == last else f"{first}..{last}" for first, last in runs) + "}"

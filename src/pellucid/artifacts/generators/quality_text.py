"""A generator's figures in words: each way to draw rows, a row of a table."""

from __future__ import annotations

from .generator_quality import GeneratorQuality


def way_rows(found: GeneratorQuality) -> tuple[list[str], list[tuple[str, ...]], int]:
    """Headings, rows and the row that stands out.

    >>> from .generator_quality import Closeness
    >>> way = Closeness("diffusion", 0.001, 0.002, 0.55, 0.03, 0.5, 0.03, 0.0)
    >>> way_rows(GeneratorQuality((way,), (), (), 0, 250, 1.5))[1]
    [('diffusion', '0.55 +- 0.03', '0.001 +- 0.002', '0.50 +- 0.03', '0.0 %')]
    """
    rows = []
    for way in found.ways:
        near = "" if way.nearer is None else f"{way.nearer:.2f} +- {way.nearer_error:.2f}"
        rows.append(
            (
                way.name,
                f"{way.told_apart:.2f} +- {way.told_apart_error:.2f}",
                f"{way.energy:.3f} +- {way.energy_error:.3f}",
                near,
                f"{100 * way.copies:.1f} %",
            )
        )
    return ["rows from", "told apart", "energy distance", "nearer", "copies"], rows, 0


MEANINGS = (
    "told apart: AUC of boosted trees that tell these rows from held-out ones; 0.5, they cannot; 1, always",
    "energy distance to held-out rows; 0 on average where both are drawn alike, and so below 0 half of the time",
    "nearer: how likely such a row is nearer to a learnt one than a held-out row is; 0.5 like fresh rows, 1 copies",
    "copies: rows that are the same as a learnt one in every cell",
    "learnt rows themselves: the best that can be had, by copying; the exact field draws learnt rows, rounded",
)
"""What the headings mean."""

"""Oversight in words: gaps with their chances, and ratings with their errors."""

from __future__ import annotations

import numpy as np

from .oversight_curves import SOURCES, OversightCurves

Table = tuple[list[str], list[tuple[str, ...]], int | None]


def gap_rows(found: OversightCurves) -> Table:
    """Headings, rows and the row that was asked for: the chance over smaller and larger gaps, with its intervals."""
    gaps = sorted({found.gap, *(found.gap * share for share in (0.25, 0.5, 0.75, 1.5, 2.0))})
    rows = []
    for gap in gaps:
        steps = len(found.levels(found.start, gap)) - 1
        ends = [found.interval(source, found.start, gap) for source in SOURCES]
        beyond = " (beyond)" if found.start + gap > found.reach[1] else ""
        rows.append((f"{gap:g}{beyond}", f"{found.success(found.start, gap):.3f}", f"{steps}",
                     *(f"{low:.3f} to {high:.3f}" for low, high in ends)))  # fmt: skip
    return ["gap", "holds", "steps", "95 %: games", "and players", "and forms"], rows, gaps.index(found.gap)


def curve_lines(found: OversightCurves) -> list[str]:
    """Both curves as formulas of the general rating x."""
    lines = []
    for role, curve, form in zip(("guard  ", "houdini"), found.curves, found.forms, strict=True):
        sign = "+" if curve.b >= 0 else "-"
        text = f"{curve.a:.1f} {sign} {abs(curve.b):.4f} x"
        ends = [f"at least {curve.low:.1f}" if np.isfinite(curve.low) else "",
                f"at most {curve.high:.1f}" if np.isfinite(curve.high) else ""]  # fmt: skip
        lines.append(f"{role}  {', '.join([text, *filter(None, ends)])}   ({form})")
    return lines

"""What a scaling law says, as rows of words: its families side by side, and how each would spend compute."""

from __future__ import annotations

import numpy as np

from .scaling_law import ScalingLaw

FAMILY_HEADINGS = ("family", "law", "backtest error", "fit")
ALLOCATION_HEADINGS = ("family", "parameters (80 %)", "at 1 % more loss", "tokens", "tokens each", "loss")


def family_rows(law: ScalingLaw) -> list[tuple[str, ...]]:
    """(family, equation, median backtest error of ln L, Huber sum over the least one); * where it is tolerated."""
    least = float(law.cost.min())
    rows = []
    for i, family in enumerate(law.families):
        error = f"{law.errors[i].mean():.2g}" if len(law.cuts) else "-"
        mark = " *" if law.tolerated[i] and law.tolerated.sum() > 1 else ""
        ratio = f"{law.cost[i] / least:.3f}" if least > 1e-12 else f"{law.cost[i]:.1e}"
        rows.append((f"{family}{mark}", law.equation(i), error, ratio))
    return rows


def allocation_rows(law: ScalingLaw) -> list[tuple[str, ...]]:
    """How each tolerated family would spend the budget."""
    rows = []
    for one in law.allocations():
        (low, high), (least, most) = one.interval, one.flat
        spent = f"{short(one.parameters)} ({short(low)} to {short(high)})"
        flat = f"{short(least)} to {short(most)}"
        rows.append((one.family, spent, flat, short(one.tokens), f"{one.ratio:.3g}", f"{one.loss:.4g}"))
    return rows


def remarks_on(law: ScalingLaw) -> list[str]:
    """How to read the tables."""
    lines = []
    if law.tolerated.sum() > 1:
        lines.append("* backtests, or the fit to all runs, cannot rule these out")
    if law.budget:
        lines.append(f"{law.budget:.3g} of compute is {law.reach(law.budget):.2g} times the largest of the runs")
    return lines


def short(value: float) -> str:
    """A size in three digits, with a letter for its thousands.

    >>> short(7.3e10), short(1_234.0), short(4e15), short(float("nan"))
    ('73B', '1.23k', '4e+15', 'unknown')
    """
    if not np.isfinite(value):
        return "unknown"
    for size, letter in ((1e12, "T"), (1e9, "B"), (1e6, "M"), (1e3, "k")):
        if size <= value < 1e15:
            return f"{value / size:.3g}{letter}"
    return f"{value:.3g}"

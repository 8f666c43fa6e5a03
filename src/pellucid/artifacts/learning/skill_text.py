"""What is known of a run's skills, as rows of words."""

from __future__ import annotations

import numpy as np

from .skill_dynamics import MEANS, SkillDynamics

SKILL_HEADINGS = ("skill", "left (%)", "frequency", "learnt at step")
LAW_HEADINGS = ("law", "parameters", "error of forecast")


def law_lines(found: SkillDynamics) -> list[str]:
    """The law and what it means; which others the log cannot tell from it."""
    lines = [f"{found.law}: {MEANS[found.law]}"]
    others = [name for name, near in zip(found.laws[1:], found.tolerated[1:], strict=True) if near]
    if others:
        lines.append(f"the log cannot tell it from {', '.join(others)}")
    return lines


def law_rows(found: SkillDynamics) -> list[tuple[str, ...]]:
    """(law, its parameters, rms of its forecast on the part of the log by which it was chosen); * where tolerated."""
    rows = []
    for i, law in enumerate(found.laws):
        mark = " *" if found.tolerated[i] and found.tolerated.sum() > 1 else ""
        parameters = ", ".join(f"{name} {value:.3g}" for name, value in found.parameters(i).items()) or "-"
        rows.append((f"{law}{mark}", parameters, f"{found.error[i]:.3f}"))
    return rows


def skill_rows(found: SkillDynamics) -> list[tuple[str, ...]]:
    """Each skill: what is left of it, its frequency, and when it was or will be learnt."""
    return [
        (name, f"{100 * found.left[-1, k]:.0f}", _frequency(found, k), when(found, k))
        for k, name in enumerate(found.names)
    ]


def _frequency(found: SkillDynamics, k: int) -> str:
    """Of the chosen law; of domino without told ones, and of apart, only the order or nothing is known."""
    return "-" if found.law == "apart" else f"{found.p[0, k]:.3g}"


def when(found: SkillDynamics, k: int) -> str:
    """The step at which nine tenths of a skill were learnt, or a forecast with the range of all tolerated laws."""
    if np.isfinite(found.learnt[k]):
        return f"{found.step_of(found.learnt[k]):.3g}"
    if np.isnan(found.forecast[k]):
        return "cannot be told yet"
    if np.isinf(found.forecast[k]):
        return "not within 100 times this log"
    low, high = found.forecast_range[:, k]
    said = f"forecast: {found.step_of(found.forecast[k]):.3g}"
    if not np.isfinite(high):
        return f"{said} (from {found.step_of(low):.3g} on)"
    return said if high <= low * 1.001 else f"{said} ({found.step_of(low):.3g} to {found.step_of(high):.3g})"


def remarks_on(found: SkillDynamics) -> list[str]:
    """How to read the tables."""
    lines = ["learnt: a tenth of the way is left; ranges of forecasts are those of all laws that the log tolerates"]
    if any(law.endswith("+") for law in found.laws):
        lines.append("+ frequencies were found by the fit, near the given ones where there are any")
    return lines

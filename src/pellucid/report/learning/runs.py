"""Training runs on the page: the phase and its times, what is odd about the log, and what follows."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup

from ...artifacts.learning.run_phases import RunPhases
from ...artifacts.learning.run_text import phase_lines, time_lines
from ...core import Finding
from ..html import bullets, section
from ..pieces import remarks, sections, shows, summary_of, title_of


@title_of.register(RunPhases)
def run_title(found: RunPhases, finding: Finding[Any]) -> str:
    """The run's name."""
    return f"Training run {found.name}".strip()


@summary_of.register(RunPhases)
def run_summary(found: RunPhases, finding: Finding[Any]) -> str:
    """The phase, or between which it is undecided."""
    (line,) = phase_lines(found)
    return f"{line[:1].upper()}{line[1:]}."


@remarks.register(RunPhases)
def run_remarks(found: RunPhases, finding: Finding[Any]) -> list[str]:
    """Which metrics were read, and what was assumed."""
    return list(finding.provenance.settings.get("notes", []))


@sections.register(RunPhases)
def run_sections(found: RunPhases, finding: Finding[Any]) -> list[Markup]:
    """Times; oddities and advice where there are any."""
    parts = [section("Times", bullets(time_lines(found)))]
    if found.anomalies:
        parts.append(section("What is odd about the log", bullets(found.anomalies)))
    if found.advice:
        parts.append(section("What follows", bullets(found.advice)))
    return parts


@shows(RunPhases, "The run", place=20)
def run_caption(found: RunPhases, finding: Finding[Any]) -> str:
    """What is shaded."""
    text = "Shaded: between which steps 90 % of the way was done, on training and on held-out data"
    return f"{text}. Below: the norm of the weights." if len(found.norm) else f"{text}."

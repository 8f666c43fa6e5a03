"""Oversight: how likely it holds, how unsure that is, and how far the curves are drawn out."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup

from ..artifacts.oversight.oversight_curves import OversightCurves
from ..artifacts.oversight.oversight_text import curve_lines, gap_rows
from ..core import Finding
from .html import bullets, details, section, source, table
from .pieces import sections, shows, summary_of, title_of


@title_of.register(OversightCurves)
def oversight_title(found: OversightCurves, finding: Finding[Any]) -> str:
    """Who is to oversee whom."""
    return f"Oversight from {found.start:g} to {found.start + found.gap:g} Elo"


@summary_of.register(OversightCurves)
def oversight_summary(found: OversightCurves, finding: Finding[Any]) -> str:
    """The chance with the widest interval, and whether anyone plays so high."""
    low, high = found.interval("choice of curve", found.start, found.gap)
    steps = len(found.levels(found.start, found.gap)) - 1
    beyond = found.start + found.gap - found.reach[1]
    far = f" The curves are drawn out by {beyond:g} Elo beyond the strongest player." if beyond > 0 else ""
    return (
        f"It holds with probability {found.success(found.start, found.gap):.3f} in {steps} step"
        f"{'' if steps == 1 else 's'}; other games, other players and other curves allow {low:.3f} to {high:.3f}.{far}"
    )


@sections.register(OversightCurves)
def oversight_sections(found: OversightCurves, finding: Finding[Any]) -> list[Markup]:
    """The chance over gaps, the levels, the curves and the ratings."""
    levels = ", ".join(f"{level:.0f}" for level in found.levels(found.start, found.gap))
    players = [
        (p.name, role, f"{p.general:g}", f"{p.rating:.0f} +- {p.error:.0f}")
        for role, side in (("guard", found.guards), ("houdini", found.houdinis))
        for p in side
    ]
    return [
        section("Over the gap", table("front", *gap_rows(found)), bullets([f"best levels: {levels}"])),
        section("Curves", source("\n".join(curve_lines(found))),
                details("Ratings", table("front", ["player", "role", "general", "in this game"], players))),
    ]  # fmt: skip


@shows(OversightCurves, "Ratings and chances", place=5)
def oversight_caption(found: OversightCurves, finding: Finding[Any]) -> str:
    """What points, lines and bands are."""
    return (
        "Left: every player's rating as guard and as houdini, with 95 %, over its general rating, and the curves. "
        "Right: the chance over the gap; bands at 95 % for other games, other players, other forms of curve."
    )

"""Monitors: how well an alarm tells texts apart, and how often it is false."""

from __future__ import annotations

from typing import Any

from ..artifacts import Monitor
from ..core import Finding, Measured
from .pieces import shows, summary_of, title_of


@title_of.register(Monitor)
def monitor_title(found: Monitor, finding: Finding[Any]) -> str:
    """What it is an alarm for, and in which model."""
    return f"Alarm for {found.names[1]}" + (f" in {found.model}" if found.model else "")


@summary_of.register(Monitor)
def monitor_summary(found: Monitor, finding: Finding[Any]) -> str:
    """The features, what they catch, and what they raise for nothing."""
    told = {claim.key: claim for claim in finding.claims if isinstance(claim, Measured)}
    text = f"{found.describe()[:1].upper()}{found.describe()[1:]}."
    if {"caught", "false_alarms", "auc"} <= told.keys():
        text += (
            f" On texts held out it catches {told['caught'].value:.0f} % of {found.names[1]}, and raises an alarm at "
        )
        text += (
            f"{told['false_alarms'].value:.1f} % of the others (allowed: {100 * found.false_alarms:.3g} %); the area "
        )
        text += f"under the ROC curve is {told['auc'].value:.2f} ± {told['auc'].uncertainty or 0:.2f}."
    return text


@shows(Monitor, "Which texts reach which threshold", place=18)
def monitor_caption(found: Monitor, finding: Finding[Any]) -> str:
    """What the curve is."""
    return (
        f"The ROC curve on held-out texts: the share of {found.names[1]} texts that raise an alarm over the share of "
        f"{found.names[0]} ones, for every threshold. The dashed line is at the false alarms allowed."
    )

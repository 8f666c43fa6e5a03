"""Two models compared: the latents that one of them has alone, and where they fire."""

from __future__ import annotations

from typing import Any

import numpy as np
from markupsafe import Markup

from ..artifacts import ModelDiff
from ..core import Finding, Measured
from .html import section, table
from .pieces import counted, remarks, sections, shows, summary_of, title_of


@title_of.register(ModelDiff)
def diff_title(found: ModelDiff, finding: Finding[Any]) -> str:
    """The two models."""
    return f"{found.names[1]} beside {found.names[0]}"


@summary_of.register(ModelDiff)
def diff_summary(found: ModelDiff, finding: Finding[Any]) -> str:
    """How many latents are of one model alone, beside what is found for nothing."""
    text = f"{found.names[1]} has {counted(len(found.of('second only')), 'latent')} that {found.names[0]} has not, and "
    text += f"lacks {len(found.of('first only'))}"
    control = next((c for c in finding.claims if isinstance(c, Measured) and c.key == "tuned_only"), None)
    if control is not None and control.baseline is not None:
        text += f" ({found.names[0]} beside itself, as far off in random directions: {control.baseline:.0f})"
    text += f". {len(found.of('moved')):,} of both have changed"
    return f"{text}, {len(found.of('shared')):,} are shared." if len(found.of("shared")) else f"{text}."


@remarks.register(ModelDiff)
def diff_remarks(found: ModelDiff, finding: Finding[Any]) -> list[str]:
    """What the job noted about models and text."""
    return list(finding.provenance.settings.get("notes", []))


@sections.register(ModelDiff)
def diff_sections(found: ModelDiff, finding: Finding[Any]) -> list[Markup]:
    """Of each kind of one-sided latent the most frequent, with their strongest firings."""
    parts: list[Markup] = []
    heads = ["latent", "where it fires most", "firings", "in the other"]
    for verdict, told in (
        ("second only", f"In {found.names[1]} alone"), ("first only", f"In {found.names[0]} alone"),
        ("moved", "In both, and changed"),
        ("one-sided", "Written in one model, but the other holds it as well"),
    ):  # fmt: skip
        latents = found.of(verdict)[:20].tolist()
        rows = [
            [
                str(j), _places(found, j), f"{found.firings[j]:,}", f"{found.absent[j]:.2f}",
            ]
            for j in latents
        ]  # fmt: skip
        if rows:
            parts.append(section(told, table("front", heads, rows)))
    return parts


@shows(ModelDiff, "Where latents write", place=18)
def diff_caption(found: ModelDiff, finding: Finding[Any]) -> str:
    """What the two drawings are."""
    return (
        f"Left: which share of each latent is in {found.names[1]}; at the edges it is of one model alone. Right: of a "
        "crosscoder the cosine of a shared latent's two directions, of differences how much of a change a latent is."
    )


def _places(found: ModelDiff, latent: int) -> str:
    """The texts of its strongest firings, the word at which it fires between brackets."""
    lines = []
    for place in found.places.get(latent, [])[:3]:
        peak = int(np.argmax([value for _, value in place]))
        lines.append("".join(f"[{word}]" if i == peak else word for i, (word, _) in enumerate(place)))
    return " … ".join(" ".join(line.split()) for line in lines)

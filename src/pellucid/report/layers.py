"""Effects of a model's parts: what is lost when each layer is left out."""

from __future__ import annotations

from typing import Any

from ..artifacts import Effects
from ..core import Finding
from .pieces import remarks, shows, summary_of, title_of


@title_of.register(Effects)
def effects_title(found: Effects, finding: Finding[Any]) -> str:
    """The effects' own title."""
    title = found.title or found.kind
    return f"{title[:1].upper()}{title[1:]}"


@summary_of.register(Effects)
def effects_summary(found: Effects, finding: Finding[Any]) -> str:
    """The layers whose loss costs most and least; of other parts, what the artifact says of itself."""
    return layers_summary(found) or f"{found.describe()}."


def layers_summary(found: Effects, deleted: str = "KL, deleted", kept: str = "top-1 kept, deleted") -> str:
    """What leaving out each layer costs; empty where that was not measured.

    >>> effects = Effects(("l0", "l1"), ("KL, deleted", "top-1 kept, deleted"), ((2.0, 0.4), (0.1, 0.8)))
    >>> layers_summary(effects)[:62]
    'Of 2 layers, leaving out layer 0 (2.00 nats), 1 (0.10 nats) mo'
    """
    if not {deleted, kept} <= set(found.measures):
        return ""
    costs = [value or 0.0 for value in found.column(deleted)]
    stays = [value or 0.0 for value in found.column(kept)]
    order = sorted(range(len(costs)), key=lambda i: -costs[i])
    named, least = ", ".join(f"{i} ({costs[i]:.2f} nats)" for i in order[:3]), order[-1]
    return (
        f"Of {len(costs)} layers, leaving out layer {named} moves the prediction most, "
        f"layer {least} ({costs[least]:.3f} nats) least; on average {100 * sum(stays) / len(stays):.0f} % of the first "
        f"choices stay{_swapping(found)}{_stages(found)}."
    )


def _swapping(found: Effects, measure: str = "KL, swapped") -> str:
    if measure not in found.measures:
        return ""
    costs = sorted(value for value in found.column(measure) if value is not None)
    return f". Swapping two neighbours costs {costs[len(costs) // 2]:.2f} nats in the median"


def _stages(found: Effects) -> str:
    stages = ", ".join(f"{stage} in {_range(first, last)}" for stage, first, last in found.stages())
    return f". Stages, by a rule: {stages}" if stages else ""


def _range(first: int, last: int) -> str:
    return f"layer {first}" if first == last else f"layers {first}-{last}"


@remarks.register(Effects)
def effects_remarks(found: Effects, finding: Finding[Any]) -> list[str]:
    """What the job noted about model and text."""
    return list(finding.provenance.settings.get("notes", []))


@shows(Effects, "Layer map", place=10)
def effects_caption(effects: Effects, finding: Finding[Any]) -> str:
    """What each panel of a layer map shows."""
    if not effects.groups:
        return f"{effects.describe()}."
    return (
        f"Each of {len(effects.parts)} layers left out, and changed with the next: how far the prediction moves (KL) "
        "and how often its first choice stays; bands are 95 % intervals over rows. Logit lens: how far the residual "
        "stream after a layer, read out as it is, lies from the prediction. Dotted: stages, as these curves and "
        "attention part them."
    )

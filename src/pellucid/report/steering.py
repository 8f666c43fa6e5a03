"""Steering: texts side by side, and whether features move the words that they are said to promote."""

from __future__ import annotations

from typing import Any

import numpy as np
from markupsafe import Markup

from ..artifacts import SteeredTexts, SteeringEffects
from ..core import Finding
from .html import section, table
from .pieces import counted, remarks, sections, shows, summary_of, title_of


@title_of.register(SteeredTexts | SteeringEffects)
def steering_title(found: SteeredTexts | SteeringEffects, finding: Finding[Any]) -> str:
    """Of which model."""
    return f"Steering {finding.provenance.settings.get('model') or 'a model'}"


@summary_of.register(SteeredTexts)
def steered_summary(found: SteeredTexts, finding: Finding[Any]) -> str:
    """What was done, and how far it moves the model beside random directions."""
    text = f"With {', '.join(found.steps)} the model's predictions move by {np.mean(found.kl):.2f} nats a token; along "
    text += f"random directions as long by {np.mean(found.drawn_kl):.2f}."
    if found.promoted:
        text += f" The words it promotes most rise by {np.mean(found.promoted_change):+.2f} nats (random directions: "
        text += f"{np.mean(found.drawn_change):+.2f})."
    return text


@remarks.register(SteeredTexts | SteeringEffects)
def steering_remarks(found: SteeredTexts | SteeringEffects, finding: Finding[Any]) -> list[str]:
    """How strong the steps are."""
    return list(finding.provenance.settings.get("notes", []))


@sections.register(SteeredTexts)
def steered_table(found: SteeredTexts, finding: Finding[Any]) -> list[Markup]:
    """The texts side by side, each with its perplexity to the model itself."""
    parts: list[Markup] = []
    for i, prompt in enumerate(found.prompts):
        rows = [
            ["by itself", found.plain[i], _figure(found.plain_perplexity[i])],
            [", ".join(found.steps), found.steered[i], _figure(found.steered_perplexity[i])],
            ["a random direction", found.drawn[i], _figure(found.drawn_perplexity[i])],
        ]
        parts.append(section(f"{prompt} …", table("claims", ["", "goes on", "perplexity to itself"], rows)))
    if found.promoted:
        words = ", ".join(repr(word) for word in found.promoted)
        parts.append(
            section("Words it promotes most, straight from where it writes", Markup("<p>{}</p>").format(words))
        )
    return parts


@summary_of.register(SteeringEffects)
def effects_summary(found: SteeringEffects, finding: Finding[Any]) -> str:
    """In how many features the words go the way that is said of them."""
    up, drawn = float((found.promoted > 0).mean()), float((found.drawn_promoted > 0).mean())
    return (
        f"Of {counted(len(found.features), 'feature')}, {100 * up:.0f} % make the words that they are said to promote "
        f"likelier when they are added at every token (random directions as long: {100 * drawn:.0f} %)."
    )


@sections.register(SteeringEffects)
def effects_table(found: SteeringEffects, finding: Finding[Any]) -> list[Markup]:
    """The features that move their words most, and least."""
    order = np.argsort(-found.promoted, kind="stable").tolist()
    shown = order if len(order) <= 40 else [*order[:20], *order[-20:]]
    heads = ["feature", "words it promotes", "added", "change", "random", "KL", "random"]
    rows = [
        [
            str(found.features[i]), " ".join(repr(word) for word in found.words[i][:5]), f"{found.strength[i]:.3g}",
            f"{found.promoted[i]:+.2f}", f"{found.drawn_promoted[i]:+.2f}", f"{found.kl[i]:.2f}",
            f"{found.drawn_kl[i]:.2f}",
        ]
        for i in shown
    ]  # fmt: skip
    which = "Features" if len(shown) == len(order) else "The 20 that move their words most, and the 20 that do least"
    return [section(which, table("front", heads, rows))]


@shows(SteeringEffects, "Do the promoted words become likelier?", place=18)
def effects_caption(found: SteeringEffects, finding: Finding[Any]) -> str:
    """What the points are."""
    return (
        "Each point is a feature: how much likelier its promoted words become when it is added, over how much a random "
        "direction as long does for the same words. Above zero the words go the way that is said of them."
    )


def _figure(value: float) -> str:
    return f"{value:.1f}" if np.isfinite(value) else "-"

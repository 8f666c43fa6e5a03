"""Dictionaries of features: how well they stand in for what they were trained on, and how often each feature fires."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..artifacts import Dictionary, DictionaryQuality, FeatureAtlas
from ..core import Finding
from .pieces import links, parts_of, remarks, shows, summary_of, title_of


@title_of.register(Dictionary)
def dictionary_title(found: Dictionary, finding: Finding[Any]) -> str:
    """What it is a dictionary of, as its provenance has it."""
    title = str(finding.provenance.settings.get("table") or found.kind)
    return f"{title[:1].upper()}{title[1:]}"


@summary_of.register(Dictionary)
def dictionary_summary(found: Dictionary, finding: Finding[Any]) -> str:
    """How many features fire, what they leave unexplained, and what the model loses with them in place."""
    text = found.describe()
    for atlas in parts_of(finding, FeatureAtlas):
        text += f". {len(atlas.alive):,} of them fire at one of {atlas.tokens:,} tokens"
    for quality in parts_of(finding, DictionaryQuality):
        text += _reconstruction(quality.figures.get("reconstruction", {})) + _loss(quality.figures.get("loss", {}))
    return f"{text}."


def _reconstruction(figures: dict[str, float]) -> str:
    if "fvu" not in figures:
        return ""
    text = f". On text held out they leave {100 * figures['fvu']:.1f} % of the variance unexplained"
    if "fvu_with_sinks" in figures:
        sinks, first = int(figures["sinks"]), int(figures.get("sinks_at_first", 0))
        where = "each the first of its row" if first == sinks else f"{first:,} of them the first of a row"
        text += f", {sinks:,} attention sinks left out ({where}; with them {100 * figures['fvu_with_sinks']:.1f} %)"
    beside = figures.get("fvu_principal_components")
    return text if beside is None else f"{text}, where as many principal components leave {100 * beside:.1f} %"


def _loss(figures: dict[str, Any]) -> str:
    if "recovered_from_mean" not in figures:
        return ""
    recovered, kind = 100 * figures["recovered_from_mean"], figures.get("predicts", "next token")
    of = "" if kind == "next token" else f" on the {kind}"
    return f"; in their place in the model they recover {recovered:.1f} % of what the layer's mean loses{of}"


@remarks.register(Dictionary)
def dictionary_remarks(found: Dictionary, finding: Finding[Any]) -> list[str]:
    """What the job noted about model and text."""
    return list(finding.provenance.settings.get("notes", []))


@links.register(FeatureAtlas)
def atlas_links(atlas: FeatureAtlas, finding: Finding[Any]) -> list[tuple[str, str]]:
    """The page on which every feature can be looked at."""
    return [("features.html", "Look at every feature")]


@shows(FeatureAtlas, "How often each feature fires, and what it does", place=19)
def atlas_caption(atlas: FeatureAtlas, finding: Finding[Any]) -> str:
    """What the lines are."""
    text = f"{atlas.describe()}. Right of the dotted line they fire at more than a tenth of the tokens (dense)."
    if not np.isfinite(atlas.ablation_estimate).any():
        return text
    return (
        f"{text} Above zero, the text is harder to predict without the feature: {int(atlas.is_run.sum()):,} features "
        f"were taken away in truth, in all of {atlas.sequences} sequences, with bars of one standard error; of the "
        "others there is a first-order estimate, which may be far off."
    )

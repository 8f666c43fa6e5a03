"""Labels of features: what they say, and what they are worth beside token tables and labels of other features."""

from __future__ import annotations

from typing import Any

import numpy as np
from markupsafe import Markup

from ..artifacts import FeatureLabels
from ..core import Finding, Measured
from .html import section, table
from .pieces import sections, shows, summary_of, title_of


@title_of.register(FeatureLabels)
def labels_title(found: FeatureLabels, finding: Finding[Any]) -> str:
    """Labels, and of what."""
    of = str(finding.provenance.settings.get("table") or "features")
    return of if of.startswith("Labels") else f"Labels: {of[:1].lower()}{of[1:]}"


@summary_of.register(FeatureLabels)
def labels_summary(found: FeatureLabels, finding: Finding[Any]) -> str:
    """Who labelled how many, and what a reader who has only the label can say."""
    text = f"{found.describe()[:1].upper()}{found.describe()[1:]}."
    told = {claim.key: claim for claim in finding.claims if isinstance(claim, Measured)}
    for key, who in (("detection", "the labels"), ("detection: token table", "tables of tokens")):
        if key in told:
            text += f" With {who}, passages in which a feature fires are told from others at {told[key].value:.2f}"
            text += f" (those of other features: {told[key].baseline:.2f}; guessing: 0.50)."
    return text


@sections.register(FeatureLabels)
def label_table(found: FeatureLabels, finding: Finding[Any]) -> list[Markup]:
    """The labels that were detected best and worst; all of them are in labels.csv."""
    order = np.argsort(-np.nan_to_num(found.detection if found.author else found.table_detection), kind="stable")
    shown = order.tolist() if len(order) <= 40 else [*order[:20].tolist(), *order[-20:].tolist()]
    heads = ["feature", "label", *(["detection", "fuzzing"] if found.author else []), "table", "table, fuzzing"]
    rows = [
        [str(found.features[i]), found.labels[i], *(_score(getattr(found, name)[i]) for name in _columns(found))]
        for i in shown
    ]
    which = "Labels" if len(shown) == len(order) else "The 20 labels that are detected best, and the 20 worst"
    return [section(which, table("front", heads, rows))]


@shows(FeatureLabels, "What labels and token tables are worth", place=18)
def labels_caption(found: FeatureLabels, finding: Finding[Any]) -> str:
    """What the points or bars are."""
    if not found.author:
        return "Balanced accuracy of token tables on held-out passages, by feature; guessing is at the dotted line."
    return (
        "Each point is a feature: above the diagonal its label tells more than its token table does. Guessing is at "
        "the dotted lines."
    )


def _columns(found: FeatureLabels) -> tuple[str, ...]:
    return found.scores if found.author else found.scores[2:]


def _score(value: float) -> str:
    return f"{value:.2f}" if np.isfinite(value) else "-"

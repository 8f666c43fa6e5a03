"""A feature atlas as one self-contained page: a searchable list of features, and what was seen of each.

The data are in the page, as compressed JSON; nothing is loaded. Under 20 MB for 8,192 features: about 300 bytes each.
"""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..artifacts.audits.feature_labels import FeatureLabels
from ..artifacts.features.dictionary_quality import DictionaryQuality
from ..artifacts.features.feature_atlas import FeatureAtlas
from ..core.claim import Measured
from ..core.finding import Finding

__all__ = ["dashboard_files", "dashboard_html", "page_data"]

_DIGITS = np.array(list("0123456789abcdefghijklmnopqrstuvwxyz"))


def dashboard_files(finding: Finding[Any]) -> dict[str, bytes]:
    """The page of the features, for the folder of the finding."""
    atlas, quality = finding.parts.get("atlas"), finding.parts.get("quality")
    if not isinstance(atlas, FeatureAtlas):
        return {}
    figures = _figures(quality) if isinstance(quality, DictionaryQuality) else []
    agree = next((claim for claim in finding.claims if claim.key == "estimates_agree"), None)
    if isinstance(agree, Measured):
        figures.append(("correlation of estimated with true effects, on features drawn", f"{agree.value:.2f}"))
    told = next((claim for claim in finding.claims if claim.key == "told_by_tokens"), None)
    if isinstance(told, Measured):
        beside = "" if told.baseline is None else f" (random directions: {told.baseline:.2g} %)"
        figures.append((f"of the features are told by their tokens{beside}", f"{told.value:.2g} %"))
    labels = finding.artifact if isinstance(finding.artifact, FeatureLabels) else None
    figures += [] if labels is None else _label_figures(finding)
    page = dashboard_html(
        atlas, figures, labels, title=str(finding.provenance.settings.get("table", "")), report="report.html"
    )
    return {"features.html": page.encode()}


def _figures(quality: DictionaryQuality) -> list[tuple[str, str]]:
    """The head of the page: a figure and what it is of, as far as they were measured."""
    table = quality.figures
    found: list[tuple[str, str]] = []
    if "reconstruction" in table:
        fit = table["reconstruction"]
        found.append(("of the variance unexplained", f"{100 * fit['fvu']:.1f} %"))
        if "fvu_with_sinks" in fit:
            found.append((f"with {fit['sinks']:,} attention sinks", f"{100 * fit['fvu_with_sinks']:.1f} %"))
        found.append(("features fire at a token", f"{fit['l0']:.1f}"))
    if "recovered_from_mean" in table.get("loss", {}):
        found.append(("of the cross-entropy recovered", f"{100 * table['loss']['recovered_from_mean']:.1f} %"))
    if "latents" in table:
        found.append(("dense", f"{table['latents']['dense']:,}"))
    return found


def dashboard_html(
    atlas: FeatureAtlas,
    figures: Iterable[tuple[str, str]] = (),
    labels: FeatureLabels | None = None,
    *,
    title: str = "",
    report: str = "",
) -> str:
    """The page; `figures` are facts for its head, `report` a link to the claims."""
    from importlib.resources import files

    from jinja2 import Environment, StrictUndefined
    from markupsafe import Markup

    environment = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=StrictUndefined)
    here = files(__package__ or "pellucid.report")

    def text(name: str) -> Markup:
        return Markup((here / name).read_text(encoding="utf-8"))

    packed = gzip.compress(json.dumps(page_data(atlas, labels), separators=(",", ":")).encode(), 9, mtime=0)
    return environment.from_string(text("dashboard.html")).render(
        title=title or f"Features of {atlas.name}",
        summary=f"{len(atlas.alive):,} of {atlas.size:,} features fire at one of {atlas.tokens:,} tokens.",
        figures=list(figures),
        report=report,
        style=text("report.css") + text("dashboard.css"),
        script=text("dashboard.js"),
        data=base64.b64encode(packed).decode(),
    )


def page_data(atlas: FeatureAtlas, labels: FeatureLabels | None = None) -> dict[str, Any]:
    """What the page needs, as plain lists; only features that fired, activations as digits from 0 to z."""
    alive = atlas.alive
    rows = atlas.example_rows[alive]
    used = np.unique(rows[rows >= 0])
    place = np.full(int(used.max()) + 1 if len(used) else 1, -1)
    place[used] = np.arange(len(used))
    values = atlas.example_values[alive]
    scaled = values / np.maximum(atlas.maximum[alive], 1e-30)[:, None, None]
    strings = _DIGITS[np.ceil(np.clip(scaled, 0, 1) * 35).astype(int)]
    return {
        "words": list(atlas.vocabulary),
        "texts": atlas.texts[used].tolist(),
        "before": atlas.before,
        "spread": atlas.spread,
        "id": alive.tolist(),
        "density": _rounded(atlas.density[alive], 3),
        "max": _rounded(atlas.maximum[alive], 4),
        "histogram": atlas.histogram[alive].tolist(),
        "rows": np.where(rows >= 0, place[rows], -1).tolist(),
        "positions": atlas.example_positions[alive].tolist(),
        "acts": [["".join(one) for one in feature] for feature in strings],
        "up": atlas.promoted[alive].tolist(),
        "upv": _rounded(atlas.promoted_values[alive], 3),
        "down": atlas.suppressed[alive].tolist(),
        "downv": _rounded(atlas.suppressed_values[alive], 3),
        "near": atlas.nearest[alive].tolist(),
        "cos": _rounded(atlas.cosines[alive], 2),
        "estimate": _rounded(atlas.ablation_estimate[alive], 2),
        "rank": np.argsort(np.searchsorted(alive, atlas.by_effect())).tolist(),
        "exact": _rounded(atlas.ablation[alive], 2),
        "error": _rounded(atlas.ablation_error[alive], 2),
        "sequences": atlas.sequences,
        "promotes": atlas.promotes,
        "moved": atlas.moved[alive].tolist(),
        "movedBy": _rounded(atlas.moved_changes[alive], 3),
        "sites": list(atlas.sites),
        "norms": _rounded(atlas.site_norms[alive], 3),
        "movedError": _rounded(atlas.moved_errors[alive], 2),
        "labels": {} if labels is None else _labels(labels),
        "author": "" if labels is None else labels.author,
        "table": atlas.token_table[alive].tolist(),
        "told": [atlas.told_by_tokens(feature) for feature in alive.tolist()],
        "precision": _rounded(atlas.token_precision[alive], 2),
        "recall": _rounded(atlas.token_recall[alive], 2),
        "f1": _rounded(atlas.token_f1[alive], 2),
        "f1Error": _rounded(atlas.token_f1_error[alive], 1),
    }


def _labels(labels: FeatureLabels) -> dict[str, list[Any]]:
    """By feature: the label, its scores and those of the token table, and on how many passages."""
    scores = zip(*(_rounded(getattr(labels, name), 2) for name in labels.scores), strict=True)
    rows = zip(labels.features.tolist(), labels.labels, scores, labels.passages.tolist(), strict=True)
    return {str(feature): [text, *values, passages] for feature, text, values, passages in rows}


def _label_figures(finding: Finding[Any]) -> list[tuple[str, str]]:
    """Mean scores of the labels, each with its baseline."""
    names = {"detection": "detection by labels", "detection: token table": "detection by token tables"}
    return [
        (f"{names[claim.key]} (of other features: {claim.baseline:.2f})", f"{claim.value:.2f}")
        for claim in finding.claims
        if isinstance(claim, Measured) and claim.key in names and claim.baseline is not None
    ]


def _rounded(values: NDArray[Any], digits: int) -> Any:
    """Lists of numbers with so many significant digits; None for what is no number."""
    if values.ndim > 1:
        return [_rounded(row, digits) for row in values]
    return [float(f"{value:.{digits}g}") if np.isfinite(value) else None for value in values.tolist()]

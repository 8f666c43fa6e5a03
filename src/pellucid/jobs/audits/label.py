"""The job `label`: the features that a folder holds are labelled, and the labels judged.

finding of a dictionary -> atlas and firing -> FeatureLabels -> finding with labels and atlas, for the page
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from ...artifacts.audits.feature_labels import FeatureLabels as Labels
from ...core.finding import Finding, load_finding
from ...core.reporter import SILENT, Reporter
from ...look.labels.feature_labels import FeatureLabels
from ...look.labels.seen_features import SeenFeatures

__all__ = ["label_features", "seen_features"]


def seen_features(folder: Path | str) -> tuple[SeenFeatures, Finding[Any]]:
    """What `pellucid features` wrote into a folder. Raises ValueError for another folder."""
    finding = load_finding(folder)
    return SeenFeatures.of(finding), finding


def label_features(
    subject: SeenFeatures,
    method: FeatureLabels | None = None,
    *,
    seed: int = 0,
    table: str = "",
    reporter: Reporter = SILENT,
    checkpoint: Path | None = None,
) -> Finding[Labels]:
    """Labels and their scores. With `checkpoint`, no question is asked twice, also of a run that was interrupted.

    `table`: what the features are of, for the page. Raises ValueError.
    """
    found = (method or FeatureLabels()).explain(subject, seed, reporter=reporter, checkpoint=checkpoint)
    settings = {**found.provenance.settings, "table": table or f"Labels of features of {subject.atlas.name}"}
    return replace(found, provenance=replace(found.provenance, settings=settings))

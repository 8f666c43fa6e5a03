"""The jobs `monitor` and `watch`: an alarm from labelled texts, and texts that are scored by it as they come.

labelled texts -> strongest activation of each feature -> FeatureMonitor -> finding; stream of texts -> scores, alarms
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from ...artifacts.audits.monitor import Monitor
from ...artifacts.features.dictionary import Dictionary
from ...core.finding import Finding, load_finding
from ...core.reporter import SILENT, Reporter
from ...look.monitoring.feature_monitor import FeatureMonitor
from ...look.monitoring.scored_texts import ScoredTexts
from ...look.monitoring.watching import Watcher, strongest
from ...run.cached import cached
from ...subjects.models.labelled.labelled_texts import LabelledTexts
from ...subjects.models.language_model import LanguageModel
from .steer import Place

__all__ = ["find_monitor", "read_monitor", "watch_lines"]


def find_monitor(
    model: LanguageModel, place: Place, texts: LabelledTexts, *, layer: str | None = None,
    method: FeatureMonitor | None = None, seed: int = 0, reporter: Reporter = SILENT, checkpoint: Path | None = None,
) -> Finding[Monitor]:  # fmt: skip
    """A monitor for the second of two classes of texts. Raises ValueError for other numbers of classes."""
    if texts.y.ndim != 1 or len(texts.names) != 2:
        raise ValueError(f"the texts have classes {', '.join(texts.names)}; give two, the alarming one second")
    path = place.at(model, layer)
    reporter.start("texts", texts.rows)
    rows: list[np.ndarray] = []
    lengths: list[int] = []
    for most, length in strongest(model, place.dictionary, path, texts.texts):
        rows.append(most)
        lengths.append(length)
        reporter.advance(1)
    reporter.finish()
    names = (str(texts.names[0]), str(texts.names[1]))
    subject = ScoredTexts(np.stack(rows), texts.y > 0.5, texts.groups, np.array(lengths), names)
    found = cached(method or FeatureMonitor(), subject, seed, folder=checkpoint, reporter=reporter)
    settings = {**found.provenance.settings, "model": model.name, "layer": path, "table": texts.title}
    monitor = replace(found.artifact, path=path, model=model.name)
    told = replace(found.provenance, settings=settings)
    return replace(found, artifact=monitor, provenance=told, parts={"dictionary": place.dictionary})


def read_monitor(folder: Path | str) -> tuple[Monitor, Dictionary]:
    """What `pellucid monitor` wrote. Raises ValueError for another folder."""
    finding = load_finding(folder)
    dictionary: Any = finding.parts.get("dictionary")
    if not isinstance(finding.artifact, Monitor) or not isinstance(dictionary, Dictionary):
        raise ValueError(f"folder {str(folder)!r} holds a {finding.artifact.kind}; give what `pellucid monitor` wrote")
    return finding.artifact, dictionary


def watch_lines(watcher: Watcher, texts: Iterable[str]) -> Iterator[dict[str, Any]]:
    """For each text a line to be written as JSON; the last one of a window also says how far scores have drifted."""
    for number, (score, alarm, drift) in enumerate(watcher.watch(texts)):
        line: dict[str, Any] = {"number": number, "score": float(f"{score:.6g}"), "alarm": alarm}
        if drift is not None:
            told = {"distance": round(drift.distance, 4), "p": float(f"{drift.p:.3g}"), "texts": drift.texts}
            line["drift"] = told | {"drifted": watcher.has_drifted(drift)}
        yield line

"""The job `curve`: a model and texts with a number become the curve that the numbers lie on, as formulas.

texts -> activations of a layer -> the line and the circles among the numbers' means -> a formula for each coordinate
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from ..artifacts.features.number_curve import NumberCurve
from ..core.finding import Finding
from ..core.reporter import SILENT, Reporter
from ..datasets.numbers import number_texts
from ..distill.formulas.parametric.parametric import Parametric
from ..look.geometry.turning_planes import TurningPlanes
from ..run.cached import cached
from ..subjects.models.labelled.labelled_texts import LabelledTexts
from .probe import Probed

__all__ = ["find_curve", "number_texts", "refuse_few_numbers"]


def find_curve(
    probed: Probed, *, circles: int = 2, budget_seconds: float = 10.0, seed: int = 0, reporter: Reporter = SILENT,
    checkpoint: Path | None = None,
) -> Finding[NumberCurve]:  # fmt: skip
    """The curve of one layer; `budget_seconds` of CPU time for each formula."""
    method = TurningPlanes(Parametric(budget_seconds=budget_seconds), circles)
    found = cached(method, probed.labelled, seed, folder=checkpoint, reporter=reporter)
    tried = "".join(f", {value:.3f} at layer {layer}" for layer, value in probed.tried)
    route = f"layer {probed.layer}" + (f", chosen by the rank correlation of a quick probe{tried}" if tried else "")
    facts = {
        "table": probed.labelled.title,
        "layer": probed.layer,
        "model": probed.model,
        "notes": [route, *probed.notes],
    }
    provenance = replace(found.provenance, settings={**found.provenance.settings, **facts}, route=route)
    return replace(found, provenance=provenance)


def refuse_few_numbers(texts: LabelledTexts) -> None:
    """Raises ValueError before a model is loaded where there is no single number, or fewer than 16 different ones."""
    if texts.y.ndim != 1 or len(texts.names) != 1:
        raise ValueError(f"{list(texts.names)} are not one number for each text; give --target COLUMN")
    count = len(set(texts.y.tolist()))
    if count < 16:
        raise ValueError(f"target {texts.names[0]!r} has {count} different numbers; give texts of 16 or more")

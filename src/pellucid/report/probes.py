"""Probes: a direction or a readout beside its best control, and the shapes that classes have inside a model."""

from __future__ import annotations

from typing import Any

from ..artifacts import (
    Circle,
    Criteria,
    Direction,
    FeatureClusters,
    Helix,
    LinearReadout,
    ProbePredictions,
    SparseScores,
    TransferMatrix,
)
from ..core import Finding, Measured
from .pieces import described, remarks, shows, summary_of, title_of

shows(ProbePredictions, "What the probe says", place=15)(described)
shows(TransferMatrix, "From one data set to another", place=16)(described)
shows(Circle, "Circle", place=17)(described)
shows(Helix, "Helix", place=18)(described)
shows(FeatureClusters, "Clusters of features", place=20)(described)
shows(SparseScores, "Few features against plain probes", place=21)(described)
shows(Criteria, "Four criteria", place=22)(described)


@title_of.register(Direction)
def direction_title(found: Direction, finding: Finding[Any]) -> str:
    """What is told from what, and in which model."""
    return _where(f"{found.names[1]} from {found.names[0]}", finding)


@title_of.register(LinearReadout)
def readout_title(found: LinearReadout, finding: Finding[Any]) -> str:
    """What is read out, and of which model."""
    return _where(f"{len(found.names)} classes" if found.of_classes else " and ".join(found.names), finding)


def _where(what: str, finding: Finding[Any]) -> str:
    model, table = (str(finding.provenance.settings.get(name) or "") for name in ("model", "table"))
    return f"{what[:1].upper()}{what[1:]}" + (f" in {model}" if model else "") + (f": {table}" if table else "")


@remarks.register(Direction | LinearReadout)
def probe_remarks(found: Direction | LinearReadout, finding: Finding[Any]) -> list[str]:
    """What the job noted about model and text."""
    return list(finding.provenance.settings.get("notes", []))


@summary_of.register(Direction | LinearReadout)
def probe_summary(found: Direction | LinearReadout, finding: Finding[Any]) -> str:
    """The probe beside its best control, and whether the model uses the direction, where that was tried."""
    main = _measured(finding, "accuracy") or _measured(finding, "r2")
    controls = [c for c in finding.claims if isinstance(c, Measured) and c.key.startswith("control: ")]
    if main is None or not controls:
        return f"{found.describe()}."
    best = max(controls, key=lambda claim: claim.value)
    name = best.key.removeprefix("control: ")
    nothing = "" if _is_above(main, best.value) else ", so that nothing is shown that the control lacks"
    layer = finding.provenance.settings.get("layer")
    what = _what(found, "" if layer is None else f" after layer {layer}")
    score, control = _scores(found, main.value, best.value)
    return f"{what} {score}; the best control, {name}, has {control}{nothing}.{_steering(finding)}"


def _scores(found: Direction | LinearReadout, value: float, control: float) -> tuple[str, str]:
    """The probe's score and its control's, in words: accuracies of classes, R^2 of numbers."""
    if isinstance(found, Direction) or found.of_classes:
        return f"for {100 * value:.1f} % of the rows held out", f"{100 * control:.1f} %"
    return f"with R^2 = {value:.2f} on rows held out", f"{control:.2f}"


def _what(found: Direction | LinearReadout, where: str) -> str:
    if isinstance(found, Direction):
        return f"A direction{where} tells {found.names[1]} from {found.names[0]}"
    if found.of_classes:
        return f"A linear readout{where} tells {len(found.names)} classes apart"
    return f"A linear readout{where} gives {' and '.join(found.names)}"


def _steering(finding: Finding[Any]) -> str:
    """Whether the model uses the direction, where that was tried: it must do more than any random one."""
    moved = _measured(finding, "steered_by_adding")
    if moved is None or moved.baseline is None:
        return ""
    if not _is_above(moved, moved.baseline, abs(moved.value)):
        return " Added to the activations it moves the model's answer no further than random directions do."
    way = "" if moved.value > 0 else "the other way, "
    return f" Added to the activations it moves the model's answer {way}further than random directions do."


def _is_above(claim: Measured, baseline: float, value: float | None = None) -> bool:
    """By more than two standard errors."""
    return (claim.value if value is None else value) > baseline + 2 * (claim.uncertainty or 0.0)


def _measured(finding: Finding[Any], key: str) -> Measured | None:
    return next((claim for claim in finding.claims if isinstance(claim, Measured) and claim.key == key), None)

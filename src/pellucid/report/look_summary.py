"""What was found inside a model, in one sentence: features, layers, or a direction beside its best control."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ..artifacts import Dictionary, DictionaryQuality, Direction, Effects, FeatureAtlas, LinearReadout
from ..core import Claim, Finding, Measured

__all__ = ["LOOK", "look_summary", "look_title"]

LOOK = Dictionary | Effects | Direction | LinearReadout
_CONTROL, _DELETED, _KEPT, _SWAPPED = "control: ", "KL, deleted", "top-1 kept, deleted", "KL, swapped"


def look_title(finding: Finding[Any]) -> str:
    """What the page of a dictionary, a layer map or a probe is called."""
    settings, found = finding.provenance.settings, finding.artifact
    of = f" in {settings['model']}" if settings.get("model") else ""
    table = str(settings.get("table") or "")
    if isinstance(found, Direction):
        what = f"{found.names[1]} from {found.names[0]}"
        return f"{what[:1].upper()}{what[1:]}{of}" + (f": {table}" if table else "")
    if isinstance(found, LinearReadout):
        what = f"{len(found.names)} classes" if found.of_classes else " and ".join(found.names)
        return f"{what[:1].upper()}{what[1:]}{of}" + (f": {table}" if table else "")
    title = found.title if isinstance(found, Effects) else table
    title = title or found.kind
    return f"{title[:1].upper()}{title[1:]}"


def look_summary(finding: Finding[Any]) -> str:
    """The sentence; without claims to tell from, what the artifact says of itself."""
    found = finding.artifact
    if isinstance(found, Dictionary):
        return _dictionary(found, finding)
    if isinstance(found, Effects):
        return _layers(found) or f"{found.describe()}."
    return _probe(finding) or f"{found.describe()}."


def _dictionary(found: Dictionary, finding: Finding[Any]) -> str:
    parts = {part.kind: part for part in finding.parts.values()}
    quality, atlas = parts.get(DictionaryQuality.kind), parts.get(FeatureAtlas.kind)
    text = found.describe()
    if isinstance(atlas, FeatureAtlas):
        text += f". {len(atlas.alive):,} of them fire at one of {atlas.tokens:,} tokens"
    fit = quality.figures.get("reconstruction", {}) if isinstance(quality, DictionaryQuality) else {}
    if "fvu" in fit:
        text += f". On text held out they leave {100 * fit['fvu']:.1f} % of the variance unexplained"
        beside = fit.get("fvu_principal_components")
        if beside is not None:
            text += f", where as many principal components leave {100 * beside:.1f} %"
    loss = quality.figures.get("loss", {}) if isinstance(quality, DictionaryQuality) else {}
    if "recovered_from_mean" in loss:
        recovered = 100 * loss["recovered_from_mean"]
        text += f"; in their place in the model they recover {recovered:.1f} % of what the layer's mean loses"
    return f"{text}."


def _layers(found: Effects) -> str:
    if not {_DELETED, _KEPT} <= set(found.measures):
        return ""
    column = [value or 0.0 for value in found.column(_DELETED)]
    kept = [value or 0.0 for value in found.column(_KEPT)]
    order = sorted(range(len(column)), key=lambda i: -column[i])
    most, least = order[: min(3, len(order))], order[-1]
    named = ", ".join(f"{i} ({column[i]:.2f} nats)" for i in most)
    text = (
        f"Of {len(column)} layers, leaving out layer {named} moves the prediction of the next token most, "
        f"layer {least} ({column[least]:.3f} nats) least; on average {100 * sum(kept) / len(kept):.0f} % of the first "
        "choices stay"
    )
    if _SWAPPED in found.measures:
        swapped = [value for value in found.column(_SWAPPED) if value is not None]
        text += f". Swapping two neighbours costs {sorted(swapped)[len(swapped) // 2]:.2f} nats in the median"
    stages = ", ".join(f"{stage} in {_range(first, last)}" for stage, first, last in found.stages())
    return text + (f". Stages, by a rule: {stages}." if stages else ".")


def _range(first: int, last: int) -> str:
    return f"layer {first}" if first == last else f"layers {first}-{last}"


def _probe(finding: Finding[Any]) -> str:
    """The figure with the baseline is the probe's; the controls come before it."""
    claims = list(_measured(finding.claims))
    controls = [claim for claim in claims if claim.statement.startswith(_CONTROL)]
    main = next((c for c in claims if c.statement.startswith("held-out") and "best control" in c.statement), None)
    if main is None or not controls:
        return ""
    best = max(controls, key=lambda claim: claim.value)
    name = best.statement.removeprefix(_CONTROL).removeprefix("held-out ").partition(" of ")[2]
    layer = finding.provenance.settings.get("layer")
    where = "" if layer is None else f" after layer {layer}"
    if isinstance(finding.artifact, Direction):
        first, second = finding.artifact.names
        what = f"A direction{where} tells {second} from {first}"
        told, control = f"for {100 * main.value:.1f} % of the rows held out", f"{100 * best.value:.1f} %"
    elif finding.artifact.of_classes:
        what = f"A linear readout{where} tells {len(finding.artifact.names)} classes apart"
        told, control = f"for {100 * main.value:.1f} % of the rows held out", f"{100 * best.value:.1f} %"
    else:
        what = f"A linear readout{where} gives {' and '.join(finding.artifact.names)}"
        told, control = f"with R^2 = {main.value:.2f} on rows held out", f"{best.value:.2f}"
    error = main.uncertainty or 0.0
    verdict = "" if main.value > best.value + 2 * error else ", so that nothing is shown that the control lacks"
    return f"{what} {told}; the best control, {name}, has {control}{verdict}.{_causal(claims)}"


def _causal(claims: Iterable[Measured]) -> str:
    """Whether the model uses the direction, where that was tried: it must do more than any random one."""
    moved = next((c for c in claims if c.statement.startswith("added to") and "random directions" in c.statement), None)
    if moved is None or moved.baseline is None:
        return ""
    if abs(moved.value) > moved.baseline + 2 * (moved.uncertainty or 0.0):
        way = "" if moved.value > 0 else "the other way, "
        return f" Added to the activations it moves the model's answer {way}further than random directions do."
    return " Added to the activations it moves the model's answer no further than random directions do."


def _measured(claims: Iterable[Claim]) -> Iterable[Measured]:
    return (claim for claim in claims if isinstance(claim, Measured))

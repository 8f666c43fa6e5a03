"""The job `probe`: a model and labelled texts become a direction or a readout, with every control beside it.

texts -> activations of a few layers -> a quick probe chooses the layer, on groups of its own -> the probe, its controls
and the causal check at that layer -> finding
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from ..artifacts.direction import Direction
from ..core.finding import Finding
from ..core.reporter import SILENT, Reporter
from ..datasets.people import people_texts
from ..datasets.places import place_texts
from ..datasets.statements import STATEMENTS, statements
from ..look.probes.difference_of_means import DifferenceOfMeans
from ..look.probes.estimators import Fit, means_fit, ridge_fit
from ..look.probes.evaluation import accuracy, explained, held_out
from ..look.probes.folds import grouped_folds
from ..look.probes.logistic_probe import LogisticProbe
from ..look.probes.ridge_probe import RidgeProbe
from ..subjects.labelled import Labelled
from ..subjects.labelled_site import label_sites
from ..subjects.labelled_texts import LabelledTexts, read_labelled_texts
from .resume import keep, resumed

METHODS = {"means": DifferenceOfMeans, "logistic": LogisticProbe}
_BUILT_IN = {"places": "names of cities, with latitude and longitude", "people": "names of people, with year of death"}
_LAYERS = 4
"""How many layers are tried where none is named."""
_SHARE = 0.25
"""The share of the groups that choose the layer, and that the probe never sees."""


@dataclass(frozen=True)
class Probed:
    """Texts and the layer that was chosen for them; `tried` is what the quick probe measured at each layer."""

    labelled: Labelled
    layer: int
    tried: tuple[tuple[int, float], ...]
    model: str = ""


def list_texts() -> list[tuple[str, str]]:
    """The built-in sets of labelled texts, each with its one line."""
    return [(name, "true and false statements") for name in STATEMENTS] + list(_BUILT_IN.items())


def find_texts(
    text: str, *, label: str | None = None, target: Sequence[str] = (), column: str | None = None,
    group: str | None = None, count: int = 400, seed: int = 0,
) -> LabelledTexts:  # fmt: skip
    """A built-in set of that name, or a .csv with a column of texts and a `label` or `target` columns.

    Raises ValueError.
    """
    if text in STATEMENTS:
        return statements(text, count, seed)
    if text in _BUILT_IN:
        return place_texts(count, seed) if text == "places" else people_texts(count, seed)
    path = Path(text)
    if path.suffix.lower() not in (".csv", ".tsv"):
        known = ", ".join(name for name, _ in list_texts())
        raise ValueError(f"texts {text!r} are no .csv or .tsv file, and not built in; the built-in ones are {known}")
    return read_labelled_texts(path, text=column, label=label, target=tuple(target), group=group)


def activations(
    model: Any, texts: LabelledTexts, *, layer: int | None = None, answers: Sequence[str] = (), seed: int = 0,
    reporter: Reporter = SILENT,
) -> Probed:  # fmt: skip
    """The activations after `layer`, or after that one of a few in the middle where a quick probe does best.

    The groups that choose the layer are left out of what is returned. Raises ValueError for a layer that is not there.
    """
    depth, name = len(model.layers), str(getattr(model, "name", ""))
    if layer is not None and not 0 <= layer < depth:
        raise ValueError(f"layer={layer} is not among the model's {depth} layers; give 0 to {depth - 1}")
    if layer is not None:
        path = model.layers[layer]
        labelled = label_sites(model, [path], texts, shuffle_seed=seed, answers=answers, reporter=reporter)[path]
        return Probed(labelled, layer, (), name)
    generator = np.random.default_rng(seed)
    chosen = sorted({round(depth * (i + 1) / (_LAYERS + 1)) for i in range(_LAYERS)})
    first = grouped_folds(texts.groups, max(2, round(1 / _SHARE)), generator)[0]
    found = label_sites(model, [model.layers[i] for i in chosen], texts.select(first), reporter=reporter)
    tried = [(i, _quick(found[model.layers[i]], generator)) for i in chosen]
    best = max(tried, key=lambda one: one[1])[0]
    rest = np.setdiff1d(np.arange(texts.rows), first)
    path = model.layers[best]
    kept = texts.select(rest)
    labelled = label_sites(model, [path], kept, shuffle_seed=seed, answers=answers, reporter=reporter)[path]
    return Probed(labelled, best, tuple(tried), name)


def open_probe(
    probed: Probed, *, method: str = "means", seed: int = 0, reporter: Reporter = SILENT, checkpoint: Path | None = None
) -> Finding[Any]:
    """Two classes become a direction, numbers a linear readout; the layer and how it was chosen are told with it.

    Raises ValueError for an unknown method.
    """
    refuse_method(method)
    opener: Any = METHODS[method]() if probed.labelled.is_classes else RidgeProbe()
    found = resumed(checkpoint, opener, probed.labelled, seed)
    if found is None:
        found = opener.explain(probed.labelled, seed, reporter=reporter, checkpoint=checkpoint)
        keep(found, checkpoint)
    tried = "".join(f", {value:.3f} at layer {layer}" for layer, value in probed.tried)
    route = f"layer {probed.layer}" + (f", chosen on rows of its own by a quick probe{tried}" if tried else "")
    labelled = probed.labelled
    settings = {**found.provenance.settings, "table": labelled.title, "layer": probed.layer, "model": probed.model}
    settings["notes"] = [_told(labelled), route]
    if isinstance(found.artifact, Direction):
        found = replace(found, artifact=replace(found.artifact, site=f"layer {probed.layer}"))
    return replace(found, provenance=replace(found.provenance, settings=settings, route=route))


def _told(labelled: Labelled) -> str:
    groups = len(set(labelled.groups))
    return f"{labelled.rows} texts in {groups} groups, such as {labelled.texts[0]!r}; none of a group is on both sides"


def refuse_method(method: str) -> None:
    """Raises ValueError for an unknown method, before a model is loaded."""
    if method not in METHODS:
        raise ValueError(f"method={method!r} is unknown; give one of {', '.join(METHODS)}")


def _quick(labelled: Labelled, generator: np.random.Generator) -> float:
    """Held-out accuracy or R^2 of a cheap probe."""
    fit: Fit = means_fit() if labelled.is_classes else ridge_fit((0.1,))
    measure = accuracy if labelled.is_classes else explained
    y = labelled.targets
    folds = min(4, len(set(labelled.groups)))
    parts = grouped_folds(labelled.groups, folds, generator)
    return measure(held_out(fit, labelled.values, y, labelled.groups, parts, generator), y)

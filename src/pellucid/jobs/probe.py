"""The job `probe`: a model and labelled texts become a direction or a readout, with every control beside it.

texts -> activations of a few layers -> a quick probe chooses the layer, on groups of its own -> the probe, its controls
and the causal check at that layer -> finding
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ..artifacts.features.direction import Direction
from ..core.claim import Claim
from ..core.finding import Finding
from ..core.measurement import Evidence, measured_by, measurement
from ..core.reporter import SILENT, Reporter
from ..look.probes.difference_of_means import DifferenceOfMeans
from ..look.probes.logistic_probe import LogisticProbe
from ..look.probes.multinomial_probe import MultinomialProbe
from ..look.probes.nearest_means import NearestMeans
from ..look.probes.ridge_probe import RidgeProbe
from ..run.cached import cached
from ..subjects.models.labelled.labelled import Labelled
from ..subjects.models.labelled.labelled_reading import is_encoder
from ..subjects.models.labelled.labelled_site import label_sites
from ..subjects.models.labelled.labelled_texts import FIRST, MEAN, LabelledTexts
from .measured_again import found_again
from .probe_layer import ChosenLayer, choose_layer
from .sources import READERS
from .subjects.probe_texts import find_texts, group_warning, refuse_answers

METHODS = {"means": (DifferenceOfMeans, NearestMeans), "logistic": (LogisticProbe, MultinomialProbe)}
"""Each for two classes, and for more."""
READINGS = {"last": -1, "first": FIRST, "mean": MEAN}


@dataclass(frozen=True)
class Probed:
    """Texts and the layer that was chosen for them; `tried` is what the quick probe measured at each layer."""

    labelled: Labelled
    layer: int
    tried: tuple[tuple[int, float], ...]
    model: str = ""
    notes: tuple[str, ...] = ()


def activations(
    model: Any, texts: LabelledTexts, *, layer: int | None = None, answers: Sequence[str] = (),
    read: str | None = None, seed: int = 0, reporter: Reporter = SILENT, checkpoint: Path | None = None,
) -> Probed:  # fmt: skip
    """The activations after `layer`, or after that one of a few in the middle where a quick probe does best.

    The groups that choose the layer are left out of what is returned. `read` is "last" (token), "first" or "mean"; by
    default the last one, and the mean in an encoder, whose last token knows no more than the others. With `checkpoint`,
    what was read is kept there. Raises ValueError for a layer that is not there, and an unknown `read`.
    """
    depth, name = len(model.layers), str(getattr(model, "name", ""))
    if layer is not None and not 0 <= layer < depth:
        raise ValueError(f"layer={layer} is not among the model's {depth} layers; give 0 to {depth - 1}")
    refuse_reading(read)
    refuse_answers(texts, answers)
    if read is not None or (texts.position == -1 and is_encoder(model)):
        texts = replace(texts, position=READINGS[read or "mean"])

    def label(
        paths: Sequence[str], chosen: LabelledTexts, folder: str = "choosing", **given: Any
    ) -> dict[str, Labelled]:
        kept = None if checkpoint is None else checkpoint / folder
        return label_sites(model, paths, chosen, reporter=reporter, checkpoint=kept, **given)

    choice = ChosenLayer(layer, (), texts) if layer is not None else choose_layer(label, model.layers, texts, seed)
    path = model.layers[choice.layer]
    labelled = label([path], choice.texts, "reading", shuffle_seed=seed, answers=answers)[path]
    return Probed(labelled, choice.layer, choice.tried, name, tuple(_notes(texts, labelled)))


def _notes(texts: LabelledTexts, labelled: Labelled) -> Iterator[str]:
    """What a reader of the figures should know of how the texts were read."""
    if where := {FIRST: "the first token", MEAN: "the mean over the tokens"}.get(str(texts.position), ""):
        yield f"of each text, {where} is read"
    if labelled.shuffled is None:
        yield "most texts are too short for a control of their words in other orders"
    if warning := group_warning(texts):
        yield warning


def open_probe(
    probed: Probed, *, method: str = "means", seed: int = 0, reporter: Reporter = SILENT, checkpoint: Path | None = None
) -> Finding[Any]:
    """Two classes become a direction, more of them or numbers a linear readout; how the layer was chosen is told too.

    Raises ValueError for an unknown method.
    """
    refuse_method(method)
    opener: Any = RidgeProbe()
    if probed.labelled.is_classes:
        opener = METHODS[method][len(probed.labelled.names) > 2]()
    found = cached(opener, probed.labelled, seed, folder=checkpoint, reporter=reporter)
    tried = "".join(f", {value:.3f} at layer {layer}" for layer, value in probed.tried)
    what = "accuracy" if probed.labelled.is_classes else "rank correlation"
    route = f"layer {probed.layer}" + (
        f", chosen on groups of its own by the {what} of a quick probe{tried}" if tried else ""
    )
    found = replace(found, claims=measured_by("jobs.probe", found.claims))
    labelled = probed.labelled
    settings = {**found.provenance.settings, "table": labelled.title, "layer": probed.layer, "model": probed.model}
    settings["notes"] = [_told(labelled), route, *probed.notes]
    if isinstance(found.artifact, Direction):
        found = replace(found, artifact=replace(found.artifact, site=f"layer {probed.layer}"))
    return replace(found, provenance=replace(found.provenance, settings=settings, route=route))


@measurement("jobs.probe", on_data=True)
def _probed_again(evidence: Evidence) -> tuple[Claim, ...]:
    return found_again(evidence)


@READERS.add("probe")
def _read_again(
    text: str, seed: int, *, model: str, dtype: str = "float32", device: str = "cpu", layer: int | None = None,
    read: str | None = None, answers: Sequence[str] = (), **columns: Any,
) -> Labelled:  # fmt: skip
    """The activations of the same texts in the model that is named."""
    from ..subjects.models.loading.load_model import load_model

    texts = find_texts(text, **columns, seed=seed)
    opened = load_model(model, dtype=dtype, device=device)
    return activations(opened, texts, layer=layer, answers=tuple(answers), read=read, seed=seed).labelled


def _told(labelled: Labelled) -> str:
    groups = len(set(labelled.groups))
    return f"{labelled.rows} texts in {groups} groups, such as {labelled.texts[0]!r}; none of a group is on both sides"


def refuse_method(method: str) -> None:
    """Raises ValueError for an unknown method, before a model is loaded."""
    if method not in METHODS:
        raise ValueError(f"method={method!r} is unknown; give one of {', '.join(METHODS)}")


def refuse_reading(read: str | None) -> None:
    """Raises ValueError for an unknown place to read, before a model is loaded."""
    if read is not None and read not in READINGS:
        raise ValueError(f"read={read!r} is unknown; give one of {', '.join(READINGS)}")

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
from numpy.typing import NDArray

from ..artifacts.features.direction import Direction
from ..core.finding import Finding
from ..core.reporter import SILENT, Reporter
from ..datasets.text_sets import TEXT_SETS
from ..look.probes.difference_of_means import DifferenceOfMeans
from ..look.probes.estimators import means_fit, nearest_means_fit, ridge_fit
from ..look.probes.evaluation import accuracy, class_accuracy, held_out, rank_correlation
from ..look.probes.folds import group_numbers, grouped_folds, set_aside
from ..look.probes.logistic_probe import LogisticProbe
from ..look.probes.many_classes import one_hot, refuse_rare
from ..look.probes.multinomial_probe import MultinomialProbe
from ..look.probes.nearest_means import NearestMeans
from ..look.probes.ridge_probe import RidgeProbe
from ..run.cached import cached
from ..subjects.models.labelled import Labelled
from ..subjects.models.labelled_reading import is_encoder
from ..subjects.models.labelled_site import label_sites
from ..subjects.models.labelled_text_files import SUFFIXES, read_labelled_texts
from ..subjects.models.labelled_texts import FIRST, MEAN, LabelledTexts

METHODS = {"means": (DifferenceOfMeans, NearestMeans), "logistic": (LogisticProbe, MultinomialProbe)}
"""Each for two classes, and for more."""
READINGS = {"last": -1, "first": FIRST, "mean": MEAN}
_LAYERS = 4
"""How many layers are tried where none is named."""
_SHARE = 0.25
"""The share of the groups that choose the layer, and that the probe never sees."""
_FOLDS, _FEWEST = 5, 4
_QUICK, _QUICK_FOLDS = (1.0, 10.0, 100.0), 10


@dataclass(frozen=True)
class Probed:
    """Texts and the layer that was chosen for them; `tried` is what the quick probe measured at each layer."""

    labelled: Labelled
    layer: int
    tried: tuple[tuple[int, float], ...]
    model: str = ""
    notes: tuple[str, ...] = ()


def list_texts() -> list[tuple[str, str]]:
    """The built-in sets of labelled texts, each with its one line."""
    return [(name, TEXT_SETS[name].line) for name in TEXT_SETS]


def find_texts(
    text: str, *, label: str | None = None, target: Sequence[str] = (), column: str | None = None,
    group: str | None = None, classes: int | None = None, count: int = 400, seed: int = 0,
) -> LabelledTexts:  # fmt: skip
    """A built-in set of that name, or a .csv with a column of texts and a `label` or `target` columns.

    Raises ValueError, also for classes that are too rare to be told apart from the others.
    """
    path = Path(text)
    if path.suffix.lower() not in SUFFIXES:
        if text in TEXT_SETS:
            return TEXT_SETS[text].draw(count, seed)
        files, known = ", ".join(SUFFIXES), ", ".join(TEXT_SETS)
        raise ValueError(f"texts {text!r} are no {files} file, and not built in; the built-in ones are {known}")
    found = read_labelled_texts(path, text=column, label=label, target=tuple(target), group=group, classes=classes)
    if label is not None and len(found.names) > 2:
        refuse_rare(found.y, found.groups, found.names, _FOLDS)
    return found


def group_warning(texts: LabelledTexts) -> str:
    """What to say where no group was given and another column repeats: rows might know each other's answer."""
    if not texts.repeated:
        return ""
    shown = ", ".join(f"{name!r} ({count} values)" for name, count in texts.repeated[:3])
    return (
        f"no --group is given, so every text is a group of its own, though in {texts.rows} rows other columns repeat: "
        f"{shown}; where rows that share one say something about the same thing, the held-out figures are too good: "
        f"give --group {texts.repeated[0][0]}"
    )


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

    def label(paths: Sequence[str], chosen: LabelledTexts, folder: str, **given: Any) -> dict[str, Labelled]:
        kept = None if checkpoint is None else checkpoint / folder
        return label_sites(model, paths, chosen, reporter=reporter, checkpoint=kept, **given)

    tried, kept = [], texts
    if layer is None:
        generator = np.random.default_rng(seed)
        chosen = sorted({min(depth - 1, round(depth * (i + 1) / (_LAYERS + 1))) for i in range(_LAYERS)})
        first = _choosing(texts, generator)
        found = label([model.layers[i] for i in chosen], texts.select(first), "choosing")
        tried = [(i, _quick(found[model.layers[i]], generator)) for i in chosen]
        layer = max(tried, key=lambda one: one[1])[0]
        kept = texts.select(np.setdiff1d(np.arange(texts.rows), first))
    path = model.layers[layer]
    labelled = label([path], kept, "reading", shuffle_seed=seed, answers=answers)[path]
    where = {FIRST: "the first token", MEAN: "the mean over the tokens"}.get(str(texts.position), "")
    notes = [
        f"of each text, {where} is read" if where else "",
        ""
        if labelled.shuffled is not None
        else "most texts are too short for a control of their words in other orders",
        group_warning(texts),
    ]
    return Probed(labelled, layer, tuple(tried), name, tuple(note for note in notes if note))


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
    labelled = probed.labelled
    settings = {**found.provenance.settings, "table": labelled.title, "layer": probed.layer, "model": probed.model}
    settings["notes"] = [_told(labelled), route, *probed.notes]
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


def refuse_reading(read: str | None) -> None:
    """Raises ValueError for an unknown place to read, before a model is loaded."""
    if read is not None and read not in READINGS:
        raise ValueError(f"read={read!r} is unknown; give one of {', '.join(READINGS)}")


def refuse_answers(texts: LabelledTexts, answers: Sequence[str]) -> None:
    """Raises ValueError for one answer alone, and for answers where there are not two classes to move between."""
    if answers and (len(answers) < 2 or texts.y.ndim != 1 or len(texts.names) != 2):
        words = [answer.strip() for answer in answers]
        raise ValueError(f"answers={words}: give two next words, for a label of two classes")


def _choosing(texts: LabelledTexts, generator: np.random.Generator) -> NDArray[np.int64]:
    """The rows that choose the layer: whole groups. Raises ValueError where too few groups would be left of either."""
    several = texts.y.ndim == 1 and len(texts.names) > 1
    first = set_aside(texts.groups, texts.y.tolist() if several else [0] * texts.rows, _SHARE, _FOLDS, generator)
    groups = _groups(texts.groups)
    aside = _groups([texts.groups[int(i)] for i in first]) if len(first) else 0
    if aside < _FEWEST or groups - aside < _FOLDS:
        raise ValueError(
            f"{groups} groups are too few, or too unequal, to choose a layer on some and judge it on others; "
            "name a --layer, or give more rows"
        )
    return first


def _groups(groups: Sequence[str]) -> int:
    return int(group_numbers(groups).max()) + 1


def _quick(labelled: Labelled, generator: np.random.Generator) -> float:
    """Held-out accuracy, or rank correlation, of a cheap probe: with few groups R^2 tells of their levels mostly."""
    y, fit, measure = labelled.targets, ridge_fit(_QUICK), _ranked
    if labelled.is_classes and len(labelled.names) > 2:
        y, fit, measure = one_hot(labelled), nearest_means_fit(), class_accuracy
    elif labelled.is_classes:
        fit, measure = means_fit(), accuracy
    parts = grouped_folds(labelled.groups, min(_QUICK_FOLDS, _groups(labelled.groups)), generator)
    return measure(held_out(fit, labelled.values, y, labelled.groups, parts, generator), y)


def _ranked(told: NDArray[np.float64], y: NDArray[np.float64]) -> float:
    return float(np.mean([rank_correlation(told[:, i], y[:, i]) for i in range(y.shape[1])]))

"""The job `steer`: a model goes on with prompts while features of a dictionary are steered; or many are tried on text.

folder -> dictionary, its place in the model -> Steering (prompts) or FeatureSteering (text) -> finding
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ...artifacts.audits.steered_texts import SteeredTexts
from ...artifacts.audits.steering_effects import SteeringEffects
from ...artifacts.features.dictionary import Dictionary
from ...artifacts.features.dictionary_files import read_dictionary
from ...artifacts.features.feature_atlas import FeatureAtlas
from ...core.finding import Finding, load_finding
from ...core.reporter import SILENT, Reporter
from ...look.dictionaries.dictionary_at_site import DictionaryAtSite
from ...look.steering.feature_steering import FeatureSteering
from ...look.steering.feature_steps import FeatureStep
from ...look.steering.steered_model import SteeredModel
from ...look.steering.steering import Steering
from ...run.cached import cached
from ...subjects.models.language_model import LanguageModel
from ...subjects.models.site import Site
from ..dictionary_choice import layer_path
from ..subjects.corpus import READING, Corpus

__all__ = ["Place", "steer", "try_features"]


@dataclass(frozen=True, eq=False)
class Place:
    """A dictionary, where in a model it was made, and what a survey saw of its features, as far as a folder says."""

    dictionary: Dictionary
    path: str = ""
    atlas: FeatureAtlas | None = None
    model: str = ""
    """The model's name, as the folder has it."""

    @classmethod
    def of(cls, folder: Path | str) -> Place:
        """From a finding of `pellucid features`, or the folder of another library. Raises ValueError for another."""
        dictionary = read_dictionary(folder)
        if not (Path(folder) / "finding.json").is_file():
            return cls(dictionary)
        finding = load_finding(folder)
        told, atlas = finding.provenance.settings, finding.parts.get("atlas")
        path = str(told.get("target") or told.get("layer") or "").split(", ")[-1]
        known = atlas if isinstance(atlas, FeatureAtlas) else None
        return cls(dictionary, path, known, str(told.get("model") or ""))

    def at(self, model: LanguageModel, layer: str | None) -> str:
        """The module path in a model: of the `layer` asked for, or as the folder says. Raises ValueError."""
        if layer is None and not self.path:
            raise ValueError("the dictionary does not say where it belongs; name its layer with --layer")
        path = self.path if layer is None else layer_path(model, layer)
        width, written = self._width(model, path), self.dictionary.width_out
        last = self.dictionary.sites[-1][1] if self.dictionary.sites else written
        if width is not None and width != last:
            raise ValueError(f"{path!r} of {model.name!r} has width {width}, the dictionary {last}; name its own layer")
        return path

    def notes_on(self, steps: Iterable[FeatureStep]) -> list[str]:
        """How strong the steps are, against the strongest firing that was seen."""
        if self.atlas is None:
            return []
        most = {step.feature: float(self.atlas.maximum[step.feature]) for step in steps}
        return [f"feature {feature} was seen to fire at {largest:.3g} at most" for feature, largest in most.items()]

    @staticmethod
    def _width(model: LanguageModel, path: str) -> int | None:
        import torch

        tokens = torch.tensor([[*model.frame[0], 0, 0]])
        return Site(model, path, tokens).width


def steer(
    model: LanguageModel, place: Place, steps: Iterable[FeatureStep], prompts: Iterable[str], *,
    layer: str | None = None, method: Steering | None = None, seed: int = 0, reporter: Reporter = SILENT,
    checkpoint: Path | None = None,
) -> Finding[SteeredTexts]:  # fmt: skip
    """What the model writes with the features steered, by itself, and along random directions. Raises ValueError."""
    subject = SteeredModel(model, place.dictionary, place.at(model, layer), tuple(prompts), tuple(steps))
    found = cached(method or Steering(), subject, seed, folder=checkpoint, reporter=reporter)
    return _told(found, subject.path, model, place.notes_on(subject.steps))


def try_features(
    model: LanguageModel, place: Place, corpus: Corpus | Iterable[str], *, features: int = 100,
    layer: str | None = None, method: FeatureSteering | None = None, length: int = 64, seed: int = 0,
    reporter: Reporter = SILENT, checkpoint: Path | None = None,
) -> Finding[SteeringEffects]:  # fmt: skip
    """Each of the `features` of the largest effect (else the most active) added at every token of some text.

    Raises ValueError for too little text.
    """
    method = method or FeatureSteering(features=features)
    if place.atlas is not None and not method.chosen:
        method = replace(method, chosen=tuple(place.atlas.by_effect()[: method.features].tolist()))
    drawn = Corpus.of(corpus).drawn(READING.letters * 64 * length, seed)
    rows = model.tokens(drawn.written(model.tokenizer), length)[:64]
    site = Site(model, place.at(model, layer), rows)
    found = cached(method, DictionaryAtSite(place.dictionary, site), seed, folder=checkpoint, reporter=reporter)
    return _told(found, site.path, model, [])


def _told(found: Finding[Any], path: str, model: LanguageModel, notes: list[str]) -> Finding[Any]:
    settings = {**found.provenance.settings, "model": model.name, "layer": path, "notes": notes}
    return replace(found, provenance=replace(found.provenance, settings=settings))

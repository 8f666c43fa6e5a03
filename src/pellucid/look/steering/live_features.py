"""A model and a dictionary at hand: what fires in a text that someone types, and what steering does to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import torch

from ...artifacts.features.dictionary import Dictionary
from ...artifacts.features.feature_atlas import FeatureAtlas
from ...subjects.models.hooks import device_of, evaluating, run
from ...subjects.models.language_model import LanguageModel
from .feature_steps import FeatureStep
from .steered_model import SteeredModel
from .steering import Steering

__all__ = ["LiveFeatures"]


@dataclass(frozen=True, eq=False)
class LiveFeatures:
    """`path` is where the dictionary reads and writes. Raises ValueError for a dictionary that reads several places."""

    model: LanguageModel
    dictionary: Dictionary
    path: str
    atlas: FeatureAtlas | None = None

    longest: ClassVar[int] = 512
    """Tokens of a text: what a processor runs while someone waits."""

    def __post_init__(self) -> None:
        if len(self.dictionary.sites) > 1:
            names = ", ".join(name for name, _ in self.dictionary.sites)
            raise ValueError(f"the dictionary reads {names} at once; give one of a single place")

    def fire(self, text: str, most: int = 8) -> list[dict[str, Any]]:
        """Each token of a text with the `most` features that fire there, the strongest first.

        A feature's share is of the strongest firing that was seen, where that is known. Raises ValueError for an empty
        text, and one that is too long.
        """
        start = list(self.model.frame[0])
        ids = [*start, *self.model.encode([text])[0]]
        limit = min(self.longest, self.model.context)
        if not len(start) < len(ids) <= limit:
            raise ValueError(f"the text has {len(ids) - len(start)} tokens; give from 1 to {limit - len(start)}")
        with evaluating(self.model.model):
            inputs = {"input_ids": torch.tensor([ids], device=device_of(self.model))}
            _, found = run(self.model, inputs, read=self.path)
        codes = self.dictionary.encode(found[self.path][0, len(start) :].float().to(self.dictionary.device))
        values, places = codes.values.float().cpu().sort(dim=1, descending=True)
        features = codes.indices.cpu().gather(1, places)
        words = self.model.words(ids[len(start) :])
        rows = zip(words, values[:, :most].tolist(), features[:, :most].tolist(), strict=True)
        return [{"word": word, "features": [self._named(*pair) for pair in zip(f, v, strict=True) if pair[1] > 0]}
                for word, v, f in rows]  # fmt: skip

    def steer(self, prompt: str, steps: list[str], tokens: int) -> dict[str, Any]:
        """What the model writes by itself, steered, and along a random direction; how far that moves it."""
        told = SteeredModel(self.model, self.dictionary, self.path, (prompt,), tuple(map(FeatureStep.parse, steps)))
        if not 0 < tokens <= self.longest:
            raise ValueError(f"tokens={tokens} is none; use 1 to {self.longest}")
        found = Steering(tokens=tokens, randoms=2).explain(told).artifact
        names = ("plain", "steered", "drawn", "kl", "drawn_kl", "plain_perplexity", "steered_perplexity")
        return {name: _plain(getattr(found, name)[0]) for name in names} | {"promoted": list(found.promoted)}

    def _named(self, feature: int, value: float) -> dict[str, Any]:
        if self.atlas is None:
            return {"id": feature, "value": value, "share": None, "name": ""}
        largest = float(self.atlas.maximum[feature])
        count = self.atlas.example_rows.shape[1] - self.atlas.spread
        seen = [self.atlas.example(feature, number) for number in range(count)]
        words = dict.fromkeys(max(one, key=lambda pair: pair[1])[0].strip() for one in seen if one)
        name = " ".join(word for word in words if word.isprintable())[:60]
        return {"id": feature, "value": value, "share": value / largest if largest > 0 else None, "name": name}


def _plain(value: str | float) -> str | float | None:
    """Without infinity, which JSON has not."""
    return value if isinstance(value, str) or np.isfinite(value) else None

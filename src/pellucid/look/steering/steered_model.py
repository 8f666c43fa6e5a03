"""A model, a dictionary of one of its places, what is to be done to features there, and prompts."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import ClassVar

from ...artifacts.features.dictionary import Dictionary
from ...core.subject import Subject
from ...subjects.models.hooks import paths
from ...subjects.models.language_model import LanguageModel
from ...subjects.models.sampled_weights import sampled_weights
from .feature_steps import FeatureStep, refuse_steps

__all__ = ["SteeredModel"]


@dataclass(frozen=True, eq=False)
class SteeredModel(Subject):
    """`path` is where the dictionary writes. Raises ValueError for no prompt or step, and unknown features."""

    made_by: ClassVar[str] = "SteeredModel(model, dictionary, path, prompts, steps)"

    model: LanguageModel
    dictionary: Dictionary
    path: str
    prompts: tuple[str, ...]
    steps: tuple[FeatureStep, ...]

    def __post_init__(self) -> None:
        paths(self.model, self.path)
        if not self.prompts or not all(prompt.strip() for prompt in self.prompts):
            raise ValueError("a prompt is empty; give a text that the model goes on with")
        if not self.steps:
            raise ValueError("no feature is steered; give a step, such as 1792=+8")
        named = [step.feature for step in self.steps]
        if len(set(named)) < len(named):
            raise ValueError(f"features {named} name one twice; give one step for each")
        here = self.dictionary.width == self.dictionary.width_out and len(self.dictionary.sites) < 2
        refuse_steps(self.dictionary, self.steps, here and self.dictionary.kind_of != "Transcoder")

    def fingerprint(self) -> str:
        """SHA-256 of the dictionary, the steps, the prompts and a sample of the weights."""
        told = repr((self.path, self.prompts, self.steps))
        digest = hashlib.sha256(told.encode())
        for name, content in sorted(self.dictionary.files().items()):
            digest.update(name.encode() + content)
        for content in sampled_weights(self.model.model):
            digest.update(content)
        return digest.hexdigest()

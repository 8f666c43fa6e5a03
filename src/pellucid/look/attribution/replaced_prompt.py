"""A prompt in a model, with transcoders that stand for its feed-forward parts."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import ClassVar

import torch
from jaxtyping import Int
from torch import Tensor

from ...artifacts.features.replacement_model import ReplacementModel
from ...core.subject import Subject
from ...subjects.models.language_model import LanguageModel
from ...subjects.models.sampled_weights import sampled_weights

__all__ = ["ReplacedPrompt"]


@dataclass(frozen=True, eq=False)
class ReplacedPrompt(Subject):
    """A text that `model` is to go on with, and transcoders of all its layers.

    Raises ValueError for an empty text, and transcoders of another model.
    """

    made_by: ClassVar[str] = "ReplacedPrompt(model, transcoders, text)"

    model: LanguageModel
    replacement: ReplacementModel
    text: str

    def __post_init__(self) -> None:
        if not self.text.strip():
            raise ValueError("the prompt is empty; give a text that the model is to go on with")
        names = {name for name, _ in self.model.model.named_modules()}
        missing = [path for path in self.replacement.writes if path not in names]
        if missing or {one.width_out for one in self.replacement.dictionaries} != {self.model.width}:
            what = f"write to {missing[0]!r}" if missing else "have another width"
            raise ValueError(f"the transcoders {what}, which is not of {self.model.name}; give those of this model")

    @property
    def tokens(self) -> Int[Tensor, "1 length"]:
        """The prompt as the model reads it, with its beginning of a text where it has one."""
        ids = [*self.model.frame[0], *self.model.encode([self.text])[0]]
        if not 2 <= len(ids) <= self.model.context:
            raise ValueError(f"the prompt has {len(ids)} tokens; give 2 to {self.model.context}")
        return torch.tensor([ids])

    def fingerprint(self) -> str:
        """SHA-256 of the text, of the weights, and of the transcoders."""
        digest = hashlib.sha256(self.text.encode())
        for weight in sampled_weights(self.model):
            digest.update(weight)
        for one in self.replacement.dictionaries:
            for value in (one.encoder, one.decoder):
                flat = value.detach().reshape(-1)
                digest.update(flat[:: max(1, len(flat) // 4096)].float().cpu().numpy().tobytes())
        return digest.hexdigest()

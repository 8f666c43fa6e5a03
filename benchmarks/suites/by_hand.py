"""What is needed to look into a model by hand: a tokenizer of numbers, hooks, and comparisons."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

from pellucid.artifacts.features.dictionary import Dictionary
from pellucid.subjects.models.contrast import Contrast
from pellucid.subjects.models.language_model import LanguageModel
from pellucid.subjects.models.model_inputs import ModelInputs

from .model_families import VOCABULARY


class Numbers:
    """A tokenizer of numbers; 3 is the mask."""

    bos_token_id, eos_token_id, pad_token_id, mask_token_id = 1, 2, 0, 3
    all_special_ids = (0, 1, 2, 3)

    def __call__(self, texts: list[str], **given: Any) -> dict[str, Any]:
        return {"input_ids": [[int(word) % VOCABULARY for word in text.split()] for text in texts]}

    def batch_decode(self, rows: list[list[int]]) -> list[str]:
        return [str(row[0]) for row in rows]


def head_exchanged(
    forward: Callable[[ModelInputs], Any], projection: Any, fit: Contrast, head: int, heads: int, place: int | None
) -> torch.Tensor:
    """The logits of the clean text with a head's output, at all tokens or at one, of the corrupted one."""
    seen: list[torch.Tensor] = []
    handle = projection.register_forward_pre_hook(lambda module, args: seen.append(args[0].clone()))
    forward(ModelInputs.of(fit.corrupted))
    handle.remove()

    def put(module: Any, args: Any) -> Any:
        x, shape = args[0].clone(), (*fit.clean.shape, heads, -1)
        places = slice(None) if place is None else place
        x.view(shape)[:, places, head] = seen[0].view(shape)[:, places, head]
        return (x, *args[1:])

    handle = projection.register_forward_pre_hook(put)
    try:
        return forward(ModelInputs.of(fit.clean)).logits
    finally:
        handle.remove()


def contrast_of(model: LanguageModel) -> Contrast:
    """Four rows of which one number differs."""
    clean = torch.randint(4, VOCABULARY, (4, 8), generator=torch.Generator().manual_seed(4))
    corrupted = clean.clone()
    corrupted[:, 2] = 4 + (clean[:, 2] + 1) % (VOCABULARY - 4)
    return Contrast(model, clean, corrupted, torch.tensor([5, 6, 7, 8]), torch.tensor([9, 10, 11, 12]))


def taken_away(dictionary: Dictionary, feature: int) -> tuple[Callable[[torch.Tensor], torch.Tensor], list[int]]:
    """A hook that takes away what a feature writes, and how often it did."""
    count: list[int] = []

    def without(x: torch.Tensor) -> torch.Tensor:
        codes = dictionary.encode(x.reshape(-1, x.shape[-1]))
        strength = (codes.values * (codes.indices == feature)).sum(1).reshape(*x.shape[:-1], 1)
        count.append(int((strength > 0).sum()))
        return x - strength * dictionary.decoder[feature]

    return without, count


def three_axes(output: Any) -> torch.Tensor:
    """Three axes of logits; of a model without any the first tensor that it puts out, as the methods take it."""
    found = getattr(output, "logits", None)
    found = found if found is not None else next(value for value in output.values() if isinstance(value, torch.Tensor))
    return found if found.ndim == 3 else found[:, None]


def same(found: torch.Tensor, expected: torch.Tensor, tolerance: float = 1e-4) -> None:
    expected = expected.to(found)
    scale = float(expected.abs().max())
    assert torch.allclose(found, expected, rtol=tolerance, atol=tolerance * max(scale, 1e-2)), (
        f"{found.flatten()[:2].tolist()} for {expected.flatten()[:2].tolist()}"
    )

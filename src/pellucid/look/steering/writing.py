"""Writing on: a model goes on with rows of tokens, while what a module puts out is edited."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from jaxtyping import Float, Int
from torch import Tensor

from ...core.reporter import SILENT, Reporter
from ...subjects.models.hooks import Edit, device_of, evaluating, logits_of, run
from ...subjects.models.language_model import LanguageModel

__all__ = ["log_probabilities", "text_of", "write_on"]


def log_probabilities(
    model: LanguageModel, ids: Int[Tensor, "rows length"], edits: Mapping[str, Edit]
) -> Float[Tensor, "rows length vocabulary"]:
    """Of every next token. Raises ValueError where the model says nothing about words at each place."""
    with evaluating(model.model):
        output, _ = run(model, {"input_ids": ids.to(device_of(model))}, edits=edits)
    logits = logits_of(output)
    if logits.ndim != 3 or logits.shape[:2] != ids.shape:
        raise ValueError(f"model {model.name!r} predicts no next token at each place; give a causal language model")
    return logits.float().log_softmax(-1).cpu()


def write_on(
    model: LanguageModel, ids: Int[Tensor, "rows length"], edits: Mapping[str, Edit], tokens: int, *,
    temperature: float = 0.0, generator: torch.Generator | None = None, reporter: Reporter = SILENT,
) -> Int[Tensor, "rows longer"]:  # fmt: skip
    """All rows with up to `tokens` more each; greedily at temperature 0. Ends early where every row has ended.

    Raises ValueError beyond the model's context.
    """
    if ids.shape[1] + tokens > model.context:
        told = f"{ids.shape[1]} tokens of prompt and {tokens} more"
        raise ValueError(f"{told} are beyond the context of {model.context}; give a shorter prompt, or fewer tokens")
    end = getattr(model.tokenizer, "eos_token_id", None)
    ended = torch.zeros(len(ids), dtype=torch.bool)
    for _ in range(tokens):
        logits = log_probabilities(model, ids, edits)[:, -1]
        if temperature > 0:
            chosen = torch.multinomial((logits / temperature).softmax(-1), 1, generator=generator)[:, 0]
        else:
            chosen = logits.argmax(-1)
        if end is not None:
            chosen = chosen.masked_fill(ended, int(end))
            ended |= chosen == int(end)
        ids = torch.cat([ids, chosen[:, None]], 1)
        reporter.advance(1)
        if end is not None and ended.all():
            break
    return ids


def text_of(model: LanguageModel, ids: Int[Tensor, " length"]) -> str:
    """The words of a continuation up to its end."""
    end: Any = getattr(model.tokenizer, "eos_token_id", None)
    known = ids.tolist()
    known = known[: known.index(end)] if end in known else known
    return "".join(model.words(known))

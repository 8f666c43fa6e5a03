"""Texts as rows of tokens: which are held out and which are trained on, and which tokens of them are no text."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from jaxtyping import Int
from torch import Tensor

from ...subjects.models.language_model import LanguageModel
from .corpus import READING, Corpus


def special_tokens_note(model: LanguageModel, ids: Int[Tensor, "rows length"], excluded: tuple[int, ...]) -> str:
    """Which tokens that are no text are in the rows, how often, and which tokens are left out."""
    known = {*model.special_tokens.values(), *(getattr(model.tokenizer, "all_special_ids", None) or [])}
    counts = {token: int((ids == token).sum()) for token in sorted(known)}
    parts = []
    for token, count in counts.items():
        if count:
            first = int((ids[:, 0] == token).sum())
            where = (
                "" if not first else ", each the first of a row" if first == count else f", {first:,} first in a row"
            )
            parts.append(f"{model.words([token])[0]!r} {count:,} times{where}")
    text = f"special tokens: {'; '.join(parts) or 'none'}"
    if excluded:
        count = int(torch.isin(ids, torch.tensor(excluded)).sum())
        text += f". Left out: {', '.join(map(repr, model.words(excluded)))} ({count:,} tokens)"
    return text


@dataclass(frozen=True)
class Split:
    """Rows of tokens that are held out, those that are trained on, and where both come from."""

    held: Int[Tensor, "held length"]
    train: Int[Tensor, "train length"]
    note: str


def split_tokens(model: LanguageModel, corpus: Corpus, tokens: int, length: int, seed: int) -> Split:
    """Held-out and training rows of tokens: texts in random order, the first of them held out. Raises ValueError."""
    drawn = corpus.drawn(READING.letters * tokens, seed)
    ids = model.tokens(drawn.written(model.tokenizer), length)[: tokens // length]
    held = min(max(4, round(READING.held_out * len(ids))), max(4, READING.most_held // length))
    if len(ids) < READING.fewest:
        few = f"fewer than {READING.fewest} sequences of {length}"
        raise ValueError(f"the text has {ids.numel():,} tokens, {few}; give more text")
    return Split(ids[:held], ids[held:], drawn.note)

"""Texts for the jobs on language models: from files, or those that come with Python, and which of them are held out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import torch
from jaxtyping import Int
from torch import Tensor

from ..datasets.python_texts import python_texts
from ..subjects.models.language_model import LanguageModel
from ..subjects.models.text_files import read_texts


@dataclass(frozen=True)
class Reading:
    """How much text is read, and how it is split; none of these decides what is found, only how well it is known."""

    tokens: int = 200_000
    """Tokens without a wish: what two cores read in minutes."""
    held_out: float = 0.15
    """The share of the tokens that a dictionary never sees, on which it is judged."""
    most_held: int = 32_768
    """No more tokens than this are held out: errors fall with the square root of them, and judging takes time."""
    letters: int = 8
    """Letters read for each token: more than a token has, on average, in most texts."""
    fewest: int = 20
    """Sequences, of which a few are held out; of fewer nothing could be measured."""


READING = Reading()


@dataclass(frozen=True)
class Corpus:
    """Texts, and what they are called in the report.

    >>> Corpus(("a text", 3), "mine")
    Traceback (most recent call last):
    ...
    ValueError: texts hold a int; give strings
    """

    texts: tuple[str, ...]
    name: str

    def __post_init__(self) -> None:
        other = next((text for text in self.texts if not isinstance(text, str)), None)
        if other is not None:
            raise ValueError(f"texts hold a {type(other).__name__}; give strings")

    @classmethod
    def of(cls, texts: Corpus | Iterable[str]) -> Corpus:
        """A corpus as it is; texts as one without a name of its own."""
        return texts if isinstance(texts, Corpus) else cls(tuple(texts), "texts")


def find_corpus(path: Path | None, *, tokens: int = READING.tokens, seed: int = 0, column: str = "text") -> Corpus:
    """The texts of a file or folder; without one, those that come with Python. Raises ValueError."""
    if path is None:
        return Corpus(tuple(python_texts(tokens * READING.letters, seed)), "the texts of Python's own library")
    return Corpus(tuple(read_texts(path, column)), path.resolve().name)


def refuse_other_models(model: object) -> None:
    """Raises ValueError for a network without its tokenizer."""
    if not isinstance(model, LanguageModel):
        raise ValueError(
            f"model is a {type(model).__name__}; give load_model(name), or LanguageModel(model, tokenizer)"
        )


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


def split_tokens(
    model: LanguageModel, corpus: Corpus, tokens: int, length: int, seed: int
) -> tuple[Int[Tensor, "held length"], Int[Tensor, "train length"]]:
    """Held-out and training rows of tokens: texts in random order, the first of them held out. Raises ValueError."""
    order = torch.randperm(len(corpus.texts), generator=torch.Generator().manual_seed(seed)).tolist()
    chosen: list[str] = []
    letters = 0
    for i in order:
        chosen.append(corpus.texts[i])
        letters += len(corpus.texts[i])
        if letters >= READING.letters * tokens:
            break
    ids = model.tokens(chosen, length)[: tokens // length]
    held = min(max(4, round(READING.held_out * len(ids))), max(4, READING.most_held // length))
    if len(ids) < READING.fewest:
        few = f"fewer than {READING.fewest} sequences of {length}"
        raise ValueError(f"the text has {ids.numel():,} tokens, {few}; give more text")
    return ids[:held], ids[held:]

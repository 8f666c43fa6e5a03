"""Texts for the jobs on language models: from files, or those that come with Python, and which of them are held out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import torch

from ...datasets.python_texts import python_texts
from ...subjects.models.conversation import Conversation
from ...subjects.models.language_model import LanguageModel
from ...subjects.models.text_files import TextFiles, text_of


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
    """Texts (or conversations, or rows that have one in `column`) that can be read again, and what they are called.

    They are read one after another and need not fit in memory: a list, a `TextFiles`, a data set of Hugging Face.

    >>> list(Corpus(("a text", {"text": "another"}), "mine"))
    ['a text', 'another']
    >>> list(Corpus((3,), "mine"))
    Traceback (most recent call last):
    ...
    ValueError: text 1 of mine is a int; give text, or rows with a column 'text'
    """

    texts: Iterable[Any]
    name: str
    column: str = "text"

    @classmethod
    def of(cls, texts: Corpus | Iterable[Any]) -> Corpus:
        """A corpus as it is; texts as one without a name of its own. What can be read only once is kept."""
        if isinstance(texts, Corpus):
            return texts
        return cls(tuple(texts) if isinstance(texts, Iterator) else texts, "texts")

    def __iter__(self) -> Iterator[str | Conversation]:
        for number, row in enumerate(self.texts, 1):
            yield row if isinstance(row, Conversation) else text_of(row, self.column, f"text {number} of {self.name}")

    def drawn(self, letters: int, seed: int, *, share: int = 64) -> Drawn:
        """Texts in random order, until they have so many `letters`, of which only these are held in memory.

        Two passes: the first counts letters, the second picks. Of a stream no more is read than `share` times what is
        needed (a choice: so many times more text makes the draw as good as from all, if the stream is in no order).
        """
        lengths: list[int] = []
        left = share * letters
        unread = iter(self)
        for text in unread:
            lengths.append(text.letters if isinstance(text, Conversation) else len(text))
            left -= lengths[-1]
            if left <= 0:
                break
        order = torch.randperm(len(lengths), generator=torch.Generator().manual_seed(seed)).tolist()
        enough = int(np.searchsorted(np.cumsum([lengths[i] for i in order]), letters)) + 1
        chosen = frozenset(order[:enough])
        texts = {i: text for i, text in enumerate(islice(self, len(lengths))) if i in chosen}
        return Drawn({i: texts[i] for i in order[:enough]}, len(lengths), next(unread, None) is None)


@dataclass(frozen=True)
class Drawn:
    """Texts that were drawn, by their numbers, from how many, and whether these were all that there are."""

    texts: dict[int, str | Conversation]
    read: int
    to_the_end: bool

    def in_order(self) -> Drawn:
        """The same texts in the order of the corpus."""
        return replace(self, texts=dict(sorted(self.texts.items())))

    def written(self, tokenizer: Any) -> list[str]:
        """The texts; conversations as the model's template writes them. Raises ValueError where it has none."""
        return [text if isinstance(text, str) else text.written_by(tokenizer) for text in self.texts.values()]

    @property
    def note(self) -> str:
        """How much of the corpus the draw is from, for people."""
        return f"{len(self.texts):,} texts drawn from {'all' if self.to_the_end else 'the first'} {self.read:,}"


def find_corpus(path: Path | None, *, tokens: int = READING.tokens, seed: int = 0, column: str = "text") -> Corpus:
    """The texts of a file or folder; without one, those that come with Python. Raises ValueError."""
    if path is None:
        return Corpus(tuple(python_texts(tokens * READING.letters, seed)), "the texts of Python's own library")
    return Corpus(TextFiles(path, column).refuse_empty(), path.resolve().name, column)


def refuse_other_models(model: object) -> None:
    """Raises ValueError for a network without its tokenizer."""
    if not isinstance(model, LanguageModel):
        raise ValueError(
            f"model is a {type(model).__name__}; give load_model(name), or LanguageModel(model, tokenizer)"
        )

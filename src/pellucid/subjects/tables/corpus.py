"""Corpus: texts, and which source each of them is from: outlets, speakers, language models."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from ...core.subject import Subject
from .cells import is_missing
from .table import WORDS, naming_file, read_table

__all__ = ["Corpus", "read_corpus"]


@dataclass(frozen=True)
class Corpus(Subject):
    """Texts and their sources, one of each a document. Raises ValueError for empty texts and fewer than two sources.

    >>> Corpus(("it rains", "it snows"), ("north", "south")).names
    ('north', 'south')
    """

    texts: tuple[str, ...]
    sources: tuple[str, ...]
    title: str = ""
    notes: tuple[str, ...] = ()

    made_by: ClassVar[str] = "Corpus(texts, sources), or read_corpus(path, text=, source=)"

    def __post_init__(self) -> None:
        if len(self.texts) != len(self.sources):
            raise ValueError(f"{len(self.texts)} texts have {len(self.sources)} sources; give one to each text")
        if empty := [i for i, text in enumerate(self.texts) if not text.strip()]:
            raise ValueError(f"text {empty[0]} is empty; leave it out")
        if len(set(self.sources)) < 2:
            raise ValueError(f"there is {len(set(self.sources))} source; give documents of two or more to compare")

    @property
    def names(self) -> tuple[str, ...]:
        """The sources, those with most documents first."""
        return tuple(name for name, _ in Counter(self.sources).most_common())

    def fingerprint(self) -> str:
        return hashlib.sha256(repr((self.texts, self.sources)).encode()).hexdigest()


def read_corpus(path: Path | str, *, text: str = "text", source: str = "source") -> Corpus:
    """A row for each document, with the columns `text` and `source`. A text that stands twice is taken once.

    Raises ValueError, in one line that names file, column and remedy; OSError where the file cannot be read.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder) / "said.csv"
    ...     _ = file.write_text("source,text\\nnorth,it rains\\nsouth,it snows\\n")
    ...     read_corpus(file).texts
    ('it rains', 'it snows')
    """
    with naming_file(path):
        table = read_table(path, WORDS)
        texts, sources = table.find(text, "text").texts(), table.find(source, "source").texts()
        kept, seen = [], set()
        for i, pair in enumerate(zip(texts, sources, strict=True)):
            if not any(map(is_missing, pair)) and pair[0].strip() not in seen:
                kept.append(i)
                seen.add(pair[0].strip())
        lost = len(texts) - len(kept)
        notes = (f"{lost} of {len(texts)} rows lack a text or a source, or repeat a text, and are left out",) * (
            lost > 0
        )
        return Corpus(tuple(texts[i] for i in kept), tuple(sources[i] for i in kept), Path(path).stem, notes)

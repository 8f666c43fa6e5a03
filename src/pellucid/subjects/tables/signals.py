"""Signals: what an agent wrote, what it knew then, and the key that its receiver has."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from ...core.subject import Subject
from .cells import is_missing
from .table import WORDS, Table, naming_file, read_table

__all__ = ["Signals", "read_signals"]


@dataclass(frozen=True)
class Signals(Subject):
    """Messages, the answer that each should help to find, and the key of each ("" where there is none).

    Raises ValueError for columns of different length, fewer than 40 rows, and one answer alone.

    >>> Signals(("a", "b") * 20, ("yes", "no") * 20, ("",) * 40).answers
    ('no', 'yes')
    """

    messages: tuple[str, ...]
    truths: tuple[str, ...]
    keys: tuple[str, ...]
    title: str = ""

    made_by: ClassVar[str] = "Signals(messages, truths, keys), or read_signals(path)"

    def __post_init__(self) -> None:
        lengths = {len(self.messages), len(self.truths), len(self.keys)}
        if len(lengths) > 1 or min(lengths) < 40:
            raise ValueError(f"columns have {sorted(lengths)} rows; give 40 or more, as many of each")
        if len(self.answers) < 2:
            raise ValueError(f"the answer is always {self.truths[0]!r}; give rows of two answers or more")

    @property
    def answers(self) -> tuple[str, ...]:
        """All answers, in order."""
        return tuple(sorted(set(self.truths)))

    def fingerprint(self) -> str:
        return hashlib.sha256(repr((self.messages, self.truths, self.keys)).encode()).hexdigest()


def read_signals(path: Path | str, *, signal: str = "signal", state: str = "state", key: str = "") -> Signals:
    """A row for each message: the columns `signal`, `state` (the answer) and, where the receiver has one, `key`.

    Raises ValueError, in one line that names file, column and remedy; OSError where the file cannot be read.
    """
    with naming_file(path):
        table = read_table(path, WORDS)
        messages, truths = (_texts(table, name) for name in (signal, state))
        keys = _texts(table, key) if key else ("",) * len(messages)
        return Signals(messages, truths, keys, Path(path).stem)


def _texts(table: Table, name: str) -> tuple[str, ...]:
    column = table.find(name, "column")
    texts = column.texts()
    if missing := [i for i, text in enumerate(texts) if is_missing(text)]:
        raise ValueError(f"column {name!r} has no value in {table.where(missing)}; leave these rows out")
    return tuple(texts)

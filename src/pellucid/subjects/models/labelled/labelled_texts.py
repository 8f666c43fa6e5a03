"""Labelled texts: sentences with what is to be read out of a model's activations on them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import Any, ClassVar, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ....core.subject import Subject

Array = NDArray[np.float64]

SEPARATOR = "|"
"""Parts a group that belongs to several: a sentence about two cities is of the group "Paris|Rome"."""
FIRST, MEAN = "first", "mean"
Position: TypeAlias = int | str
"""Which token of a text is read: one from the end (-1), `FIRST`, or `MEAN` over all of them."""


def _refuse_position(position: Position) -> None:
    if isinstance(position, int) and position >= 0:
        raise ValueError(f"position={position} counts from the end; give -1 for the last token, -2, ...")
    if isinstance(position, str) and position not in (FIRST, MEAN):
        raise ValueError(f"position={position!r} is unknown; give a number from the end, 'first' or 'mean'")


@dataclass(frozen=True, eq=False)
class LabelledTexts(Subject):
    """`texts` (rows,) with `y` (rows,) or (rows, targets): class numbers where `names` are classes, or numbers.

    Rows of one group say something about the same thing, and are never on both sides of a split. `position` is the
    token that is read, counted from the end (-1: the last one of the text itself), "first" (an encoder's class token)
    or "mean" (over all tokens). `repeated` are columns that were not used, whose values come more than once. Raises
    ValueError for lengths that differ, no rows, NaN.

    >>> LabelledTexts(("Rome is in Italy.", "Rome is in Peru."), [1, 0], ("false", "true"), ("Rome", "Rome")).rows
    2
    """

    made_by: ClassVar[str] = "LabelledTexts(texts, y, names), or read_labelled_texts(path) for a table"

    texts: tuple[str, ...]
    y: Array
    names: tuple[str, ...]
    groups: tuple[str, ...] = ()
    position: Position = -1
    title: str = ""
    repeated: tuple[tuple[str, int], ...] = ()
    """Such a column, with how many values it has: rows that share one might belong into one group."""

    def __post_init__(self) -> None:
        texts = tuple(self.texts)
        y = np.array(self.y, dtype=np.float64)
        groups = tuple(self.groups) or tuple(str(i) for i in range(len(texts)))
        if not texts:
            raise ValueError("texts are empty; give at least one")
        if len(y) != len(texts) or len(groups) != len(texts):
            raise ValueError(f"{len(texts)} texts, {len(y)} y and {len(groups)} groups; give one of each for each row")
        if not np.isfinite(y).all():
            raise ValueError(f"y holds NaN or infinity, first in row {np.argwhere(~np.isfinite(y))[0][0]}; drop it")
        _refuse_position(self.position)
        for name, value in (("texts", texts), ("y", y), ("groups", groups), ("names", tuple(self.names))):
            object.__setattr__(self, name, value)

    @property
    def rows(self) -> int:
        return len(self.texts)

    def select(self, rows: Any) -> LabelledTexts:
        """Some of the rows.

        >>> texts = LabelledTexts(("Paris", "Rome", "Oslo"), np.array([0.0, 1.0, 1.0]), ("false", "true"))
        >>> texts.select([2, 0]).texts
        ('Oslo', 'Paris')
        """
        chosen = [int(i) for i in rows]
        texts, groups = tuple(self.texts[i] for i in chosen), tuple(self.groups[i] for i in chosen)
        return replace(self, texts=texts, y=self.y[chosen], groups=groups)

    def shuffled(self, generator: np.random.Generator) -> tuple[str, ...]:
        """Every text with its words in a random order, a full stop staying last: the same words, and no sentence.

        >>> texts = LabelledTexts(("Paris is in France.",), np.array([1.0]), ("y",))
        >>> sorted(texts.shuffled(np.random.default_rng(0))[0].lower().strip(".").split())
        ['france', 'in', 'is', 'paris']
        """
        found = []
        for text in self.texts:
            stop = "." if text.endswith(".") else ""
            words = text.removesuffix(".").split()
            found.append(" ".join(words[i] for i in generator.permutation(len(words))) + stop)
        return tuple(found)

    def fingerprint(self) -> str:
        """SHA-256 of texts, labels, groups and names."""
        told = (self.texts, self.groups, self.names, self.position, self.y.shape)
        return hashlib.sha256(repr(told).encode() + self.y.tobytes()).hexdigest()

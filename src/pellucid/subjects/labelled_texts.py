"""Labelled texts: sentences with what is to be read out of a model's activations on them; also read from .csv files."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

SEPARATOR = "|"
"""Parts a group that belongs to several: a sentence about two cities is of the group "Paris|Rome"."""
_TEXTS = ("text", "statement", "sentence", "prompt", "name")
_FALSE, _TRUE = ("false", "0", "no", "n"), ("true", "1", "yes", "y")


@dataclass(frozen=True, eq=False)
class LabelledTexts:
    """`texts` (rows,) with `y` (rows,) or (rows, targets): class numbers where `names` are classes, or numbers.

    Rows of one group say something about the same thing, and are never on both sides of a split. `position` is the
    token that is read, counted from the end (-1: the last one). Raises ValueError for lengths that differ, no rows,
    NaN.

    >>> LabelledTexts(("Rome is in Italy.", "Rome is in Peru."), [1, 0], ("false", "true"), ("Rome", "Rome")).rows
    2
    """

    texts: tuple[str, ...]
    y: Array
    names: tuple[str, ...]
    groups: tuple[str, ...] = ()
    position: int = -1
    title: str = ""

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
        if self.position >= 0:
            raise ValueError(f"position={self.position} counts from the end; give -1 for the last token, -2, ...")
        for name, value in (("texts", texts), ("y", y), ("groups", groups), ("names", tuple(self.names))):
            object.__setattr__(self, name, value)

    @property
    def rows(self) -> int:
        return len(self.texts)

    def select(self, rows: Any) -> LabelledTexts:
        """Some of the rows."""
        chosen = [int(i) for i in rows]
        texts, groups = tuple(self.texts[i] for i in chosen), tuple(self.groups[i] for i in chosen)
        return replace(self, texts=texts, y=self.y[chosen], groups=groups)

    def shuffled(self, generator: np.random.Generator) -> tuple[str, ...]:
        """Every text with its words in a random order, a full stop staying last: the same words, and no sentence."""
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


def read_labelled_texts(
    path: Path | str,
    *,
    text: str | None = None,
    label: str | None = None,
    target: Sequence[str] = (),
    group: str | None = None,
) -> LabelledTexts:
    """A .csv or .tsv with a column of text and either a `label` of two classes or `target` columns of numbers.

    `text` is by default the first column called text, statement, sentence, prompt or name; without `group` every
    text is its own. Raises ValueError in one line that names file, column, row and remedy.
    """
    path = Path(path)
    if (label is None) == (not target):
        raise ValueError("give either a label column (two classes) or target columns (numbers), not both or none")
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            rows = list(csv.DictReader(stream, delimiter="\t" if path.suffix.lower() == ".tsv" else ","))
    except UnicodeDecodeError:
        raise ValueError(f"{path.name}: no UTF-8 text; save it as UTF-8") from None
    if not rows:
        raise ValueError(f"{path.name}: no rows; give a header and at least one row")
    columns = [str(name) for name in rows[0] if name is not None]
    text = text or next((name for name in columns if name.lower() in _TEXTS), None)
    for name in (text, label, *target, group):
        if name is not None and name not in columns:
            raise ValueError(f"{path.name}: there is no column {name!r}; the columns are {', '.join(columns)}")
    if text is None:
        raise ValueError(f"{path.name}: no column is called {', '.join(_TEXTS)}; name the column of texts (text)")
    texts = tuple((row[text] or "").strip() for row in rows)
    if "" in texts:
        raise ValueError(f"{path.name}: row {texts.index('') + 1} has no text; remove it")
    groups = tuple(str(row[group]) for row in rows) if group else texts
    if label is not None:
        y, names = _classes([str(row[label] or "").strip() for row in rows], f"{path.name}: column {label!r}")
    else:
        y = np.stack([_column(rows, name, path.name) for name in target], 1)
        y, names = (y[:, 0] if len(target) == 1 else y), tuple(target)
    return LabelledTexts(texts, y, names, groups, title=path.stem)


def _classes(words: list[str], place: str) -> tuple[Array, tuple[str, ...]]:
    """Two classes as 0 and 1, false or the first one in the alphabet being 0."""
    kinds = sorted(set(words))
    if len(kinds) != 2:
        shown = ", ".join(map(repr, kinds[:6])) + (", ..." if len(kinds) > 6 else "")
        raise ValueError(f"{place} has {len(kinds)} classes ({shown}); give two")
    if kinds[0].lower() in _TRUE and kinds[1].lower() in _FALSE:
        kinds.reverse()
    truth = kinds[0].lower() in _FALSE and kinds[1].lower() in _TRUE
    return np.array([float(word == kinds[1]) for word in words]), ("false", "true") if truth else tuple(kinds)


def _column(rows: list[dict[str, str]], name: str, file: str) -> Array:
    found = np.empty(len(rows))
    for i, row in enumerate(rows):
        try:
            found[i] = float(row[name])
        except (TypeError, ValueError):
            raise ValueError(f"{file}: column {name!r}, row {i + 1}: {row[name]!r} is no number; correct it") from None
    return found

"""Labelled texts: sentences with what is to be read out of a model's activations on them; also read from .csv files."""

from __future__ import annotations

import csv
import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

SEPARATOR = "|"
"""Parts a group that belongs to several: a sentence about two cities is of the group "Paris|Rome"."""
FIRST, MEAN = "first", "mean"
Position: TypeAlias = int | str
"""Which token of a text is read: one from the end (-1), `FIRST`, or `MEAN` over all of them."""
_TEXTS = ("text", "statement", "sentence", "prompt", "name")
_FEWEST_GROUPS = 5
_FALSE, _TRUE = ("false", "0", "no", "n"), ("true", "1", "yes", "y")


@dataclass(frozen=True, eq=False)
class LabelledTexts:
    """`texts` (rows,) with `y` (rows,) or (rows, targets): class numbers where `names` are classes, or numbers.

    Rows of one group say something about the same thing, and are never on both sides of a split. `position` is the
    token that is read, counted from the end (-1: the last one of the text itself), "first" (an encoder's class token)
    or "mean" (over all tokens). `repeated` are columns that were not used, whose values come more than once. Raises
    ValueError for lengths that differ, no rows, NaN.

    >>> LabelledTexts(("Rome is in Italy.", "Rome is in Peru."), [1, 0], ("false", "true"), ("Rome", "Rome")).rows
    2
    """

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
        if isinstance(self.position, int) and self.position >= 0:
            raise ValueError(f"position={self.position} counts from the end; give -1 for the last token, -2, ...")
        if isinstance(self.position, str) and self.position not in (FIRST, MEAN):
            raise ValueError(f"position={self.position!r} is unknown; give a number from the end, 'first' or 'mean'")
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
    classes: int | None = None,
) -> LabelledTexts:
    """A .csv or .tsv with a column of text and either a `label` (classes) or `target` columns of numbers.

    `text` is by default the first column called text, statement, sentence, prompt or name; without `group` every
    text is its own, and columns that repeat are told as `repeated`. `classes`: only rows of so many classes, the most
    frequent ones. Raises ValueError in one line that names file, column, row and remedy.
    """
    path = Path(path)
    if (label is None) == (not target):
        raise ValueError("give either a label column (classes) or target columns (numbers), not both or none")
    rows = _rows(path)
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
    if label is not None and classes is not None:
        rows = _most_frequent(rows, label, classes)
        texts = tuple((row[text] or "").strip() for row in rows)
    groups = tuple(str(row[group]) for row in rows) if group else texts
    if label is not None:
        y, names = _classes([str(row[label] or "").strip() for row in rows], f"{path.name}: column {label!r}")
    else:
        y = np.stack([_column(rows, name, path.name) for name in target], 1)
        y, names = (y[:, 0] if len(target) == 1 else y), tuple(target)
    rest = [name for name in columns if name not in (text, label, *target)]
    repeated = () if group else _repeated(rows, rest, len(set(texts)))
    return LabelledTexts(texts, y, names, groups, title=path.stem, repeated=repeated)


def _rows(path: Path) -> list[dict[str, str]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            rows = list(csv.DictReader(stream, delimiter="\t" if path.suffix.lower() == ".tsv" else ","))
    except UnicodeDecodeError:
        raise ValueError(f"{path.name}: no UTF-8 text; save it as UTF-8") from None
    if not rows:
        raise ValueError(f"{path.name}: no rows; give a header and at least one row")
    return rows


def _repeated(rows: list[dict[str, str]], columns: list[str], texts: int) -> tuple[tuple[str, int], ...]:
    """Columns with fewer values than there are texts, the finest first; those of very few values group nothing."""
    counts = {name: len({row[name] for row in rows}) for name in columns}
    found = [(name, count) for name, count in counts.items() if _FEWEST_GROUPS <= count < texts]
    return tuple(sorted(found, key=lambda one: -one[1]))


def _most_frequent(rows: list[dict[str, str]], label: str, classes: int) -> list[dict[str, str]]:
    if classes < 2:
        raise ValueError(f"classes={classes}: give at least 2, to be told apart")
    counts = Counter((row[label] or "").strip() for row in rows)
    kept = {name for name, _ in counts.most_common(classes)}
    return [row for row in rows if (row[label] or "").strip() in kept]


def _classes(words: list[str], place: str) -> tuple[Array, tuple[str, ...]]:
    """Class numbers in the order of the alphabet; of two classes false comes first."""
    kinds = sorted(set(words))
    if len(kinds) < 2:
        raise ValueError(f"{place} is {kinds[0]!r} in every row; give rows of two classes or more")
    if "" in kinds:
        raise ValueError(f"{place}, row {words.index('') + 1} is empty; fill it in, or remove the row")
    if len(kinds) == 2 and kinds[0].lower() in _TRUE and kinds[1].lower() in _FALSE:
        kinds.reverse()
    truth = len(kinds) == 2 and kinds[0].lower() in _FALSE and kinds[1].lower() in _TRUE
    numbers = {kind: float(i) for i, kind in enumerate(kinds)}
    return np.array([numbers[word] for word in words]), ("false", "true") if truth else tuple(kinds)


def _column(rows: list[dict[str, str]], name: str, file: str) -> Array:
    found = np.empty(len(rows))
    for i, row in enumerate(rows):
        try:
            found[i] = float(row[name])
        except (TypeError, ValueError):
            raise ValueError(f"{file}: column {name!r}, row {i + 1}: {row[name]!r} is no number; correct it") from None
    return found

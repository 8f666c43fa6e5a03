"""Labelled texts from tables: a column of text, and columns that say what is to be read out of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import permutations
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ...tables.cells import read_number
from ...tables.columns import Table
from ...tables.table import WORDS, naming_file, read_table
from .labelled_texts import LabelledTexts

SUFFIXES = (".csv", ".tsv", ".jsonl", ".parquet")


@dataclass(frozen=True)
class TextColumns:
    """What columns mean whose names are usual ones."""

    texts: tuple[str, ...] = ("text", "statement", "sentence", "prompt", "name")
    """The column of text, where the caller names none: the first that is called so."""
    false: tuple[str, ...] = ("false", "0", "no", "n")
    true: tuple[str, ...] = ("true", "1", "yes", "y")
    """Two classes with these names are called false and true, false first."""
    fewest_groups: int = 5
    """A column with fewer values groups nothing: folds need groups to choose among."""


USUAL = TextColumns()


def read_labelled_texts(
    path: Path | str,
    *,
    text: str | None = None,
    label: str | None = None,
    target: Sequence[str] = (),
    group: str | None = None,
    classes: int | None = None,
) -> LabelledTexts:
    """A table with a column of text and either a `label` (classes) or `target` columns of numbers.

    `text` is by default the first column called text, statement, sentence, prompt or name; without `group` every
    text is its own, and columns that repeat are told as `repeated`. `classes`: only rows of so many classes, the most
    frequent ones. Raises ValueError in one line that names file, column, line and remedy.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder) / "facts.csv"
    ...     _ = file.write_text("statement,label\\nParis is in France.,true\\nRome is in Spain.,false\\n")
    ...     texts = read_labelled_texts(file, label="label")
    >>> texts.names, texts.y.tolist()
    (('false', 'true'), [1.0, 0.0])
    """
    if (label is None) == (not target):
        raise ValueError("give either a label column (classes) or target columns (numbers), not both or none")
    with naming_file(path):
        table = read_table(path, WORDS, SUFFIXES)
        if not table.rows:
            raise ValueError("the file holds no rows; give a header and at least one row")
        text = _text_column(table, text, [name for name in (label, *target, group) if name is not None])
        cells = {name: column.texts() for name, column in table.columns.items()}
        rows = list(range(table.rows))
        _refuse_empty(table, text, cells[text], rows, "there is no text; remove the row")
        if label is None:
            y, names = _targets(table, tuple(target), cells, rows), tuple(target)
        else:
            rows = rows if classes is None else _most_frequent(cells[label], classes)
            y, names = _classes(table, label, cells[label], rows)
        texts = tuple(np.array(cells[text], dtype=object)[rows])
        groups = tuple(np.array(cells[group], dtype=object)[rows]) if group else texts
        repeated = () if group else _repeated(cells, {text, label, *target}, rows, len(set(texts)))
    return LabelledTexts(texts, y, names, groups, title=Path(path).stem, repeated=repeated)


def _text_column(table: Table, text: str | None, asked: Sequence[str]) -> str:
    """The name of the column of texts. Raises ValueError where that, or a column that is `asked` for, is not there."""
    columns = list(table.columns)
    text = text or next((name for name in columns if name.lower() in USUAL.texts), None)
    for name in (*asked, *([text] if text else [])):
        if name not in columns:
            raise ValueError(f"there is no column {name!r}; the columns are {', '.join(columns)}")
    if text is None:
        raise ValueError(f"no column is called {', '.join(USUAL.texts)}; name the column of texts (text)")
    return text


def _repeated(
    columns: Mapping[str, Sequence[str]], used: set[str | None], rows: Sequence[int], texts: int
) -> tuple[tuple[str, int], ...]:
    """Columns with fewer values than there are texts, the finest first; those of very few values group nothing."""
    counts = {name: len({cells[row] for row in rows}) for name, cells in columns.items() if name not in used}
    found = [(name, count) for name, count in counts.items() if USUAL.fewest_groups <= count < texts]
    return tuple(sorted(found, key=lambda one: -one[1]))


def _most_frequent(labels: Sequence[str], classes: int) -> list[int]:
    """The rows of the most frequent classes."""
    if classes < 2:
        raise ValueError(f"classes={classes}: give at least 2, to be told apart")
    kept = {name for name, _ in Counter(labels).most_common(classes)}
    return [row for row, label in enumerate(labels) if label in kept]


def _refuse_empty(table: Table, name: str, cells: Sequence[str], rows: Sequence[int], fault: str) -> None:
    empty = [row for row in rows if not cells[row]]
    if empty:
        raise ValueError(f"column {name!r}, {table.where(empty)}: {fault}")


def _classes(
    table: Table, name: str, labels: Sequence[str], rows: Sequence[int]
) -> tuple[NDArray[np.float64], tuple[str, ...]]:
    """Class numbers (rows,) in the order of the alphabet; of two classes false comes first."""
    kinds = sorted({labels[row] for row in rows})
    if len(kinds) < 2:
        raise ValueError(f"column {name!r} is {kinds[0]!r} in every row; give rows of two classes or more")
    _refuse_empty(table, name, labels, rows, "the cell is empty; fill it in, or remove the row")
    names = tuple(kinds)
    if truth := _truth(kinds):
        kinds, names = truth, ("false", "true")
    numbers = {kind: float(i) for i, kind in enumerate(kinds)}
    return np.array([numbers[labels[row]] for row in rows]), names


def _truth(kinds: Sequence[str]) -> list[str]:
    """Two classes that mean false and true, in this order; nothing where they mean something else."""
    for false, true in permutations(kinds) if len(kinds) == 2 else ():
        if false.lower() in USUAL.false and true.lower() in USUAL.true:
            return [false, true]
    return []


def _targets(
    table: Table, names: tuple[str, ...], cells: Mapping[str, Sequence[str]], rows: Sequence[int]
) -> NDArray[np.float64]:
    """The numbers (rows,) of one target column, or (rows, targets) of several."""
    columns = [_numbers(table, name, cells[name], rows) for name in names]
    return columns[0] if len(columns) == 1 else np.stack(columns, 1)


def _numbers(table: Table, name: str, cells: Sequence[str], rows: Sequence[int]) -> NDArray[np.float64]:
    """The numbers (rows,) of a column of text."""
    values = [read_number(cells[row]) for row in rows]
    wrong = [row for row, value in zip(rows, values, strict=True) if value is None]
    if wrong:
        place = table.where(wrong)
        raise ValueError(f"column {name!r}, {place}: {cells[wrong[0]]!r} is no number; correct it, or remove the row")
    return np.array(values, dtype=np.float64)

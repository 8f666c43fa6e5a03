"""Scores from files: one column of numbers, and one of a label with two values."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from .cells import is_missing
from .identifiers import identifiers
from .joint import in_order
from .samples import Samples
from .table import naming_file, read_table

__all__ = ["read_score"]


def read_score(path: Path | str, *, rows: str, by: str) -> Samples:
    """The column `rows` of numbers and the column `by` of two values, as 0 and 1 in their order, which `notes` tell.

    Rows in which one of them is missing are left out. Raises ValueError, in one line that names file, column and
    remedy; OSError where the file cannot be read.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder) / "t.csv"
    ...     _ = file.write_text("risk,ill\\n0.2,no\\n0.7,yes\\n0.4,no\\n")
    ...     read_score(file, rows="risk", by="ill").y.tolist()
    [0.0, 1.0, 0.0]
    """
    with naming_file(path):
        if not rows or not by:
            raise ValueError("a score is graded by a label; name both columns: --rows SCORE --by LABEL")
        table = read_table(path)
        score, label = table.find(rows, "rows"), table.find(by, "by")
        if score.name == label.name:
            raise ValueError(f"rows and by are both {rows!r}; name two columns")
        if not score.is_number:
            raise ValueError(f"{table.fault(score)}; leave --bins out to merge its values")
        texts = np.array([f"{v:g}" for v in label.values] if label.is_number else label.texts(), dtype=object)
        kept = np.isfinite(score.values.astype(float)) & np.array([not is_missing(text) for text in texts], bool)
        if odd := [row for row, cell in score.odd.items() if not is_missing(cell)]:
            raise ValueError(f"{table.fault(score)}; correct it, or leave {table.where(odd)} out")
        values = in_order(set(texts[kept]))
        if len(values) != 2:
            raise ValueError(
                f"column {by!r} has {len(values)} different values ({', '.join(values[:5])}"
                f"{', ...' if len(values) > 5 else ''}); a score is graded by a label of two"
            )
        lost = int((~kept).sum())
        notes = [f"{lost} of {len(kept)} rows lack a value and are left out"] if lost else []
        notes.append(f"{label.name}: frequencies are those of {values[1]!r}, against {values[0]!r}")
        names = identifiers([score.name, label.name])
        y = (texts[kept] == values[1]).astype(float)
        x = score.values[kept].astype(float)
        if len(names) and np.array_equal(x, y):
            raise ValueError(f"the score {rows!r} is the label {by!r} itself; name another column")
        return Samples(x, y, (names[0],), names[1], notes=tuple(notes))

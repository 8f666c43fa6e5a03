"""Logs of a world: what was done in each state, and what came next; and the interval world that they bear."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ...algebra.markov.estimation import UNSEEN, counted_world, parted_counts
from ...algebra.markov.reading import fraction_of
from ..tables.cells import is_missing
from ..tables.columns import Table
from ..tables.table import SUFFIXES, WORDS, naming_file, read_table
from .world_model import WorldModel

__all__ = ["SUFFIXES", "WorldLogs", "read_logs"]


@dataclass(frozen=True)
class WorldLogs:
    """Rows (state, action, next state) in the order in which they were logged; `runs` says which run each is of.

    >>> WorldLogs((("a", "", "b"), ("b", "", "a")), ("", "")).start
    'a'
    """

    rows: tuple[tuple[str, str, str], ...]
    runs: tuple[str, ...]
    title: str = ""

    @property
    def start(self) -> str:
        """The state of the first row."""
        return self.rows[0][0]

    def follows(self, number: int) -> bool:
        """Whether a row goes on where the one before it ended."""
        if number == 0 or self.runs[number] != self.runs[number - 1]:
            return False
        return self.rows[number - 1][2] == self.rows[number][0]

    @property
    def ends(self) -> frozenset[str]:
        """States that were come to twice or more, each time as the last of a run: runs are over there."""
        left = {row[0] for row in self.rows}
        last = [row[2] for number, row in enumerate(self.rows, 1)
                if number < len(self.rows) and not self.follows(number)]  # fmt: skip
        often = Counter(last)
        return frozenset(state for state in last if state not in left and often[state] > 1)

    def world(
        self,
        *,
        worst: str = "",
        settled: tuple[str, ...] = (),
        confidence: str = "0.95",
        known_moves: bool = False,
        start: str = "",
    ) -> WorldModel:
        """The interval world that holds the logged one with this confidence (`algebra.markov.estimation`).

        What was never seen counts as going to `worst`; without, it leads nowhere. `settled`: states that the rule is
        about, of which nothing need be known. Raises ValueError for a confidence that is none, and an unknown start.
        """
        share = fraction_of(confidence, "confidence")
        if not 0 < share < 1:
            raise ValueError(f"confidence {confidence} is none; give one between 0 and 1, such as 0.95")
        counts = parted_counts(self.rows, worst or UNSEEN, known_moves)
        if start and start not in counts:
            raise ValueError(f"start {start!r} is no state of the logs that was left; give one of {_some(counts)}")
        logs: dict[str, Any] = {
            "start": start or self.start, "counts": counts, "confidence": str(share), "other": worst or UNSEEN,
            "ends": sorted({*settled, *self.ends}), "known_moves": known_moves,
        }  # fmt: skip
        return WorldModel(counted_world(logs), self.title, self.note(float(share), known_moves), {"logs": logs})

    def note(self, confidence: float, known_moves: bool) -> str:
        """Of which worlds it tells, and on what that rests."""
        moves = "nothing happens but moves that were logged" if known_moves else "moves never logged break the rule"
        over = f"; runs are over in {', '.join(sorted(self.ends)[:4])}" if self.ends else ""
        return (
            f"the logged world lies within its intervals with {100 * confidence:g} % confidence, if each step depends "
            f"on state and action alone; {moves}{over}"
        )


def _some(names: Mapping[str, Any], most: int = 4) -> str:
    return ", ".join(list(names)[:most]) + (", ..." if len(names) > most else "")


def read_logs(path: Path | str) -> WorldLogs:
    """A row for each step: columns `state`, `next`, and where there are choices `action`; `run` where there are many.

    Raises ValueError, in one line that names file, column and remedy; OSError where the file cannot be read.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder) / "steps.csv"
    ...     _ = file.write_text("state,action,next\\na,go,b\\nb,go,a\\n")
    ...     read_logs(file).rows
    (('a', 'go', 'b'), ('b', 'go', 'a'))
    """
    with naming_file(path):
        table = read_table(path, WORDS)
        if not table.rows:
            raise ValueError("the table has no rows; give one for each step: state, action, next")
        state, target = _texts(table, "state"), _texts(table, "next")
        action = _texts(table, "action") if "action" in table.columns else [""] * table.rows
        runs = _texts(table, "run") if "run" in table.columns else [""] * table.rows
        if UNSEEN in {*state, *target}:
            raise ValueError(f"a state is called {UNSEEN!r}, which stands for what was not logged; call it otherwise")
        return WorldLogs(tuple(zip(state, action, target, strict=True)), tuple(runs), Path(path).stem)


def _texts(table: Table, name: str) -> list[str]:
    column = table.find(name, "column")
    cells = [f"{v:g}" if isinstance(v, float) else str(v) for v in column.values.tolist()]
    missing = [i for i, cell in enumerate(cells) if is_missing(cell) or i in column.odd]
    if missing:
        raise ValueError(f"column {name!r} has no value in {table.where(missing)}; leave these rows out, or name them")
    return cells

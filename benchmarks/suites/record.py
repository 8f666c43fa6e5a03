"""What the benchmarks of formulas write down: files in papers/ in which rows of several runs stand side by side.

A row is known by its problem, noise, seed and engine; of two runs the later one's stands. Every row names its run, and
a run its command, its commit and its days: that commit's command gives the row again. Rows that were read back from a
store keep the commit and the day at which they were made. Of the runs of a second half each is counted that lets our
search see it, whether its rows are written down or not; runs of one commit are one run.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

Entry = dict[str, Any]
KEYS = ("problem", "noise", "seed", "engine")


def merged(
    before: Mapping[str, Any], rows: Iterable[Entry], command: str, keys: Sequence[str] = KEYS
) -> tuple[list[Entry], list[Entry]]:
    """The runs and the rows of a file as it was `before` with new `rows` (which have "commit" and "date").

    Runs that have no row left are dropped, and those that are left are numbered anew.

    >>> first = {"problem": "a", "noise": 0.0, "seed": 0, "engine": "x", "exact": False, "commit": "1", "date": "d"}
    >>> runs, rows = merged({}, [first], "python")
    >>> runs, rows = merged({"run": runs, "row": rows}, [{**first, "exact": True, "commit": "2"}], "python")
    >>> runs, rows[0]["exact"], rows[0]["run"]
    ([{'number': 1, 'command': 'python', 'commit': '2', 'days': ['d']}], True, 1)
    """
    unknown = {"command": before.get("command", ""), "commit": "not noted"}
    known = {run["number"]: run for run in before.get("run", [])}
    entries: dict[tuple[Any, ...], tuple[tuple[str, str], set[str], Entry]] = {}
    for row in before.get("row", []):
        run = known.get(row.get("run"), unknown)
        origin = (run["command"], run["commit"])
        entries[_key(row, keys)] = (origin, set(run.get("days", [])), row)
    for row in rows:
        commit = row["commit"] or "not noted"
        entries[_key(row, keys)] = ((command, commit), {row["date"]} - {""}, row)
    days: dict[tuple[str, str], set[str]] = {}
    for origin, some, _ in entries.values():
        days.setdefault(origin, set()).update(some)
    numbers = {origin: number for number, origin in enumerate(days, 1)}
    runs = [
        {"number": numbers[origin], "command": origin[0], "commit": origin[1], "days": sorted(some)}
        for origin, some in days.items()
    ]
    left_out = ("commit", "date", "run")
    kept = [
        {"run": numbers[origin]} | {key: value for key, value in row.items() if key not in left_out}
        for origin, _, row in entries.values()
    ]
    return runs, kept


def _key(row: Entry, keys: Sequence[str]) -> tuple[Any, ...]:
    """What a row is known by; one that names no seed is of seed 0."""
    return tuple(row.get(key, 0) for key in keys)


def second_halves(before: Mapping[str, Any], rows: Iterable[Entry], command: str) -> list[Entry]:
    """Every run of ours of the second half: those `before`, and one for each commit that `rows` are from.

    What a commit with changes ("+") has seen is a run for each day and command, since nobody knows what it was.

    >>> row = {"engine": "pellucid", "commit": "1", "date": "d"}
    >>> seen = second_halves({"runs_of_second_half": 1}, [row, row], "python")
    >>> seen
    [{'number': 2, 'command': 'python', 'commit': '1', 'days': ['d']}]
    >>> len(second_halves({"runs_of_second_half": 2, "run_of_second_half": seen}, [row], "python"))
    1
    """
    runs = [dict(run) for run in before.get("run_of_second_half", [])]
    number = before.get("runs_of_second_half", 0)
    for row in rows:
        if row["engine"] != "pellucid":
            continue
        commit = row["commit"] or "not noted"
        found = next((run for run in runs if _is_run(run, commit, row["date"], command)), None)
        if found is None:
            number += 1
            runs.append({"number": number, "command": command, "commit": commit, "days": [row["date"]]})
        elif row["date"] not in found["days"]:
            found["days"] = sorted({*found["days"], row["date"]})
    return runs


def _is_run(run: Entry, commit: str, day: str, command: str) -> bool:
    if run["commit"] != commit:
        return False
    return not (commit.endswith("+") or commit == "not noted") or (run["command"] == command and day in run["days"])


def table(name: str, values: Mapping[str, Any], *, one_of: bool = False) -> list[str]:
    """The lines of a TOML table, or of `one_of` a name's."""
    heading = f"[[{name}]]" if one_of else f"[{name}]"
    return ["", heading, *pairs(values)]


def pairs(values: Mapping[str, Any]) -> list[str]:
    """Lines `key = value` as TOML has them; an infinite number is a text."""
    return [
        f"{key if key.replace('_', '').isalnum() else json.dumps(key)} = {json.dumps(_rounded(value))}"
        for key, value in values.items()
    ]


def read(row: Mapping[str, Any]) -> Entry:
    """A row as it was before it was written down."""
    return {key: float("inf") if value == "infinite" else value for key, value in row.items()}


def _rounded(value: Any) -> Any:
    if not isinstance(value, float):
        return value
    return float(f"{value:.4g}") if np.isfinite(value) else "infinite"

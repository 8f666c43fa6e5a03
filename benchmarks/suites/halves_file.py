"""What a suite of two halves writes into papers/: the counts of each half, and a row for every case."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from .origin import commit
from .record import pairs, second_halves, table

PAPERS = Path(__file__).parents[2] / "papers"


def record(
    name: str,
    about: Mapping[str, Any],
    counts: Mapping[str, Any],
    rows: Sequence[Mapping[str, Any]],
    *,
    unseen: bool,
    command: str,
    earlier: int = 0,
    folder: Path = PAPERS,
) -> Path:
    """Writes the half that was run into `folder`/`name`.toml, and keeps what stands there of the other.

    `about` is the head of the file; `earlier` counts runs of the second half from before there was a file.
    """
    path, half = folder / f"{name}.toml", "second" if unseen else "first"
    before: dict[str, Any] = {"runs_of_second_half": earlier}
    if path.exists():
        before = tomllib.loads(path.read_text(encoding="utf-8"))
    run = {"engine": "pellucid", "commit": commit(), "date": date.today().isoformat()}
    again = second_halves(before, [run] if unseen else [], command)
    runs = max([before.get("runs_of_second_half", 0), *(one["number"] for one in again)])
    halves = {**before.get("found", {}), half: {**counts, "commit": run["commit"] or "not noted", "day": run["date"]}}
    kept = [row for row in before.get("row", []) if row["half"] != half]
    new = [{"half": half, **row} for row in rows]
    lines = [f"# Written by `{command}`.", *pairs({**about, "runs_of_second_half": runs})]
    for which in sorted(halves):
        lines += table(f"found.{which}", halves[which])
    for one in again:
        lines += table("run_of_second_half", one, one_of=True)
    for row in sorted([*kept, *new], key=lambda row: row["half"]):
        lines += table("row", row, one_of=True)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path

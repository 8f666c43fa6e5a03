"""What a suite of two halves writes into papers/: the counts of each half, and a row for every case."""

from __future__ import annotations

import argparse
import json
import tomllib
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from .halves import Case, chosen
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


def right_of(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """How many are right, of how many."""
    return {"right": sum(row["right"] for row in rows), "cases": len(rows)}


def run_half(
    script: str,
    name: str,
    about: Mapping[str, Any],
    cases: Sequence[Case],
    run: Callable[[Case], Mapping[str, Any]],
    counted: Callable[[Sequence[Mapping[str, Any]]], Mapping[str, Any]] = right_of,
) -> None:
    """What a script of two halves does: runs one, or the cases that are named, and shows the counts.

    With --write a whole half is written into papers/`name`.toml; named cases are none, and are not.
    """
    parser = argparse.ArgumentParser(prog=script, description=f"Runs a half of the cases; see benchmarks/{script}.")
    parser.add_argument("names", nargs="*")
    parser.add_argument("--half", choices=("first", "second"), default="first")
    parser.add_argument("--write", action="store_true", help=f"write the figures into papers/{name}.toml")
    given = parser.parse_args()
    if given.write and given.names:
        parser.error("--write is for a whole half; leave it out, or the names")
    unseen = given.half == "second"
    rows = [run(one) for one in chosen(cases, given.names, unseen)]
    counts = counted(rows)
    print(counts)
    if given.write:
        command = f"python benchmarks/{script} --half {given.half} --write"
        record(name, about, counts, rows, unseen=unseen, command=command)


def write_ours(name: str, command: str, tables: Mapping[str, Mapping[str, Any]], folder: Path = PAPERS) -> None:
    """Our figures of `folder`/`name`.toml written anew, below [ours]; the paper's claims stay as they stand there."""
    path = folder / f"{name}.toml"
    kept = path.read_text(encoding="utf-8").split("\n[ours")[0].rstrip()
    head = ["[ours]", f"command = {json.dumps(command)}", f"commit = {json.dumps(commit())}", f"date = {date.today()}"]
    path.write_text("\n".join([kept, "", *head, *lines_of(tables)]) + "\n", encoding="utf-8")


def lines_of(tables: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """Tables by their headings, as TOML."""
    return [
        line
        for heading, row in tables.items()
        for line in ("", f"[{heading}]", *(f"{key} = {json.dumps(value)}" for key, value in row.items()))
    ]

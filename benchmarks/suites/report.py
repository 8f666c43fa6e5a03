"""The figures of the suites as tables and as files in papers/: classics.toml, srsd.toml, laws.toml, varied.toml, ..."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable, Sequence
from dataclasses import asdict, fields
from math import ceil
from pathlib import Path
from statistics import median
from typing import Any

from .case import halves
from .classics import GOALS
from .columns import Table
from .laws import LAWS
from .record import merged, pairs, read, second_halves, table
from .solve import PROBLEMS, Row
from .srsd import GOAL

PAPERS = Path(__file__).parents[2] / "papers"
PLACES = {"realistic": "srsd.toml"}
"""The files whose names are not the suites'."""
FACTS: dict[str, dict[str, Any]] = {
    "classics": {
        "title": "Genetic programming needs better benchmarks; DSR; SRBench's systems of differential equations",
        "sources": ["McDermott et al., GECCO 2012", "arXiv 1912.04871", "arXiv 2111.00053", "arXiv 2107.14351"],
        "sampling": "published ranges and numbers of rows; noise is a share of the noiseless target's deviation",
        "goals": GOALS,
    },
    "realistic": {
        "title": "Rethinking symbolic regression datasets and benchmarks for scientific discovery (SRSD)",
        "sources": ["arXiv 2206.10540"],
        "sampling": "the published ranges in all 120 rows, none by rule; one to three idle columns mixed in",
        "goals": {"all": GOAL},
    },
    "laws": {
        "title": "Forty textbook laws in natural units, 30 to 150 rows, 1 to 5 % noise",
        "sources": ["written down here before anything was run on them"],
        "sampling": "the second half, chosen by a hash of the names, is not looked at while the search is worked on",
        "goals": {"values, percent of the ceiling": 95, "form, percent": 85},
    },
}
HALVED = {
    "title": "Formulas in two halves, parted by a hash of their names",
    "sources": ["written down here before anything was run on them"],
    "sampling": "the second half is not looked at while the search is worked on",
    "goals": {},
}
"""The facts of every other suite."""
COUNTS: dict[str, Callable[[Row], bool]] = {
    "exact": lambda row: row.exact,
    "constants": lambda row: row.exact and row.by == "constants",
    "form": lambda row: row.form,
    "values": lambda row: row.values,
    "ceiling": lambda row: row.ceiling,
    "values_within_ceiling": lambda row: row.values and row.ceiling,
    "failed": lambda row: row.by == "failed",
}
"""What is counted; "constants": of the exact ones, those whose decimal constants are known to six digits only."""


def counted(suite: str) -> tuple[str, ...]:
    """The counts that mean something in a suite: no law is exact under noise, and only laws have a ceiling."""
    left_out = ("exact", "constants") if suite == "laws" else ("ceiling", "values_within_ceiling")
    return tuple(name for name in COUNTS if name not in left_out)


def tally(suite: str, rows: Sequence[Row]) -> dict[tuple[float, str, str], dict[str, float]]:
    """The counts and CPU seconds by (noise, engine, family), and over all families of each as family "all".

    The laws, whose noise is their own, are counted together; their families are their halves.
    """
    groups: dict[tuple[float, str, str], list[Row]] = {}
    for family_of in (lambda row: row.family, lambda row: "all"):
        for row in rows:
            key = (0.0 if suite == "laws" else row.noise, row.engine, family_of(row))
            groups.setdefault(key, []).append(row)
    return {key: _figures(suite, own) for key, own in groups.items()}


def against(peer: str, rows: Sequence[Row]) -> list[Row]:
    """Our rows and a peer's of those draws that both were asked about, the only ones in which they can be compared."""
    asked = [{_draw(row) for row in rows if row.engine == engine} for engine in ("pellucid", peer)]
    return [row for row in rows if row.engine in ("pellucid", peer) and _draw(row) in asked[0] & asked[1]]


def _draw(row: Row) -> tuple[Any, ...]:
    return row.problem, row.noise, row.seed


def _figures(suite: str, own: Sequence[Row]) -> dict[str, float]:
    counts = {name: sum(1 for row in own if COUNTS[name](row)) for name in counted(suite)}
    times = [row.seconds for row in own]
    return {"problems": len(own), **counts, "cpu_median": round(median(times), 1), "cpu_max": round(max(times), 1)}


def show(suite: str, rows: Sequence[Row]) -> None:
    """Every answer, and the counts."""
    from rich.console import Console
    from rich.table import Table

    console = Console(width=180)
    answers = Table("problem", "noise", "seed", "engine", "exact", "by", "form", "values", "error", "CPU s", "formula")
    for row in rows:
        marks = ("yes" if row.exact else "NO", row.by, "yes" if row.form else "no", "yes" if row.values else "no")
        figures = (f"{row.error:.1e}", f"{row.seconds:.1f}", row.expression[:70])
        answers.add_row(row.problem, f"{row.noise:g}", str(row.seed), row.engine, *marks, *figures)
    console.print(answers)
    console.print(
        "in each cell: right in values, of those within the ceiling, in form, of all; median CPU seconds"
        if suite == "laws"
        else "in each cell: exact, right in form, of all; median CPU seconds"
    )
    console.print(summary(suite, rows))
    for engine in dict.fromkeys(row.engine for row in rows):
        both = against(engine, rows)
        if engine != "pellucid" and 0 < len(both) < len(rows):
            console.print(summary(suite, both, f"only the draws that {engine} and pellucid were both asked about"))
    if suite == "laws":
        console.print(*(of_the_ceiling(engine, rows) for engine in dict.fromkeys(row.engine for row in rows)), sep="\n")
    missed = [row for row in rows if row.engine == "pellucid" and not (row.values if suite == "laws" else row.exact)]
    if missed:
        console.print("not found: " + ", ".join(f"{row.problem} ({row.noise:g}, seed {row.seed})" for row in missed))


def summary(suite: str, rows: Sequence[Row], title: str = "") -> Any:
    """A table: families in its lines, engines in its columns, in each cell what was right, of how many, how quickly."""
    from rich.table import Table

    figures = tally(suite, rows)
    engines = list(dict.fromkeys(row.engine for row in rows))
    drawn = Table("noise", "family", "goal", *engines, title=title or "all rows", title_justify="left")
    for noise, family in dict.fromkeys((noise, family) for noise, _, family in figures):
        cells = [_cell(suite, figures.get((noise, engine, family))) for engine in engines]
        level = "own" if suite == "laws" else f"{noise:g}"
        drawn.add_row(level, family, _goal(suite, family, noise), *cells, end_section=family == "all")
    return drawn


def _cell(suite: str, own: dict[str, float] | None) -> str:
    if own is None:
        return ""
    failed = f", {own['failed']:g} FAILED" if own["failed"] else ""
    if suite == "laws":
        right = f"{own['values_within_ceiling']:g} of {own['ceiling']:g}, {own['form']:g} of {own['problems']:g}"
    else:
        right = f"{own['exact']:g}, {own['form']:g} of {own['problems']:g}"
    return f"{right}{failed}, {own['cpu_median']:g} s"


def of_the_ceiling(engine: str, rows: Sequence[Row]) -> str:
    """One engine's laws in percent: right in values of those where the true form is, and right in form of all."""
    own = [row for row in rows if row.engine == engine]
    reachable = [row for row in own if row.ceiling]
    values = 100 * sum(row.values for row in reachable) / max(len(reachable), 1)
    form = 100 * sum(row.form for row in own) / len(own)
    right = f"values right in {values:.0f} % of {len(reachable)} within the ceiling"
    return f"{engine}: {right}, form in {form:.0f} % of {len(own)}"


def _goal(suite: str, family: str, noise: float) -> str:
    """A family's goal without noise, and three quarters of it at noise 0.01, where the form is what counts."""
    number = facts(suite)["goals"].get(family)
    if number is None or noise not in (0.0, 0.01):
        return ""
    of = sum(1 for problem in problems(suite) if family in ("all", problem["family"]))
    return f"{number} of {of}" if not noise else f"form {ceil(0.75 * number)} of {of}"


def facts(suite: str) -> dict[str, Any]:
    """What is known of a suite before anything is run: its title, its sources, its sampling, and its goals."""
    return FACTS.get(suite, HALVED)


def place(suite: str, folder: Path) -> Path:
    """The file of a suite's figures."""
    return folder / PLACES.get(suite, f"{suite}.toml")


def write(suite: str, rows: Sequence[Row], command: str, folder: Path = PAPERS, *, seen: Sequence[Row] = ()) -> Path:
    """The goals, the counts, every problem with its sampling, and what was made of it; `rows` join those of before.

    `seen` are those of a second half, to be counted as a run of it even if they are not among `rows`.
    """
    path = place(suite, folder)
    before = tomllib.loads(path.read_text()) if path.exists() else {}
    runs, entries = merged(before, map(asdict, rows), command)
    second = second_halves(before, map(asdict, seen), command)
    known = {field.name for field in fields(Row)}
    parsed = [Row(**{key: value for key, value in read(entry).items() if key in known}) for entry in entries]
    heads = {key: value for key, value in facts(suite).items() if key != "goals"}
    if "second" in {problem["family"] for problem in problems(suite)}:
        heads["runs_of_second_half"] = max([before.get("runs_of_second_half", 0), *(run["number"] for run in second)])
    lines = ["# Goals and figures. Written by `python benchmarks/formulas.py`.", *pairs(heads)]
    lines += table("goals", facts(suite)["goals"])
    for run in runs:
        lines += table("run", run, one_of=True)
    for run in second:
        lines += table("run_of_second_half", run, one_of=True)
    peers = [engine for engine in dict.fromkeys(row.engine for row in parsed) if engine != "pellucid"]
    for names, own in ((("found",), parsed), *((("against", peer), against(peer, parsed)) for peer in peers)):
        for (noise, engine, family), figures in tally(suite, own).items():
            keys = (engine, family) if suite == "laws" else (engine, f"noise {noise:g}", family)
            lines += table(".".join(map(json.dumps, (*names, *keys))), figures)
    for problem in problems(suite):
        lines += table("problem", problem, one_of=True)
    for entry in entries:
        lines += table("row", entry, one_of=True)
    path.write_text("\n".join(lines) + "\n")
    return path


def problems(suite: str) -> list[dict[str, Any]]:
    """Every problem of a suite as facts: its name, its family, its equation, and how its rows are sampled."""
    if suite == "laws":
        halved = [(half, law) for half, own in zip(("first", "second"), halves(LAWS), strict=True) for law in own]
        return [
            {"name": law.name, "family": half, "equation": law.expression, "rows": law.rows, "noise": law.noise}
            | {"sampling": "; ".join(map(str, law.ranges))}
            for half, law in halved
        ]
    return [
        {"name": each.name, "family": each.family, "equation": each.expression, "sampling": str(each.train)}
        | ({"rows": each.train.rows} if isinstance(each.train, Table) and each.train.rows else {})
        | ({"ranges": "published"} if suite == "realistic" else {"test": str(each.test)})
        for each in PROBLEMS[suite]().values()
    ]

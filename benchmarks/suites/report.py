"""The figures of the suites as tables and as papers/classics.toml, srsd.toml and laws.toml."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable, Sequence
from dataclasses import asdict
from math import ceil
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

from .case import halves
from .classics import GOALS
from .columns import Table
from .laws import LAWS
from .solve import PROBLEMS, Row
from .srsd import GOAL

PAPERS = Path(__file__).parents[2] / "papers"
PLACES = {"classics": "classics.toml", "realistic": "srsd.toml", "laws": "laws.toml"}
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
COUNTS: dict[str, Callable[[Row], bool]] = {
    "exact": lambda row: row.exact,
    "constants": lambda row: row.exact and row.by == "constants",
    "form": lambda row: row.form,
    "values": lambda row: row.values,
    "ceiling": lambda row: row.ceiling,
    "failed": lambda row: row.by == "failed",
}
"""What is counted; "constants": of the exact ones, those whose decimal constants are known to six digits only."""


def counted(suite: str) -> tuple[str, ...]:
    """The counts that mean something in a suite: no law is exact under noise, and only laws have a ceiling."""
    return tuple(name for name in COUNTS if name not in (("exact", "constants") if suite == "laws" else ("ceiling",)))


def tally(suite: str, rows: Sequence[Row]) -> dict[tuple[float, str, str], dict[str, float]]:
    """The counts and CPU seconds by (noise, engine, family), and over all families of each as family "all".

    The laws, whose noise is their own, are counted together.
    """
    groups: dict[tuple[float, str, str], list[Row]] = {}
    for family_of in (lambda row: row.family, lambda row: "all"):
        for row in rows:
            key = (0.0 if suite == "laws" else row.noise, row.engine, family_of(row))
            groups.setdefault(key, []).append(row)
    return {key: _figures(suite, own) for key, own in groups.items() if key[2] != "law"}


def _figures(suite: str, own: Sequence[Row]) -> dict[str, float]:
    counts = {name: sum(1 for row in own if COUNTS[name](row)) for name in counted(suite)}
    times = [row.seconds for row in own]
    return {"problems": len(own), **counts, "cpu_median": round(median(times), 1), "cpu_max": round(max(times), 1)}


def show(suite: str, rows: Sequence[Row]) -> None:
    """Every answer, and the counts."""
    from rich.console import Console
    from rich.table import Table

    console = Console(width=180)
    table = Table("problem", "noise", "seed", "engine", "exact", "by", "form", "values", "error", "CPU s", "formula")
    for row in rows:
        marks = ("yes" if row.exact else "NO", row.by, "yes" if row.form else "no", "yes" if row.values else "no")
        figures = (f"{row.error:.1e}", f"{row.seconds:.1f}", row.expression[:70])
        table.add_row(row.problem, f"{row.noise:g}", str(row.seed), row.engine, *marks, *figures)
    console.print(table)
    names = ("problems", *counted(suite), "cpu_median", "cpu_max")
    totals = Table("noise", "engine", "family", *(name.replace("_", " ") for name in names), "goal")
    goals = FACTS.get(suite, {}).get("goals", {})
    for (noise, engine, family), figures in tally(suite, rows).items():
        goal = _goal(goals.get(family), noise)
        totals.add_row(f"{noise:g}", engine, family, *(f"{figures[name]:g}" for name in names), goal)
    console.print(totals)
    if suite == "laws":
        console.print(*(of_the_ceiling(engine, rows) for engine in dict.fromkeys(row.engine for row in rows)), sep="\n")
    missed = [row for row in rows if row.engine == "pellucid" and not (row.values if suite == "laws" else row.exact)]
    if missed:
        console.print("not found: " + ", ".join(f"{row.problem} ({row.noise:g}, seed {row.seed})" for row in missed))


def of_the_ceiling(engine: str, rows: Sequence[Row]) -> str:
    """One engine's laws in percent: right in values of those where the true form is, and right in form of all."""
    own = [row for row in rows if row.engine == engine]
    reachable = [row for row in own if row.ceiling]
    values = 100 * sum(row.values for row in reachable) / max(len(reachable), 1)
    form = 100 * sum(row.form for row in own) / len(own)
    right = f"values right in {values:.0f} % of {len(reachable)} within the ceiling"
    return f"{engine}: {right}, form in {form:.0f} % of {len(own)}"


def _goal(number: int | None, noise: float) -> str:
    """A family's goal without noise, and three quarters of it at noise 0.01, where the form is what counts."""
    if number is None or noise not in (0.0, 0.01):
        return ""
    return str(number) if not noise else f"form {ceil(0.75 * number)}"


def write(suite: str, rows: Sequence[Row], command: str, half: str = "", folder: Path = PAPERS) -> Path:
    """The goals, the counts, every problem with its sampling, and what was made of it.

    A laws file keeps the other half's rows, and how often the second half was run.
    """
    path = folder / PLACES[suite]
    before = tomllib.loads(path.read_text()) if path.exists() else {}
    facts = {**FACTS[suite], "command": command}
    parts = {half: list(rows)} if half else {"": list(rows)}
    if half:
        other = "first" if half == "second" else "second"
        parts[other] = [Row(**_numbers(row)) for row in before.get("row", {}).get(other, [])]
        facts["runs_of_second_half"] = before.get("runs_of_second_half", 0) + (half == "second")
    goals = facts.pop("goals")
    lines = ["# Goals and figures. Written by `python benchmarks/formulas.py`."]
    lines += [f"{key} = {json.dumps(value)}" for key, value in facts.items()]
    lines += ["", "[goals]", *(f"{json.dumps(family)} = {goal}" for family, goal in goals.items())]
    for name, own in parts.items():
        for (noise, engine, family), figures in tally(suite, own).items():
            keys = [
                key for key in (name, engine, f"noise {noise:g}", family) if key and (suite != "laws" or " " not in key)
            ]
            lines += ["", f"[{'.'.join(json.dumps(key) for key in ('found', *keys))}]"]
            lines += [f"{json.dumps(key)} = {json.dumps(value)}" for key, value in figures.items()]
    for problem in problems(suite):
        lines += ["", "[[problem]]", *(f"{key} = {json.dumps(value)}" for key, value in problem.items())]
    for name, own in parts.items():
        for row in own:
            lines += ["", f"[[row{'.' + name if name else ''}]]"]
            lines += [f"{key} = {json.dumps(_rounded(value))}" for key, value in asdict(row).items()]
    path.write_text("\n".join(lines) + "\n")
    return path


def problems(suite: str) -> list[dict[str, Any]]:
    """Every problem of a suite as facts: its name, its family, its equation, and how its rows are sampled."""
    if suite == "laws":
        halved = [(half, law) for half, own in zip(("first", "second"), halves(LAWS), strict=True) for law in own]
        return [
            {"name": law.name, "half": half, "equation": law.expression, "rows": law.rows, "noise": law.noise}
            | {"sampling": "; ".join(map(str, law.ranges))}
            for half, law in halved
        ]
    return [
        {"name": each.name, "family": each.family, "equation": each.expression, "sampling": str(each.train)}
        | ({"rows": each.train.rows} if isinstance(each.train, Table) and each.train.rows else {})
        | ({"ranges": "published"} if suite == "realistic" else {"test": str(each.test)})
        for each in PROBLEMS[suite]().values()
    ]


def _rounded(value: Any) -> Any:
    """As TOML can hold it: an infinite error is a text."""
    if not isinstance(value, float):
        return value
    return float(f"{value:.4g}") if np.isfinite(value) else "infinite"


def _numbers(row: dict[str, Any]) -> dict[str, Any]:
    return {key: float("inf") if value == "infinite" else value for key, value in row.items()}

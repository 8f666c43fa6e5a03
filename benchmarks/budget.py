"""The benchmark of budgets: whether `pellucid formula --budget S` takes S seconds of CPU time, on tables of many kinds.

    python benchmarks/budget.py --half first --seconds 1 3 5 10
    python benchmarks/budget.py --only "wide product" --seconds 1

Each run is the command in a process of its own, on a table in a file. Its time is the CPU time of that process from
the first line of the command on, reading and reporting included, without what it takes to import the package. Within
the budget is at most a tenth, or one second, more.
"""

from __future__ import annotations

import argparse
import csv
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from pellucid.core.finding import load_finding
from suites.budgets import TABLES
from suites.halves import half_of

COMMAND = """
import sys, time
import matplotlib.figure, matplotlib.backends.backend_svg
import pellucid.jobs.formula, pellucid.report, pellucid.run
from pellucid.cli.app import app
began, code = time.process_time(), 0
try:
    app(sys.argv[1:])
except SystemExit as end:
    code = int(end.code or 0)
print(time.process_time() - began, code)
"""


def run(name: str, seconds: float | None) -> dict[str, Any]:
    """One run of the command: its CPU time, its exit code, the formula and whether it has the law's values."""
    drawn = next(each for each in TABLES if each.name == name).draw(0)
    with tempfile.TemporaryDirectory() as folder:
        table, output = Path(folder) / "table.csv", Path(folder) / "out"
        with table.open("w", newline="") as file:
            writer = csv.writer(file)
            writer.writerow([*drawn.samples.names, "y"])
            rows = zip(drawn.samples.X.tolist(), drawn.samples.y.tolist(), strict=True)
            writer.writerows([*row, y] for row, y in rows)
        budget = [] if seconds is None else ["--budget", str(seconds)]
        argv = ["formula", str(table), "--target", "y", *budget, "--output", str(output), "--quiet"]
        used, code = run_command(argv)
        row = {"table": name, "budget": seconds, "seconds": used, "code": code, "formula": "", "right": False}
        if code == 0:
            formula = load_finding(output).artifact
            row |= {"formula": formula.expression, "right": drawn.is_right(formula.sympy())}
    return row


def run_command(argv: list[str]) -> tuple[float, int]:
    """The CPU time and the exit code of the command in a process of its own, from when all is imported."""
    done = subprocess.run([sys.executable, "-c", COMMAND, *argv], capture_output=True, text=True, check=False)
    lines = done.stdout.strip().splitlines()
    if done.returncode or not lines:
        print(done.stderr[-2_000:], file=sys.stderr)
        return float("nan"), done.returncode or -1
    used, code = lines[-1].split()
    return float(used), int(code)


def is_within(row: dict[str, Any]) -> bool:
    """Whether a run took at most a tenth, or a second, more than its budget."""
    return row["budget"] is None or row["seconds"] <= max(1.1 * row["budget"], row["budget"] + 1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--half", choices=("first", "second"), default="first", help="which half of the tables")
    parser.add_argument("--only", nargs="+", help="names of tables")
    parser.add_argument("--seconds", nargs="+", type=float, default=[1.0, 3.0, 5.0, 10.0], help="budgets, 0 for none")
    given = parser.parse_args()
    names = given.only or [each.name for each in TABLES if half_of(each.name) == given.half]
    rows = []
    for seconds in given.seconds:
        for name in names:
            row = run(name, seconds or None)
            rows.append(row)
            verdict = ("within" if is_within(row) else "OVER") + (", right" if row["right"] else "")
            print(
                f"{seconds:5g} s  {name:28s} {row['seconds']:7.2f}  {verdict:14s} {row['formula'][:70] or row['code']}",
                flush=True,
            )
        own = [row for row in rows if row["budget"] == (seconds or None)]
        within, right = sum(map(is_within, own)), sum(row["right"] for row in own)
        print(f"{seconds:g} s: {within} of {len(own)} within the budget, {right} right", flush=True)


if __name__ == "__main__":
    main()

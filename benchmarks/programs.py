"""The MIPS benchmark: for every task a network from scratch, a program, and how far both are right.

    python benchmarks/programs.py --all            all 62 tasks, one after the other in `--jobs` processes; resumable
    python benchmarks/programs.py add_mod_3 div_5  some of them

Prints a table and, with --all, writes papers/mips.toml. Accuracies are on fresh sequences; "10 x" are ten times as long
as those trained on. CPU seconds cover training, distilling and proving.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from pellucid.artifacts import Automaton
from pellucid.datasets import SequenceTask, mips_task, mips_tasks
from pellucid.distill import MIPS, NothingFound
from pellucid.distill.programs.opened_network import network_of, recurrence_of
from pellucid.prove import prove_equivalent
from pellucid.run import ProgressBars
from pellucid.run.sweep import sweep
from pellucid.run.threads import one_thread

PAPER = Path(__file__).parent.parent / "papers" / "mips.toml"
SEQUENCES = 20_000
FRESH = 2_000


@dataclass(frozen=True)
class Row:
    """What came out for one task."""

    task: str
    paper: str
    network: str
    network_accuracy: float
    network_accuracy_far: float
    states: str
    route: str
    program: str
    exact: bool
    exact_far: bool
    proved: str
    training_seconds: float
    distilling_seconds: float
    proving_seconds: float

    @property
    def seconds(self) -> float:
        return self.training_seconds + self.distilling_seconds + self.proving_seconds


def solve(case: dict[str, Any]) -> dict[str, Any]:
    """Train, distil, judge against the reference, and prove; case and result are plain dictionaries."""
    with one_thread():
        return asdict(_solve(mips_task(case["name"]), case["seed"], case["budget"]))


def _solve(task: SequenceTask, seed: int, budget: float) -> Row:
    subject = task.sample(SEQUENCES, seed)
    paper = "+".join(n for n, s in (("MIPS", task.solved_by_mips), ("GPT-4", task.solved_by_gpt4)) if s) or "-"
    try:
        finding = MIPS(budget_seconds=budget).explain(subject, seed)
    except NothingFound:
        return Row(task.name, paper, "-", 0, 0, "-", "-", "-", False, False, "no program", 0, 0, 0)
    program, network = finding.artifact, finding.parts["network"]
    recurrence = recurrence_of(network_of(network.weights, network.shape), subject.alphabet, subject.length)  # type: ignore[attr-defined]
    near, far = (task.inputs(FRESH, np.random.default_rng([seed, 7]), task.length * k) for k in (1, 10))
    right, right_far = task.label(near), task.label(far)
    automaton = finding.parts.get("automaton")
    states = f"{automaton.size} states" if isinstance(automaton, Automaton) else f"{len(program.registers)} registers"
    began = time.process_time()
    proof = prove_equivalent(program, task.reference, timeout=60)
    return Row(
        task.name,
        paper,
        f"{network.shape['hidden_size']}x{network.shape['update_width']}",  # type: ignore[attr-defined]
        float((recurrence.run(near) == right).mean()),
        float((recurrence.run(far) == right_far).mean()),
        states,
        finding.provenance.route,
        _one_line(program.to_python()),
        bool((program.run(near) == right).all()),
        bool((program.run(far) == right_far).all()),
        proof.claim.strength,
        finding.provenance.seconds["training"],
        finding.provenance.seconds["distilling"],
        time.process_time() - began,
    )


def _one_line(source: str) -> str:
    """The loop of a program on one line."""
    lines = [line.strip() for line in source.splitlines() if line.strip() and '"""' not in line]
    body = next(i for i, line in enumerate(lines) if line.startswith("for "))
    return "; ".join(lines[body + 1 :])


def show(rows: list[Row]) -> None:
    """The table, and its sums."""
    from rich.console import Console
    from rich.table import Table

    table = Table("task", "paper", "net", "net acc", "at 10 x", "found", "program", "exact", "10 x", "= spec", "CPU s")
    for row in rows:
        table.add_row(
            row.task,
            row.paper,
            row.network,
            f"{100 * row.network_accuracy:.2f}",
            f"{100 * row.network_accuracy_far:.2f}",
            row.states,
            row.program[:90],
            "yes" if row.exact else "NO",
            "yes" if row.exact_far else "NO",
            row.proved,
            f"{row.seconds:.1f}",
        )
    console = Console(width=200)
    console.print(table)
    console.print(summary(rows))


def summary(rows: list[Row]) -> str:
    total = sum(row.seconds for row in rows)
    return (
        f"{len(rows)} tasks: {sum(r.network_accuracy == 1 for r in rows)} networks perfect, "
        f"{sum(r.exact for r in rows)} programs exact, {sum(r.exact_far for r in rows)} exact at ten times the length, "
        f"{sum(r.proved == 'Proved' for r in rows)} proved for all lengths; {total / 60:.1f} CPU minutes"
    )


def write(rows: list[Row], path: Path) -> None:
    """The paper's claim beside our figures."""
    lines = [
        "# What the paper claims, our command, and our figures. Written by `python benchmarks/programs.py --all`.",
        'title = "Opening the AI black box: program synthesis via mechanistic interpretability"',
        'arxiv = "2402.05110"',
        'command = "python benchmarks/programs.py --all"',
        "",
        "[paper]",
        "tasks = 62",
        "solved_by_mips = 32",
        "solved_by_gpt4 = 30",
        "solved_by_mips_only = 13",
        "",
        "[ours]",
        f"tasks = {len(rows)}",
        f"networks_perfect = {sum(r.network_accuracy == 1 for r in rows)}",
        f"programs_exact_at_training_length = {sum(r.exact for r in rows)}",
        f"programs_exact_at_ten_times_that = {sum(r.exact_far for r in rows)}",
        f"programs_proved_equal_to_the_definition = {sum(r.proved == 'Proved' for r in rows)}",
        f"cpu_minutes = {sum(r.seconds for r in rows) / 60:.1f}",
    ]
    for row in rows:
        lines += ["", f"[task.{row.task}]"]
        values = {
            "paper": row.paper,
            "network": row.network,
            "network_accuracy": round(row.network_accuracy, 6),
            "network_accuracy_at_ten_times": round(row.network_accuracy_far, 6),
            "found": row.states,
            "program": row.program,
            "exact": row.exact,
            "exact_at_ten_times": row.exact_far,
            "equal_to_definition": row.proved,
            "cpu_seconds": round(row.seconds, 1),
        }
        lines += [f"{key} = {json.dumps(value)}" for key, value in values.items()]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines) + "\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tasks", nargs="*", help="task names")
    parser.add_argument("--all", action="store_true", help="all 62; writes papers/mips.toml")
    parser.add_argument("--jobs", type=int, default=2, help="processes")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--budget", type=float, default=120.0, help="CPU seconds of training per task")
    parser.add_argument("--store", type=Path, default=None, help="folder that keeps finished tasks, to resume from")
    given = parser.parse_args()
    names = list(mips_tasks()) if given.all else given.tasks
    if not names:
        parser.error("name some tasks, or --all")
    cases = [{"name": mips_task(name).name, "seed": given.seed, "budget": given.budget} for name in names]
    with ProgressBars() as reporter:
        outcomes = sweep(solve, cases, jobs=given.jobs, reporter=reporter, store=given.store, label="tasks")
    rows = [Row(**outcome.result) for outcome in outcomes if not outcome.failed]
    show(rows)
    for outcome in outcomes:
        if outcome.failed:
            print(f"{outcome.case['name']}: {outcome.error}", file=sys.stderr)
    if given.all:
        write(rows, PAPER)


if __name__ == "__main__":
    main()

"""The suites run: ours first, then each peer on the same rows for as many CPU seconds as ours used."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from math import ceil
from typing import Any

from pellucid.run import ProgressBars
from pellucid.run.sweep import sweep

from . import gross, hasty, quotients, report, rough, varied
from .case import halves
from .engines import PEERS
from .laws import LAWS
from .solve import PROBLEMS, Row, solve_law, solve_problem

IN_HALVES = ("varied", "noisy", "jumps", "quotients", "gross", "hasty")
"""Suites whose problems' family is their half."""
SUITES = ("classics", "realistic", "laws", *IN_HALVES)
NOISES = {
    "classics": (0.0, 0.001, 0.01, 0.1),
    "realistic": (0.0,),
    "laws": (0.0,),
    "varied": varied.NOISES,
    "noisy": rough.NOISY_NOISES,
    "jumps": rough.JUMPS_NOISES,
    "quotients": quotients.NOISES,
    "gross": gross.NOISES,
    "hasty": hasty.NOISES,
}
"""The noise levels of a whole suite; a law has its own."""
SEEDS = {"classics": 1, "realistic": 1, "laws": 5, **dict.fromkeys(IN_HALVES, 1)}
"""How many draws of each problem make a whole suite."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options that only the suites have."""
    parser.add_argument(
        "--half", choices=("first", "second"), default="first", help="which half of laws and of the suites in halves"
    )
    parser.add_argument("--seeds", type=int, default=None, help="so many draws of each (laws: 5, others: 1)")
    parser.add_argument("--budget", type=float, default=0.0, help="CPU seconds for ours (default: no limit)")
    parser.add_argument(
        "--peers-only", action="store_true", help="run the peers alone, for --seconds each; ours can be added later"
    )
    parser.add_argument("--rows", type=int, default=0, help="so many rows (default: as published); writes no file")
    parser.add_argument("--not-every", type=int, default=0, help="without those problems that --every N would run")
    parser.add_argument(
        "--record", action="store_true", help="write a part into the file too, beside the rows that it has"
    )


def run(given: argparse.Namespace) -> None:
    """The suite that is asked for, shown, and written where it is whole or where that is asked.

    Raises ValueError for options that contradict each other.
    """
    check(given)
    cases = ours(given)
    with ProgressBars() as reporter:
        options: dict[str, Any] = {"jobs": given.jobs, "reporter": reporter, "store": given.store}
        function = solve_law if given.suite == "laws" else solve_problem
        outcomes = [] if given.peers_only else sweep(function, cases, **options, label=given.suite)
        used = {_key(outcome.case): outcome.result["seconds"] for outcome in outcomes if not outcome.failed}
        others = theirs(cases, given.peers, used, given.seconds)
        if others:
            outcomes += sweep(function, others, **options, label="peers")
    rows = [Row(**outcome.result) for outcome in outcomes if not outcome.failed]
    report.show(given.suite, rows)
    for outcome in outcomes:
        if outcome.failed:
            print(f"{outcome.case}: {outcome.error}", file=sys.stderr)
    keep = given.record or (is_whole(given) and len(rows) == len(outcomes))
    seen = [row for row in rows if row.family == "second" and row.engine == "pellucid"]
    if keep or seen:
        print(report.write(given.suite, rows if keep else (), command(given), seen=seen))


def check(given: argparse.Namespace) -> None:
    """Raises ValueError for options that contradict each other."""
    if given.peers_only and not given.seconds:
        raise ValueError("--peers-only needs --seconds: without ours nobody knows how many CPU seconds are equal")
    if given.record and given.rows:
        raise ValueError(f"--record with --rows {given.rows}: other numbers of rows have no place in the file")


def ours(given: argparse.Namespace) -> list[dict[str, Any]]:
    """Our cases: every problem at every noise and seed. Raises ValueError for a name that is none."""
    seeds = range(given.seed, given.seed + (given.seeds or SEEDS[given.suite]))
    fixed = {"suite": given.suite, "engine": "pellucid", "seconds": given.budget}
    if given.rows:
        fixed["rows"] = given.rows
    noises = given.noise or NOISES[given.suite]
    names = problems(given.suite, given.half, given.only or ())
    if given.not_every:
        names = [name for place, name in enumerate(names) if place % given.not_every]
    names = names[:: given.every]
    return [
        {**fixed, "problem": name, "noise": noise, "seed": seed} for noise in noises for name in names for seed in seeds
    ]


def theirs(
    cases: Sequence[dict[str, Any]], peers: Sequence[str], used: dict[tuple[Any, ...], float], seconds: float | None
) -> list[dict[str, Any]]:
    """Each peer's cases, with the CPU seconds that ours used, in whole seconds so that a run can be resumed."""
    return [
        {**case, "engine": peer, "seconds": seconds or float(max(1, ceil(used[_key(case)])))}
        for peer in peers
        for case in cases
        if seconds or _key(case) in used
    ]


def problems(suite: str, half: str, only: Sequence[str]) -> list[str]:
    """The names of a suite's problems, or those of the names, families and sets that are asked for."""
    if suite == "laws":
        known = {law.name: "laws" for law in halves(LAWS)[half == "second"]}
    else:
        known = {name: each.family for name, each in PROBLEMS[suite]().items()}
    if suite in IN_HALVES:
        known = {name: family for name, family in known.items() if family == half}
    for name in only:
        if name not in known and name not in known.values():
            raise ValueError(
                f"{name!r} is no problem or family of {suite} ({', '.join(dict.fromkeys(known.values()))})"
            )
    return [name for name, family in known.items() if not only or name in only or family in only]


def is_whole(given: argparse.Namespace) -> bool:
    """Whether everything of a suite (or of its half) is run as it is meant, so that its figures may be written down."""
    if given.only or given.quick or given.rows or given.peers_only or given.not_every:
        return False
    partial = given.budget or given.every > 1 or (given.seeds or 99) < SEEDS[given.suite]
    return not partial and tuple(given.noise or NOISES[given.suite]) == NOISES[given.suite]


def command(given: argparse.Namespace) -> str:
    """The command that repeats the run."""
    options = "" if given.suite in ("classics", "realistic") else f" --half {given.half}"
    options += f" --only {' '.join(given.only)}" if given.only else ""
    options += f" --noise {' '.join(f'{noise:g}' for noise in given.noise)}" if given.noise else ""
    usual = {"every": 1, "not_every": 0, "rows": 0, "seeds": None, "seed": 0, "budget": 0.0, "seconds": None}
    for name, default in usual.items():
        value = getattr(given, name)
        if value != default and not (name == "seconds" and not given.peers):
            options += f" --{name.replace('_', '-')} {value:g}"
    options += " --peers-only" * given.peers_only
    if set(given.peers) != set(PEERS):
        options += " ".join([" --peers", *given.peers])
    return f"python benchmarks/formulas.py --suite {given.suite}{options}"


def _key(case: dict[str, Any]) -> tuple[Any, ...]:
    return case["problem"], case["noise"], case["seed"]

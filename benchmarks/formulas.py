"""The benchmarks of formulas: whose tables become whose equations, ours and the peers' (suites/engines.py).

    python benchmarks/formulas.py --jobs 2 --store runs   AI Feynman: 100 + 20 equations, at noise 0, 0.01 and 0.1
    python benchmarks/formulas.py --quick                 a dozen of them without noise
    python benchmarks/formulas.py --only I.9.18 test_2 --noise 0.01 --peers
    python benchmarks/formulas.py --suite classics        Nguyen, Keijzer, Korns, ... (suites/classics.py)
    python benchmarks/formulas.py --suite realistic       SRSD's sampling of AI Feynman (suites/srsd.py)
    python benchmarks/formulas.py --suite laws --half first --seeds 5   laws with noise (suites/laws.py)
    python benchmarks/formulas.py --suite varied --half first           many structures (suites/varied.py)

For each equation and noise, on the same rows: `pellucid formula`; and beside it the peers that are installed
(`pip install pellucid[bench]`), which restart or go on until they have used `--seconds` of CPU time; in the suites,
without it, as many as ours used. Only the whole of a suite writes its file in papers/; with `--store`, an interrupted
run goes on where it stopped. The rest of this text is about AI Feynman; the suites say how they judge.

"Exact" is equality with the equation as a function, decided by algebra or 60 digits at random points (a fitted
constant that was not snapped is not exact), and agreement to 1e-6 with rows outside the range of the features. The
peers know no snapping, so they get ours, free of charge: they are right if any of the best members of their fronts is.
CPU seconds are of one core.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import sympy

from pellucid.artifacts.formulas.formula import Formula, make_formula
from pellucid.datasets.feynman import Equation, feynman_equation, feynman_equations
from pellucid.distill.formulas.evolution.search import polished_best
from pellucid.prove.formulas.same_formula import same_formula
from pellucid.run import ProgressBars
from pellucid.run.sweep import sweep
from pellucid.run.threads import one_thread
from pellucid.subjects.tables.samples import Samples
from suites import runner
from suites.engines import ENGINES, MEMBERS, PEERS, is_usable

PAPER = Path(__file__).parent.parent / "papers" / "ai_feynman.toml"
ROWS = 1_000
OUTSIDE = 1e-6
NOISES = (0.0, 0.01, 0.1)
PEER_NOISES = (0.0,)
"""Peers run without noise only: they find few equations there, and every level takes them an hour."""
QUICK = (
    "I.6.2a",
    "I.8.14",
    "I.9.18",
    "I.12.1",
    "I.13.12",
    "I.15.3x",
    "I.18.12",
    "I.29.16",
    "I.41.16",
    "II.35.21",
    "III.9.52",
    "test_2",
)


@dataclass(frozen=True)
class Row:
    """What one engine made of one equation."""

    equation: str
    group: str
    noise: float
    engine: str
    exact: bool
    verdict: str
    expression: str
    error: float
    error_outside: float
    seconds: float


def solve(case: dict[str, Any]) -> dict[str, Any]:
    """Draw the rows, let one engine look at them, and judge what it says; case and result are plain dictionaries."""
    equation = feynman_equation(case["equation"])
    samples = equation.sample(ROWS, case["seed"], case["noise"])
    if case.get("without_units"):
        samples = replace(samples, units=None)
    with one_thread():
        began = time.process_time()
        try:
            found = ENGINES[case["engine"]](samples, case["seed"], case["seconds"])
        except ValueError as error:  # an engine that finds nothing says so this way
            print(f"{case['equation']}, {case['engine']}: {error}", file=sys.stderr)
            found = []
        seconds = time.process_time() - began
        if case["engine"] in PEERS:
            found = [
                one.expression for one in polished_best([one for one in found if is_usable(one)], samples, most=MEMBERS)
            ]
        judged = [_judged(equation, expression, samples) for expression in found]
    best = next((one for one in judged if one[0]), judged[0] if judged else (False, "nothing", "", np.inf, np.inf))
    return asdict(Row(case["equation"], equation.group, case["noise"], case["engine"], *best, seconds))


def _judged(equation: Equation, expression: sympy.Expr, samples: Samples) -> tuple[bool, str, str, float, float]:
    """Whether it is the equation, how that is known, its text, and its relative errors inside and outside the box."""
    formula = make_formula(expression, equation.names, equation.target)
    inside = _error(formula, samples.X, equation.formula(samples.X))
    beyond = equation.sample_outside(ROWS, seed=1)
    outside = _error(formula, beyond.X, beyond.y)
    if inside > OUTSIDE:  # no need to ask
        return False, "different", formula.expression, inside, outside
    box = list(zip(equation.lows, equation.highs, strict=True))
    verdict = same_formula(expression, equation.formula.sympy(), box, equation.names)
    exact = verdict.kind in ("equal", "tested") and outside < OUTSIDE
    return exact, verdict.kind, formula.expression, inside, outside


def _error(formula: Formula, X: np.ndarray, y: np.ndarray) -> float:
    """rms(formula - y) / rms(y), infinite where the formula has no value."""
    error = float(np.sqrt(np.mean((formula(X) - y) ** 2) / np.mean(y**2)))
    return error if np.isfinite(error) else float("inf")


def show(rows: list[Row]) -> None:
    """Every answer, and the counts."""
    from rich.console import Console
    from rich.table import Table

    table = Table("equation", "noise", "engine", "exact", "by", "error", "outside", "CPU s", "formula")
    for row in rows:
        figures = (f"{row.error:.1e}", f"{row.error_outside:.1e}", f"{row.seconds:.1f}", row.expression[:70])
        table.add_row(row.equation, f"{row.noise:g}", row.engine, "yes" if row.exact else "NO", row.verdict, *figures)
    console = Console(width=170)
    console.print(table)
    totals = Table("noise", "engine", "exact of the 100", "exact of the 20", "median CPU s", "max CPU s")
    for noise, engine, own in _groups(rows):
        totals.add_row(
            f"{noise:g}",
            engine,
            *(f"{sum(r.exact for r in part)} of {len(part)}" for part in _by_group(own)),
            f"{median(r.seconds for r in own):.1f}",
            f"{max(r.seconds for r in own):.1f}",
        )
    console.print(totals)
    for noise, engine, own in _groups(rows):
        missed = [row.equation for row in own if not row.exact]
        if engine == "pellucid" and missed:
            console.print(f"not found at noise {noise:g}: {', '.join(missed)}")


def _groups(rows: list[Row]) -> list[tuple[float, str, list[Row]]]:
    keys = dict.fromkeys((row.noise, row.engine) for row in rows)
    return [(*key, [row for row in rows if (row.noise, row.engine) == key]) for key in keys]


def _by_group(rows: list[Row]) -> tuple[list[Row], list[Row]]:
    return [row for row in rows if row.group == "feynman"], [row for row in rows if row.group == "bonus"]


CLAIMED = """
[paper]
# AI Feynman (arXiv 1905.11481): found without noise, and at the largest noise that an equation bears
feynman_of_100 = 100
feynman_of_100_by_eureqa = 71
bonus_percent = 90
bonus_percent_by_eureqa = 15

[srbench]
# SRBench (arXiv 2107.14351) and PhySO (arXiv 2303.03192): percent of the equations found exactly
aifeynman_percent_without_noise = 56
gp_gomea_percent_without_noise = 27
operon_percent_without_noise = 17
physo_percent_at_noise_0_01 = 58
all_others_percent_at_noise_0_01_below = 17
"""


def _sample(names: Sequence[str], every: int) -> list[str]:
    """Every n-th of the 100 equations, from the second on."""
    return [name for name in names if feynman_equation(name).group == "feynman"][1::every]


def write(rows: list[Row], path: Path, given: argparse.Namespace) -> None:
    """The papers' claims beside our figures."""
    engines = dict.fromkeys(row.engine for row in rows)
    options = f" --every {given.every}" * (given.every > 1) + " --peers" * (len(engines) == 1)
    lines = [
        "# What the papers claim, our command, and our figures. Written by `python benchmarks/formulas.py`.",
        'title = "AI Feynman: a physics-inspired method for symbolic regression"',
        'arxiv = "1905.11481"',
        f'command = "python benchmarks/formulas.py{options}"',
        f"rows = {ROWS}",
        f"cpu_seconds_for_each_peer = {given.seconds:g}" if len(engines) > 1 else "# the peers were not run",
        *CLAIMED.rstrip().splitlines(),
    ]
    for noise, engine, own in _groups(rows):
        feynman, bonus = _by_group(own)
        lines += [
            "",
            f'[{"ours" if engine == "pellucid" else engine}."noise {noise:g}"]',
            f"feynman_exact = {sum(row.exact for row in feynman)}",
            f"feynman = {len(feynman)}",
            f"bonus_exact = {sum(row.exact for row in bonus)}",
            f"bonus = {len(bonus)}",
            f"cpu_seconds_median = {median(row.seconds for row in own):.1f}",
            f"cpu_seconds_max = {max(row.seconds for row in own):.1f}",
        ]
    for row in rows:
        values = {key: _rounded(value) for key, value in asdict(row).items()}
        lines += ["", "[[row]]", *(f"{key} = {json.dumps(value)}" for key, value in values.items())]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines) + "\n")


def _rounded(value: Any) -> Any:
    """As TOML can hold it: an infinite error is a text."""
    if not isinstance(value, float):
        return value
    return float(f"{value:.4g}") if np.isfinite(value) else "infinite"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--suite", choices=("feynman", *runner.SUITES), default="feynman", help="which equations")
    parser.add_argument("--quick", action="store_true", help="a dozen equations without noise; writes no file")
    parser.add_argument("--only", nargs="+", metavar="NAME", help="these equations or families; writes no file")
    parser.add_argument("--noise", nargs="+", type=float, help="noise levels, as shares of the target's size")
    parser.add_argument("--peers", nargs="*", choices=list(PEERS), help="which peers run as well (default: all)")
    parser.add_argument("--seconds", type=float, default=None, help="CPU seconds for each peer and equation")
    parser.add_argument("--jobs", type=int, default=1, help="processes")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--store", type=Path, default=None, help="folder that keeps finished cases, to resume from")
    runner.add_arguments(parser)
    parser.add_argument(
        "--every",
        type=int,
        default=1,
        help="only every n-th: of a suite's problems; with noise or without units of the 100 (the second, ...)",
    )
    parser.add_argument(
        "--without-units", action="store_true", help="nothing is told of units, without noise; writes no file"
    )
    given = parser.parse_args()
    asked = list(PEERS) if given.peers is None else given.peers
    given.peers = [peer for peer in asked if find_spec(PEERS[peer])]
    for peer in set(asked) - set(given.peers):
        print(f"{peer} is not installed, so it is left out; suites/engines.py says where it is from", file=sys.stderr)
    if given.suite == "feynman":
        run_feynman(given)
    else:
        runner.run(given)


def run_feynman(given: argparse.Namespace) -> None:
    """The AI Feynman benchmark, shown, and written where it is whole."""
    given.seconds = given.seconds or 5.0
    names = given.only or (list(QUICK) if given.quick else list(feynman_equations()))
    noises = tuple(given.noise or (NOISES[:1] if given.quick or given.without_units else NOISES))
    cases = [
        {"equation": feynman_equation(name).name, "noise": noise, "engine": engine, "seed": given.seed}
        | {"seconds": given.seconds if engine in PEERS else 0.0}
        | ({"without_units": True} if given.without_units else {})
        for engine in ("pellucid", *given.peers)
        for noise in (noises if engine == "pellucid" or given.noise else PEER_NOISES)
        for name in (names if given.every == 1 or not (noise or given.without_units) else _sample(names, given.every))
    ]
    with ProgressBars() as reporter:
        outcomes = sweep(solve, cases, jobs=given.jobs, reporter=reporter, store=given.store, label="equations")
    rows = [Row(**outcome.result) for outcome in outcomes if not outcome.failed]
    show(rows)
    for outcome in outcomes:
        if outcome.failed:
            print(f"{outcome.case}: {outcome.error}", file=sys.stderr)
    whole = not (given.only or given.quick or given.without_units) and noises == NOISES
    if whole and not any(outcome.failed for outcome in outcomes):
        write(rows, PAPER, given)


if __name__ == "__main__":
    main()

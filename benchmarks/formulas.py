"""The benchmarks of formulas: whose tables become whose equations, ours and the peers' (suites/engines.py).

    python benchmarks/formulas.py --jobs 2 --store runs   AI Feynman: 100 + 20 equations, at noise 0, 0.01 and 0.1
    python benchmarks/formulas.py --quick                 a dozen of them without noise
    python benchmarks/formulas.py --only I.9.18 test_2 --noise 0.01 --peers
    python benchmarks/formulas.py --only feynman --noise 0.1 --peers --record --store runs    the 100 at one noise
    python benchmarks/formulas.py --suite classics        Nguyen, Keijzer, Korns, ... (suites/classics.py)
    python benchmarks/formulas.py --suite realistic       SRSD's sampling of AI Feynman (suites/srsd.py)
    python benchmarks/formulas.py --suite laws --half first --seeds 5   laws with noise (suites/laws.py)
    python benchmarks/formulas.py --suite varied --half first           many structures (suites/varied.py)
    python benchmarks/formulas.py --suite noisy --half first            what noise hides (suites/rough.py)
    python benchmarks/formulas.py --suite jumps --half first            steps, floors, sawtooth waves (suites/rough.py)
    python benchmarks/formulas.py --suite quotients --half first        sums over sums (suites/quotients.py)
    python benchmarks/formulas.py --suite gross --half first            gross errors among good rows (suites/gross.py)
    python benchmarks/formulas.py --suite hasty --budget 10           short budgets, errors (suites/hasty.py)

For each equation and noise, on the same rows: `pellucid formula`; and beside it the peers that are installed
(suites/engines.py says how), which restart or go on until they have used `--seconds` of CPU time; in the suites,
without it, as many as ours used. The whole of a suite writes its file in papers/, a part does with `--record`: its rows
join or replace those that are there, and each names the command, the commit and the day that it is from. With
`--store`, an interrupted run goes on where it stopped, and what several calls have stored can be recorded by one.
The rest of this text is about AI Feynman; the suites say how they judge.

"Exact" is equality with the equation as a function, decided by algebra or 60 digits at random points (a fitted
constant that was not snapped is not exact), and agreement to 1e-6 with rows outside the range of the features. The
peers know no snapping, so they get ours, free of charge: they are right if any of the best members of their fronts is.
CPU seconds are of one core.
"""

from __future__ import annotations

import argparse
import sys
import tomllib
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields, replace
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import sympy

from pellucid.artifacts.formulas.formula import Formula, make_formula
from pellucid.datasets.feynman import Equation, feynman_equation, feynman_equations
from pellucid.prove.formulas.same_formula import same_formula
from pellucid.run import ProgressBars
from pellucid.run.sweep import sweep
from pellucid.run.threads import one_thread
from pellucid.subjects.tables.samples import Samples
from suites import runner
from suites.engines import PEERS
from suites.origin import origin
from suites.record import merged, read, table
from suites.solve import ask

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
    seed: int = 0
    allowed: float = 0.0
    commit: str = ""
    date: str = ""


def solve(case: dict[str, Any]) -> dict[str, Any]:
    """Draw the rows, let one engine look at them, and judge what it says; case and result are plain dictionaries."""
    equation = feynman_equation(case["equation"])
    samples = equation.sample(ROWS, case["seed"], case["noise"])
    if case.get("without_units"):
        samples = replace(samples, units=None)
    answers = ask(case, samples, snapped=True)
    with one_thread():
        judged = [_judged(equation, expression, samples) for expression in answers.found]
    none = (False, answers.by, answers.message[:300], np.inf, np.inf)
    best = next((one for one in judged if one[0]), judged[0] if judged else none)
    row = Row(case["equation"], equation.group, case["noise"], case["engine"], *best, answers.seconds, case["seed"])
    return asdict(replace(row, **origin(case)))


def _judged(equation: Equation, expression: sympy.Expr, samples: Samples) -> tuple[bool, str, str, float, float]:
    """Whether it is the equation, how that is known, its text, and its relative errors inside and outside the box."""
    try:
        return _verdict(equation, expression, samples)
    except (ValueError, TypeError, ArithmeticError, NotImplementedError) as error:  # too much for the judge
        return False, "not judged", f"{expression} ({error})"[:300], np.inf, np.inf


def _verdict(equation: Equation, expression: sympy.Expr, samples: Samples) -> tuple[bool, str, str, float, float]:
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


def write(rows: list[Row], path: Path, command: str) -> None:
    """The papers' claims beside our figures; the rows join those that the file has."""
    before = tomllib.loads(path.read_text()) if path.exists() else {}
    runs, entries = merged(before, map(asdict, rows), command, ("equation", "noise", "seed", "engine"))
    known = {field.name for field in fields(Row)}
    parsed = [Row(**{key: value for key, value in read(entry).items() if key in known}) for entry in entries]
    lines = [
        "# What the papers claim, and our figures, each with its run. Written by `python benchmarks/formulas.py`.",
        'title = "AI Feynman: a physics-inspired method for symbolic regression"',
        'arxiv = "1905.11481"',
        f"rows = {ROWS}",
        *CLAIMED.rstrip().splitlines(),
    ]
    for run in runs:
        lines += table("run", run, one_of=True)
    for noise, engine, own in _groups(parsed):
        feynman, bonus = _by_group(own)
        figures = {
            "feynman_exact": sum(row.exact for row in feynman),
            "feynman": len(feynman),
            "bonus_exact": sum(row.exact for row in bonus),
            "bonus": len(bonus),
            "cpu_seconds_median": round(median(row.seconds for row in own), 1),
            "cpu_seconds_max": round(max(row.seconds for row in own), 1),
        }
        lines += table(f'{"ours" if engine == "pellucid" else engine}."noise {noise:g}"', figures)
    for entry in entries:
        lines += table("row", entry, one_of=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines) + "\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--suite", choices=("feynman", *runner.SUITES), default="feynman", help="which equations")
    parser.add_argument("--quick", action="store_true", help="a dozen equations without noise; writes no file")
    parser.add_argument("--only", nargs="+", metavar="NAME", help="these equations, or groups or families of them")
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
    try:
        (run_feynman if given.suite == "feynman" else runner.run)(given)
    except ValueError as error:  # options that contradict each other: what a case ends with is kept in its row
        parser.error(str(error))
    except KeyboardInterrupt:
        where = f"{given.store} has what is done, the same command goes on" if given.store else "nothing is kept"
        sys.exit(f"interrupted: {where}")


def run_feynman(given: argparse.Namespace) -> None:
    """The AI Feynman benchmark, shown, and written where it is whole or where that is asked."""
    if given.record and (given.quick or given.without_units):
        raise ValueError("--record with --quick or --without-units: such rows have no place in the file")
    noises = tuple(given.noise or (NOISES[:1] if given.quick or given.without_units else NOISES))
    with ProgressBars() as reporter:
        cases = feynman_cases(given, noises)
        outcomes = sweep(solve, cases, jobs=given.jobs, reporter=reporter, store=given.store, label="equations")
    rows = [Row(**outcome.result) for outcome in outcomes if not outcome.failed]
    show(rows)
    for outcome in outcomes:
        if outcome.failed:
            print(f"{outcome.case}: {outcome.error}", file=sys.stderr)
    partial = given.only or given.quick or given.without_units or given.budget or given.every > 1 or given.peers_only
    whole = not partial and noises == NOISES and not any(outcome.failed for outcome in outcomes)
    if whole or given.record:
        write(rows, PAPER, feynman_command(given))


def feynman_cases(given: argparse.Namespace, noises: Sequence[float]) -> list[dict[str, Any]]:
    """Every engine's equations at every noise; names may be groups: "feynman" is the 100, "bonus" the 20."""
    seconds = dict.fromkeys(given.peers, given.seconds or 5.0)
    engines = {**({} if given.peers_only else {"pellucid": given.budget}), **seconds}
    names = list(QUICK) if given.quick else list(feynman_equations())
    if given.only:
        groups = {group: [n for n in names if feynman_equation(n).group == group] for group in ("feynman", "bonus")}
        names = [name for word in given.only for name in groups.get(word, [word])]
    return [
        {"equation": feynman_equation(name).name, "noise": noise, "engine": engine, "seed": given.seed}
        | {"seconds": allowed}
        | ({"without_units": True} if given.without_units else {})
        for engine, allowed in engines.items()
        for noise in (noises if engine == "pellucid" or given.noise else PEER_NOISES)
        for name in (names if given.every == 1 or not (noise or given.without_units) else _sample(names, given.every))
    ]


def feynman_command(given: argparse.Namespace) -> str:
    """The command that repeats the run."""
    words = ["python benchmarks/formulas.py"]
    for name, usual in (("only", None), ("noise", None), ("every", 1), ("seed", 0), ("budget", 0.0)):
        value = getattr(given, name)
        if value and value != usual:
            many = value if isinstance(value, list) else [value]
            words += [f"--{name}", *(one if isinstance(one, str) else f"{one:g}" for one in many)]
    words += ["--seconds", f"{given.seconds or 5.0:g}"] * bool(given.peers) + ["--peers-only"] * given.peers_only
    return " ".join([*words, "--peers", *given.peers])


if __name__ == "__main__":
    main()

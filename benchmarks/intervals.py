"""How often the intervals of recovered coefficients hold: 20 seeds each, at noises of 1 and 3 %.

    python benchmarks/intervals.py                       twelve systems; writes them into papers/recovery_intervals.toml
    python benchmarks/intervals.py --half first          the half of twenty-eight others that may be looked at
    python benchmarks/intervals.py --half second         the other half, once, at the end; each half is written, too
    python benchmarks/intervals.py ... --seeds 3         fewer, and writes nothing, but with --write

No coefficient is a simple number, so that none is snapped to one with reason. Of the equations that have the right
terms, every interval of value +- 1.96 standard deviations is asked whether the true coefficient lies in it; a number
that is given as exact and is another one is a miss. Seconds are CPU time on one thread.
"""

from __future__ import annotations

import argparse
import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before numpy is imported, which reads it
os.environ.setdefault("OMP_NUM_THREADS", "1")

import datetime
import json
import subprocess
import time
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import sympy
from numpy.typing import NDArray

from pellucid.artifacts.formulas.formula_source import numpy_function
from pellucid.artifacts.laws.recovered_dynamics import RecoveredDynamics
from pellucid.discover.trajectories.sindy import NoEquations, SINDy
from pellucid.subjects.equations.trajectories import Trajectories
from suites.dynamics import System
from suites.halves import half_of
from suites.measured import MEASURED

PAPERS = Path(__file__).parent.parent / "papers"
NOISES = (0.01, 0.03)
QUANTILE = 1.96

Array = NDArray[np.float64]

SYSTEMS = (
    System("spring", "x v", ("v", "-1.8731*x - 0.3127*v"), (-1.5, -1.5), (1.5, 1.5)),
    System("cubic spring", "x v", ("v", "-0.9173*x - 0.6389*x**3"), (-1.5, -1.5), (1.5, 1.5)),
    System("valve", "x v", ("v", "1.2371*v - 1.2371*x**2*v - 0.8713*x"), (-2, -2), (2, 2)),
    System("predators", "x y", ("0.9137*x - 1.1279*x*y", "0.7313*x*y - 0.8391*y"), (0.4, 0.4), (1.8, 1.8)),
    System("rivals", "x y", ("1.1317*x - 0.5179*x**2 - 0.3121*x*y", "0.9237*y - 0.2693*x*y - 0.6117*y**2"), (0.1, 0.1),
           (3, 3)),
    System("epidemic", "S I", ("-0.8713*S*I", "0.8713*S*I - 0.2973*I"), (0.5, 0.05), (1.5, 0.3), step=0.2),
    System("decay", "A B", ("-0.7331*A", "0.7331*A - 0.2917*B"), (0.5, 0.1), (2, 1)),
    System("logistic", "N", ("0.8713*N - 0.4139*N**2",), (0.1,), (3,), orbits=14),
    System("spiral", "x y", ("-0.1373*x + 1.3119*y", "-1.7121*x - 0.1373*y"), (-1, -1), (1, 1)),
    System("braked rotor", "p q r", ("0.7193*q*r - 0.1117*p", "-1.3171*p*r - 0.2113*q", "0.4271*p*q - 0.1579*r"),
           (-2, -2, -2), (2, 2, 2)),
    System("convection", "x y z", ("-10.137*x + 10.137*y", "27.813*x - y - x*z", "x*y - 2.7131*z"), (-8, -8, 17),
           (8, 8, 33), step=0.02, samples=250, orbits=8, settle=4.0),
    System("band", "x y z", ("-y - z", "x + 0.2137*y", "0.2317 - 5.6713*z + x*z"), (-4, -4, 0), (4, 4, 0.2), step=0.1,
           samples=200, orbits=6, settle=20.0),
)  # fmt: skip


@dataclass(frozen=True)
class Counted:
    """Whether the terms are right; intervals, those that hold, wrong exact numbers, and the errors over their doubt."""

    right: bool = False
    intervals: int = 0
    held: int = 0
    wrong: int = 0
    scores: tuple[float, ...] = ()


def counted(system: System, noise: float, seed: int) -> Counted:
    """One fit."""
    times, columns = system.draw(noise, seed)
    try:
        subject = Trajectories(times, columns, (*system.names, *system.driven), inputs=system.driven)
        found = SINDy().explain(subject).artifact
    except NoEquations:
        return Counted()
    clock = np.concatenate(times)[:, None]
    return judged(found, system, np.hstack([np.concatenate(columns), clock]))


def judged(found: RecoveredDynamics, system: System, points: Array) -> Counted:
    """Coefficient by coefficient, those of one parameter in several terms each by itself, at points (points, variables,
    inputs and time): the true ones are those with which the found terms give the true rates there."""
    held, wrong, scores = 0, 0, []
    names = [*system.names, *system.driven, found.time or "t"]
    for ours, theirs in zip(found.sympy(), system.law(), strict=True):
        coefficients = Coefficients(found)
        terms = coefficients.freed(ours)
        right = theirs.xreplace({sympy.Symbol("t", real=True): sympy.Symbol(names[-1], real=True)})
        truths = true_values(terms, right, coefficients.values, names, points)
        if truths is None:
            return Counted()
        for value, truth, doubt in zip(coefficients.values, truths, coefficients.doubts, strict=True):
            error = abs(value - truth)
            wrong += int(doubt == 0 and error > 1e-6)
            held += int(doubt > 0 and error <= QUANTILE * doubt)
            scores += [(value - truth) / doubt] if doubt > 0 else []
    return Counted(True, len(scores), held, wrong, tuple(scores))


@dataclass
class Coefficients:
    """Every coefficient of an expression by itself; those of denominators that are exact numbers stay, since a quotient
    is the same when both its parts are multiplied."""

    found: RecoveredDynamics
    values: list[float] = field(default_factory=list)
    doubts: list[float] = field(default_factory=list)

    def freed(self, expression: Any, below: bool = False) -> Any:
        """With a symbol of its own for each coefficient."""
        expression = sympy.expand(expression) if not expression.as_numer_denom()[1].free_symbols else expression
        if expression.is_Add:
            return sympy.Add(*(self.freed(term, below) for term in expression.args))
        number, rest = expression.as_coeff_Mul()
        mine, others = [], []
        for factor in sympy.Mul.make_args(rest):
            (mine if str(factor) in self.found.parameters else others).append(factor)
        parts = [self._factor(factor) for factor in others]
        split = any(factor.is_Add for factor in others)  # a numerator, whose terms have their own
        if split or (below and not mine):
            return sympy.Mul(number, *mine, *parts)
        place = self.found.parameters.index(str(mine[0])) if mine else None
        value, doubt = (1.0, 0.0) if place is None else (self.found.values[place], self.found.uncertainties[place])
        return sympy.Mul(self._new(float(number) * value, abs(float(number)) * doubt), *parts)

    def _factor(self, factor: Any) -> Any:
        if factor.is_Add:
            return self.freed(factor)
        if factor.is_Pow and factor.exp.is_negative:
            return self.freed(factor.base, below=True) ** factor.exp
        waves = [
            atom for atom in factor.atoms(sympy.sin, sympy.cos) if str(self.found.time) in map(str, atom.free_symbols)
        ]
        return factor.xreplace({wave: wave.func(self.freed(wave.args[0])) for wave in waves})

    def _new(self, value: float, doubt: float) -> sympy.Symbol:
        self.values.append(value)
        self.doubts.append(doubt)
        return sympy.Symbol(f"c{len(self.values)}_", real=True)


def true_values(terms: Any, right: Any, values: Sequence[float], names: Sequence[str], points: Array) -> Array | None:
    """The coefficients from `values` on by Gauss and Newton with which `terms` are the `right` rate at points (points,
    names); None where there are none, or one is 0: the terms are others."""
    symbols = [sympy.Symbol(f"c{i + 1}_", real=True) for i in range(len(values))]
    everything: Any = sympy.Tuple(terms - right, *(sympy.diff(terms, symbol) for symbol in symbols))
    function = numpy_function(everything, (*names, *map(str, symbols)))
    size = float(np.std(np.broadcast_to(numpy_function(right, tuple(names))(*points.T), len(points)))) or 1.0
    truth = np.array(values, dtype=np.float64)
    with np.errstate(all="ignore"):
        for _ in range(20):
            rows = np.stack([np.broadcast_to(one, len(points)) for one in function(*points.T, *truth)], 1)
            rows = rows[np.isfinite(rows).all(1)]
            if np.abs(rows[:, 0]).max() < 1e-9 * size:
                return truth if (np.abs(truth) > 1e-9).all() else None
            truth = truth - np.linalg.lstsq(rows[:, 1:], rows[:, 0], rcond=None)[0]
    return None


def row_of(system: System, noise: float, seeds: int) -> dict[str, Any]:
    """All seeds of one system."""
    start = time.process_time()
    each = [counted(system, noise, seed) for seed in range(seeds)]
    seconds = time.process_time() - start
    scores = np.array([score for one in each for score in one.scores])
    return {"name": system.name, "noise": noise, "fits": len(each), "right_terms": sum(one.right for one in each),
            "intervals": sum(one.intervals for one in each), "held": sum(one.held for one in each),
            "wrong_exact": sum(one.wrong for one in each),
            "error_over_doubt": round(float(np.sqrt((scores**2).mean())), 3) if len(scores) else 0.0,
            "mean": round(float(scores.mean()), 3) if len(scores) else 0.0, "seconds": round(seconds, 2)}  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--half", choices=("first", "second"))
    parser.add_argument("--write", action="store_true", help="also rows of fewer seeds, which say how many")
    parser.add_argument("--only", nargs="+", default=[], metavar="NAME")
    options = parser.parse_args()
    suite = "twelve" if options.half is None else options.half
    systems = SYSTEMS if options.half is None else [one for one in MEASURED if half_of(one.name) == options.half]
    systems = [one for one in systems if not options.only or one.name in options.only]
    rows: list[dict[str, Any]] = []
    for noise in NOISES:
        for system in systems:
            rows.append({"suite": suite, **row_of(system, noise, options.seeds)})
            print("  ".join(f"{key} {value}" for key, value in rows[-1].items()), flush=True)
        some = [row for row in rows if row["noise"] == noise]
        total, held = sum(row["intervals"] for row in some), sum(row["held"] for row in some)
        print(f"noise {noise:g}: {held} of {total} intervals hold, {held / max(total, 1):.1%}")
    if not options.only and (options.seeds == 20 or options.write):
        write(rows)


def write(rows: list[dict[str, Any]]) -> None:
    """papers/recovery_intervals.toml with these rows in place of those of their suite; no paper gives any."""
    path = PAPERS / "recovery_intervals.toml"
    head = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=True)
    rows = [{**row, "commit": head.stdout.strip(), "date": str(datetime.date.today())} for row in rows]
    before = tomllib.loads(path.read_text(encoding="utf-8")).get("row", []) if path.exists() else []
    rows = [*(row for row in before if row["suite"] != rows[0]["suite"]), *rows]
    text = [
        "# What intervals of recovered coefficients are worth. Written by `python benchmarks/intervals.py`: twelve",
        "# systems, and twenty-eight others in two halves, of which the second was run once, when all else was done:",
        "# as far as it stands here, with the seeds that `fits` says.",
        'title = "Fitting ordinary differential equations to chaotic data (multiple shooting)"',
        'doi = "10.1103/PhysRevA.45.5524"',
        'command = "python benchmarks/intervals.py; python benchmarks/intervals.py --half first; '
        'python benchmarks/intervals.py --half second"',
    ]
    for suite in dict.fromkeys(row["suite"] for row in rows):
        for noise in NOISES:
            some = [row for row in rows if (row["suite"], row["noise"]) == (suite, noise)]
            totals = {key: sum(row[key] for row in some) for key in ("fits", "right_terms", "intervals", "held",
                                                                     "wrong_exact")}  # fmt: skip
            text += ["", f"[{suite}.noise_{100 * noise:g}_percent]"]
            text += [f"{key} = {value}" for key, value in totals.items()]
            text.append(f"share_that_holds = {totals['held'] / totals['intervals']:.4f}")
    for row in rows:
        text += ["", "[[row]]", *(f"{key} = {json.dumps(value)}" for key, value in row.items())]
    path.write_text("\n".join(text) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

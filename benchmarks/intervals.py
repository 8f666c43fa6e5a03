"""How often the intervals of recovered coefficients hold: 12 systems, 20 seeds, noises of 1 and 3 %.

    python benchmarks/intervals.py           every row; writes papers/recovery_intervals.toml
    python benchmarks/intervals.py --seeds 3 fewer, and writes nothing

No coefficient is a simple number, so that none is snapped to one with reason. Of the equations that have the right
terms, every interval of value +- 1.96 standard deviations is asked whether the true coefficient lies in it; a number
that is given as exact and is another one is a miss. Seconds are CPU time on one thread.
"""

from __future__ import annotations

import argparse
import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before numpy is imported, which reads it
os.environ.setdefault("OMP_NUM_THREADS", "1")

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import sympy

from pellucid.artifacts.laws.recovered_dynamics import RecoveredDynamics
from pellucid.discover.trajectories.sindy import NoEquations, SINDy
from pellucid.subjects.equations.trajectories import Trajectories
from suites.dynamics import System

PAPERS = Path(__file__).parent.parent / "papers"
NOISES = (0.01, 0.03)
QUANTILE = 1.96

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
        found = SINDy().explain(Trajectories(times, columns, system.names)).artifact
    except NoEquations:
        return Counted()
    return judged(found, system)


def judged(found: RecoveredDynamics, system: System) -> Counted:
    """Term by term; a parameter that stands in several terms is asked once for each."""
    symbols = [sympy.Symbol(name, real=True) for name in system.names]
    parameters = [sympy.Symbol(name, real=True) for name in found.parameters]
    known = dict(zip(parameters, zip(found.values, found.uncertainties, strict=True), strict=True))
    held, total, wrong, scores = 0, 0, 0, []
    for ours, theirs in zip(found.sympy(), system.law(), strict=True):
        if not ours.is_polynomial(*symbols):
            return Counted()
        mine, right = dict(sympy.Poly(ours, *symbols).terms()), dict(sympy.Poly(theirs, *symbols).terms())
        if set(mine) != set(right):
            return Counted()
        for power, coefficient in mine.items():
            truth, free = float(right[power]), list(coefficient.free_symbols)
            if not free:
                wrong += int(abs(float(coefficient) - truth) > 1e-9)
                continue
            value, doubt = known[free[0]]
            error = (float(coefficient.subs(free[0], value)) - truth) / (doubt * abs(float(coefficient.coeff(free[0]))))
            total, held = total + 1, held + (abs(error) <= QUANTILE)
            scores.append(error)
    return Counted(True, total, held, wrong, tuple(scores))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=20)
    options = parser.parse_args()
    rows: list[dict[str, Any]] = []
    for noise in NOISES:
        for system in SYSTEMS:
            start = time.process_time()
            each = [counted(system, noise, seed) for seed in range(options.seeds)]
            seconds = time.process_time() - start
            scores = np.array([score for one in each for score in one.scores])
            total, held = sum(one.intervals for one in each), sum(one.held for one in each)
            rows.append({"name": system.name, "noise": noise, "fits": len(each),
                         "right_terms": sum(one.right for one in each),
                         "intervals": total, "held": held, "wrong_exact": sum(one.wrong for one in each),
                         "error_over_doubt": round(float(np.sqrt((scores**2).mean())), 3) if len(scores) else 0.0,
                         "mean": round(float(scores.mean()), 3) if len(scores) else 0.0,
                         "seconds": round(seconds, 2)})  # fmt: skip
            print("  ".join(f"{key} {value}" for key, value in rows[-1].items()), flush=True)
        some = [row for row in rows if row["noise"] == noise]
        total, held = sum(row["intervals"] for row in some), sum(row["held"] for row in some)
        print(f"noise {noise:g}: {held} of {total} intervals hold, {held / max(total, 1):.1%}")
    if options.seeds == 20:
        write(rows)


def write(rows: list[dict[str, Any]]) -> None:
    """papers/recovery_intervals.toml: our command and our figures; no paper gives any."""
    text = [
        "# What intervals of recovered coefficients are worth. Written by `python benchmarks/intervals.py`.",
        'title = "Fitting ordinary differential equations to chaotic data (multiple shooting)"',
        'doi = "10.1103/PhysRevA.45.5524"',
        'command = "python benchmarks/intervals.py"',
    ]
    for noise in NOISES:
        some = [row for row in rows if row["noise"] == noise]
        totals = {key: sum(row[key] for row in some) for key in ("fits", "right_terms", "intervals", "held",
                                                                 "wrong_exact")}  # fmt: skip
        text += ["", f"[noise_{100 * noise:g}_percent]", *(f"{key} = {value}" for key, value in totals.items())]
        text.append(f"share_that_holds = {totals['held'] / totals['intervals']:.4f}")
    for row in rows:
        text += ["", "[[row]]"]
        text += [f'{key} = "{value}"' if isinstance(value, str) else f"{key} = {value:g}" for key, value in row.items()]
    (PAPERS / "recovery_intervals.toml").write_text("\n".join(text) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

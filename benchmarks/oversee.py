"""Oversight: the authors' lines, and intervals of games whose chances are known.

python benchmarks/oversee.py                  the first half of the cases; prints
python benchmarks/oversee.py --half second    the other half, which is run once
python benchmarks/oversee.py --write          both, into papers/oversight_law.toml
"""

from __future__ import annotations

import argparse
import os

os.environ.setdefault("OMP_NUM_THREADS", "1")

import time
from typing import Any

import numpy as np

from pellucid.artifacts.oversight.nested_success import Curve, best_levels, equal_levels, success_at
from pellucid.artifacts.oversight.oversight_curves import SOURCES
from pellucid.oversee import OversightLaw
from suites.halves import half_of
from suites.halves_file import lines_of, write_ours
from suites.oversight import CASES, OversightCase

AUTHORS = {
    "Mafia": (Curve(-622.93, 1.53054), Curve(173.22, 0.83442)),
    "Debate": (Curve(-47.499, 1.09839), Curve(1080.398, 0.049361)),
    "Backdoor": (Curve(552.02, 0.71926), Curve(-1361.61, 1.95182)),
    "Wargames": (Curve(-229.07, 1.16667), Curve(422.01, 0.67957)),
}
"""Lines of the authors' repository, as guard and as houdini."""


def authors() -> dict[str, dict[str, Any]]:
    """Success over 400 Elo from 1103 with their lines: equal steps, and the best ones."""
    found = {}
    for game, (guard, houdini) in AUTHORS.items():
        equal = [success_at(guard, houdini, equal_levels(1103, 400, count)) for count in range(1, 21)]
        best = [success_at(guard, houdini, levels) for levels in best_levels(guard, houdini, 1103, 400, 20)]
        found[game] = {
            "equal_steps": round(max(equal), 4), "number": int(np.argmax(equal)) + 1,
            "best_steps": round(max(best), 4), "best_number": int(np.argmax(best)) + 1,
        }  # fmt: skip
    return found


def run_cases(cases: list[OversightCase]) -> dict[str, Any]:
    """In how many cases each interval at 95 % holds the truth, how wide it is, and which cases it misses."""
    start, held = time.process_time(), dict.fromkeys(SOURCES, 0)
    width: dict[str, list[float]] = {source: [] for source in SOURCES}
    missed = []
    for case in cases:
        found = OversightLaw(start=case.players[0], gap=case.gap).explain(case.table()).artifact
        for source in SOURCES:
            low, high = found.interval(source, case.players[0], case.gap)
            held[source] += low <= case.truth <= high
            width[source].append(high - low)
            if source == SOURCES[-1] and not low <= case.truth <= high:
                missed.append(f"{case.name}: {case.truth:.3f} not in {low:.3f} to {high:.3f}")
    return {
        "cases": len(cases),
        **{f"{source.replace(' ', '_')}_hold": held[source] for source in SOURCES},
        **{f"{source.replace(' ', '_')}_width": round(float(np.median(width[source])), 3) for source in SOURCES},
        "missed_by_the_widest": missed,
        "cpu_seconds": round(time.process_time() - start, 1),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--half", choices=("first", "second"), default="first")
    parser.add_argument("--write", action="store_true")
    given = parser.parse_args()
    halves = ("first", "second") if given.write else (given.half,)
    found = {half: run_cases([case for case in CASES if half_of(case.name) == half]) for half in halves}
    tables = {f"ours.{game}": row for game, row in authors().items()}
    tables |= {f"ours.{half}_half": row for half, row in found.items()}
    print("\n".join(lines_of(tables)))
    if given.write:
        write_ours("oversight_law", "python benchmarks/oversee.py --write", tables)


if __name__ == "__main__":
    main()

"""Special values of parameters and exponents beside the literature's (`suites.classified`).

    python benchmarks/classified.py --half first
    python benchmarks/classified.py --half second --write    # for the end; papers/classified.toml counts its runs

Right: the conditions are those of the truth, with the numbers there, all is proved, and nothing is left out.
"""

from __future__ import annotations

import argparse
import time
from typing import Any

from pellucid.jobs.laws import open_laws
from pellucid.jobs.subjects.equations import find_system
from pellucid.jobs.symmetries import open_symmetries
from suites.classified import CLASSIFIED, Classified
from suites.halves import chosen
from suites.halves_file import record

ABOUT = {"title": "Special values of parameters and exponents", "source": "benchmarks/suites/classified.py"}


def found_in(one: Classified) -> tuple[dict[str, int], str]:
    """The conditions with the numbers there, and what is wrong with the finding otherwise."""
    system = find_system(one.equations, parameters=one.parameters.split(", "))
    degree, order = one.bounds
    finding = (
        open_symmetries(system, degree=degree)
        if one.what == "symmetries"
        else open_laws(system, degree=degree, order=order)
    )
    cases: Any = finding.parts["special_cases"]
    wrong = [c.strength for c in finding.claims if c.strength not in ("Proved", "Measured")]
    trouble = cases.problem or ", ".join([*wrong, *(f"left: {' and '.join(entry)}" for entry in cases.left)])
    return {case.condition: case.law.dimension for case in cases.cases}, trouble


def main() -> None:
    """Runs a half, or the cases that are named."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*")
    parser.add_argument("--half", choices=("first", "second"), default="first")
    parser.add_argument("--write", action="store_true", help="write the figures into papers/classified.toml")
    given = parser.parse_args()
    unseen, rows = given.half == "second", list[dict[str, Any]]()
    for one in chosen(CLASSIFIED, given.names, unseen):
        start = time.process_time()
        try:
            found, trouble = found_in(one)
        except ValueError as error:
            found, trouble = {}, f"{error}"
        right = found == one.truth and not trouble
        rows.append({"name": one.name, "right": right, "cpu_seconds": round(time.process_time() - start, 1)})
        told = "" if right else f"   {found} instead of {one.truth}; {trouble}"
        print(f"{one.name:<28}{'right' if right else 'WRONG'}{rows[-1]['cpu_seconds']:>8}{told}", flush=True)
    right = sum(row["right"] for row in rows)
    print(f"{right} of {len(rows)} right")
    if given.write and not given.names:
        command = f"python benchmarks/classified.py --half {given.half} --write"
        record("classified", ABOUT, {"right": right, "cases": len(rows)}, rows, unseen=unseen, command=command)


if __name__ == "__main__":
    main()

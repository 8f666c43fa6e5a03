"""Maps of sources on corpora whose number of differences is known.

python benchmarks/bias.py                  the first half of the cases; prints
python benchmarks/bias.py --half second    the other half, which is run once
python benchmarks/bias.py --write          both, into papers/bias_map.toml
"""

from __future__ import annotations

import argparse
import os

os.environ.setdefault("OMP_NUM_THREADS", "1")

import time
from collections.abc import Sequence
from typing import Any

from pellucid.compress import BiasMap
from suites.corpora import CASES, CorpusCase
from suites.halves import half_of
from suites.halves_file import lines_of, write_ours


def run_cases(cases: Sequence[CorpusCase]) -> dict[str, Any]:
    """In how many cases the number of axes is that of the planted differences, and how held-out documents fare."""
    start, otherwise, right, gains = time.process_time(), [], 0, []
    for case in cases:
        finding = BiasMap(resamples=100).explain(case.corpus())
        found = finding.artifact.axes
        right += found == case.axes
        otherwise += [] if found == case.axes else [f"{case.name}: {found} axes for {case.axes}"]
        told = finding.claim("told")
        gains += [round(told.value - told.baseline, 3)] if case.axes else []  # type: ignore[attr-defined]
    return {
        "cases": len(cases),
        "number_of_axes_right": right,
        "otherwise": otherwise,
        "held_out_above_the_commonest_source": gains,
        "cpu_seconds": round(time.process_time() - start, 1),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--half", choices=("first", "second"), default="first")
    parser.add_argument("--write", action="store_true")
    given = parser.parse_args()
    halves = ("first", "second") if given.write else (given.half,)
    tables = {f"ours.{half}_half": run_cases([case for case in CASES if half_of(case.name) == half]) for half in halves}
    print("\n".join(lines_of(tables)))
    if given.write:
        write_ours("bias_map", "python benchmarks/bias.py --write", tables)


if __name__ == "__main__":
    main()

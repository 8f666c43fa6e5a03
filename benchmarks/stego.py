"""The steganographic gap of messages under a key, beside what enumeration gives.

python benchmarks/stego.py                  the first half of the cases; prints
python benchmarks/stego.py --half second    the other half, which is run once
"""

from __future__ import annotations

import argparse
import os

os.environ.setdefault("OMP_NUM_THREADS", "1")

import json
import time

from pellucid.oversee import SteganographicGap
from suites.halves import half_of
from suites.keyed_messages import CASES


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--half", choices=("first", "second"), default="first")
    half = parser.parse_args().half
    start, cases, otherwise = time.process_time(), [case for case in CASES if half_of(case.name) == half], []
    for case in cases:
        found = SteganographicGap().explain(case.signals()).artifact
        if abs(found.gap - case.gap) > 1.96 * found.error:
            otherwise.append(f"{case.name}: {found.gap:.3f} +- {1.96 * found.error:.3f} for {case.gap:.3f}")
    told = {"cases": len(cases), "intervals_hold": len(cases) - len(otherwise), "otherwise": otherwise,
            "cpu_seconds": round(time.process_time() - start, 1)}  # fmt: skip
    print("\n".join([f"[ours.{half}_half]", *(f"{key} = {json.dumps(value)}" for key, value in told.items())]))


if __name__ == "__main__":
    main()

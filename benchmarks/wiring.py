"""What depends on what, read off the wires of one network (`suites.wiring`; 2305.08746).

    python benchmarks/wiring.py --half first
    python benchmarks/wiring.py --half second --write     # for the end; papers/wiring.toml counts its runs

Right is a network in which each target has paths from those columns that it depends on, and from no other.
"""

from __future__ import annotations

import time
from typing import Any

from pellucid.distill.wiring.modular_network import ModularNetwork
from suites.halves_file import run_half
from suites.wiring import CASES, WiringCase

ABOUT = {
    "title": "Parts of networks with short wires",
    "arxiv": "2305.08746",
    "source": "benchmarks/suites/wiring.py",
    "claim_of_the_paper": "independent parts of a problem become separate parts of the network",
}


def run(case: WiringCase) -> dict[str, Any]:
    """A row for the papers file, printed as well."""
    start = time.process_time()
    finding = ModularNetwork().explain(case.make())
    spent, found = time.process_time() - start, finding.artifact
    wanted = [{f"x{i}" for i in columns} for columns in case.depends]
    got = [set(found.depends_on(found.outputs.index(f"y{k}"))) for k in range(len(wanted))]
    missing = sum(len(want - have) for want, have in zip(wanted, got, strict=True))
    extra = sum(len(have - want) for want, have in zip(wanted, got, strict=True))
    baseline: Any = finding.claim("error")
    row = {"name": case.name, "right": not missing and not extra, "missing": missing, "extra": extra,
           "weights": found.count, "wire_length": round(found.wire_length, 3),
           "error": round(baseline.value, 4), "error_plain": round(baseline.baseline, 4),
           "cpu_seconds": round(spent, 1)}  # fmt: skip
    print(f"{'right' if row['right'] else 'WRONG'}  {row}", flush=True)
    return row


if __name__ == "__main__":
    run_half("wiring.py", "wiring", ABOUT, CASES, run)

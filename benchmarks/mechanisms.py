"""Which algorithm a network runs: networks that are written down (`suites.mechanisms`), and trained ones.

    python benchmarks/mechanisms.py --half first
    python benchmarks/mechanisms.py --half second --write     # for the end; papers/mechanisms.toml counts its runs

Right is the verdict of the list, and the group where there is one.
"""

from __future__ import annotations

import argparse
import time
from typing import Any

from pellucid.look import OperationMechanism
from suites.halves import chosen
from suites.halves_file import record
from suites.mechanisms import NETWORKS, Network, operation

ABOUT = {
    "title": "Algorithms of networks that are written down",
    "source": "benchmarks/suites/mechanisms.py",
    "note": "verdict and group; none of these is right where the network runs something else",
}


def run(network: Network) -> dict[str, Any]:
    """A row for the papers file, printed as well."""
    start = time.process_time()
    found = OperationMechanism().explain(operation(network)).artifact
    right = (found.verdict, found.group) == (network.verdict, network.group)
    seconds = time.process_time() - start
    print(f"{'right' if right else 'WRONG'}  {network.name:20} {seconds:4.1f} s  {found.describe()[:150]}", flush=True)
    return {"name": network.name, "right": right, "found": found.verdict, "cpu_seconds": round(seconds, 1)}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*")
    parser.add_argument("--half", choices=("first", "second"), default="first")
    parser.add_argument("--write", action="store_true")
    given = parser.parse_args()
    rows = [run(one) for one in chosen(NETWORKS, given.names, given.half == "second")]
    print(f"{sum(row['right'] for row in rows)} of {len(rows)} right")
    if given.write:
        counts = {"right": sum(row["right"] for row in rows), "cases": len(rows)}
        command = f"python benchmarks/mechanisms.py --half {given.half} --write"
        record("mechanisms", ABOUT, counts, rows, unseen=given.half == "second", command=command)

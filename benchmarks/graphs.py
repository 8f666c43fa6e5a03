"""Attribution graphs of short prompts: cost, scores, and whether features do in the model what is predicted.

pellucid transcoders smollm2 --text speeches/ --tokens 60000 --steps 80 --output transcoders/
python benchmarks/graphs.py transcoders/ --half first
python benchmarks/graphs.py transcoders/ --half second --write   # for the end; the papers file counts its runs
"""

from __future__ import annotations

import argparse
import time
from typing import Any

import numpy as np

from pellucid.jobs.graph import read_transcoders, trace_prompt
from pellucid.subjects import load_model
from suites.halves import chosen
from suites.halves_file import record
from suites.prompts import CASES

ABOUT = {
    "title": "Attribution graphs with transcoders of every layer",
    "arxiv": "2406.11944, 2403.19647",
    "source": "benchmarks/suites/prompts.py",
    "command": "python benchmarks/graphs.py transcoders/ --half first --write",
    "model": "smollm2",
    "transcoders": "4,096 latents, 32 fire, 30 layers, 80 steps of 1,024 on 60,000 tokens of speeches: 209 CPU s, "
    "FVU 0.42 in the median; loss of the next token +2.2 +- 0.2 nats with all in place, +7.1 with means",
    "goal": "r >= 0.8 of the top nodes, and under 120 CPU s",
}
KEYS = ("agreement: top", "agreement: drawn", "agreement: graph", "moved", "replacement", "completeness")


def main() -> None:
    """Runs one half, or the named prompts."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("transcoders")
    parser.add_argument("names", nargs="*")
    parser.add_argument("--half", choices=("first", "second"), default="first")
    parser.add_argument("--write", action="store_true")
    given = parser.parse_args()
    model, transcoders = load_model("smollm2"), read_transcoders(given.transcoders)
    rows = []
    for case in chosen(CASES, given.names, given.half == "second"):
        start = time.process_time()
        finding = trace_prompt(model, transcoders, case.text)
        row: dict[str, Any] = {"name": case.name, "tokens": len(finding.artifact.tokens)}
        row |= {key.replace(": ", "_"): round(finding.measured(key) or 0.0, 3) for key in KEYS}
        row |= {"answer": finding.artifact.answers[0], "cpu_seconds": round(time.process_time() - start, 1)}
        rows.append(row)
        print(row, flush=True)
    numbers = [key for key, value in rows[0].items() if isinstance(value, float)]
    counts: dict[str, Any] = {"cases": len(rows), "top_from_0.8": sum(row["agreement_top"] >= 0.8 for row in rows),
                              "graph_from_0.8": sum(row["agreement_graph"] >= 0.8 for row in rows)}  # fmt: skip
    counts |= {f"{key}_median": round(float(np.median([row[key] for row in rows])), 3) for key in numbers}
    print(counts)
    if given.write:
        command = f"python benchmarks/graphs.py transcoders/ --half {given.half} --write"
        record("attribution_graphs", ABOUT, counts, rows, unseen=given.half == "second", command=command)


if __name__ == "__main__":
    main()

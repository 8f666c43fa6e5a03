"""Circuits of models that were trained to do induction, whose heads are known (`suites.circuits`).

    python benchmarks/circuits.py --half first
    python benchmarks/circuits.py --half second --write     # for the end; papers/circuits.toml counts its runs

Right is a circuit of nodes that holds a head that looks at the token before and, in a later layer, an induction head,
and that carries 80 % of the answer of pairs held out or more.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any

from pellucid.artifacts import Circuit
from pellucid.look import CircuitDiscovery
from suites.circuits import CASES, CircuitCase, accuracy, contrast, known_heads
from suites.halves_file import run_half

ABOUT = {
    "title": "Circuits: edge attribution patching, integrated and not, exact patching, and ACDC",
    "arxiv": "2310.10348, 2403.17806, 2304.14997",
    "source": "benchmarks/suites/circuits.py",
    "command": "python benchmarks/circuits.py --half first --write",
    "claim_of_the_paper": "EAP-IG's circuits are more faithful than EAP's at equal size; EAP finds "
    "circuits better than ACDC does, with two forward passes and one backward pass",
}
WAYS = (("nodes", "eap"), ("nodes", "eap-ig"), ("nodes", "exact"), ("nodes", "acdc"), ("edges", "eap"),
        ("edges", "eap-ig"), ("edges", "acdc"))  # fmt: skip


def run(case: CircuitCase) -> dict[str, Any]:
    """A row for the papers file, printed as well."""
    model = case.model()
    before, induction = known_heads(model)
    row: dict[str, Any] = {"name": case.name, "copies_right": round(accuracy(model), 3),
                           "heads_known": len(before | induction)}  # fmt: skip
    print(case.name, row["copies_right"], "before", sorted(before), "induction", sorted(induction), flush=True)
    pairs = contrast(model, 48, case.seed)
    for of, by in WAYS:
        start = time.process_time()
        finding = CircuitDiscovery(of=of, by=by, candidates=0).explain(pairs, seed=case.seed)
        count, every = finding.artifact.size()
        told = {
            "faithfulness": round(finding.measured("faithfulness") or 0.0, 3),
            "random": round(float(getattr(finding.claim("faithfulness"), "baseline", 0) or 0), 3),
            "completeness": round(finding.measured("completeness") or 0.0, 3),
            "minimality": round(finding.measured("minimality") or 0.0, 3),
            "size": count,
            "of": every,
            "has_known_heads": has_known(finding.artifact, before, induction),
            "cpu_seconds": round(time.process_time() - start, 1),
        }
        row |= {f"{of}_{by}_{name}".replace("-", "_"): value for name, value in told.items()}
        print("   ", of, by, told, flush=True)
    row["right"] = bool(row["nodes_eap_ig_has_known_heads"] and row["nodes_eap_ig_faithfulness"] >= 0.8)
    return row


def has_known(found: Circuit, before: set[tuple[int, int]], induction: set[tuple[int, int]]) -> bool:
    """Whether a head of each kind is in the circuit, the induction head in a later layer."""
    heads = {(int(found.layers[c]), int(found.heads[c])) for c in found.nodes}
    first = [layer for layer, head in heads & before]
    return bool(first) and any(layer > min(first) for layer, _ in heads & induction)


def counts(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Of the models that learnt the task: means of each way to look for its circuit."""
    learnt = [row for row in rows if row["heads_known"] and row["copies_right"] > 0.9]
    found: dict[str, Any] = {"cases": len(rows), "learnt": len(learnt), "right": sum(row["right"] for row in learnt)}
    for of, by in WAYS:
        name = f"{of}_{by}".replace("-", "_")
        for what in ("faithfulness", "random", "size", "cpu_seconds"):
            found[f"{name}_{what}"] = round(sum(row[f"{name}_{what}"] for row in learnt) / max(1, len(learnt)), 3)
        found[f"{name}_has_known_heads"] = sum(row[f"{name}_has_known_heads"] for row in learnt)
    return found


if __name__ == "__main__":
    run_half("circuits.py", "circuits", ABOUT, CASES, run, counts)

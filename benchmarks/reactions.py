"""Reaction networks of the literature: what is found beside what is known, each claim proved.

    python benchmarks/reactions.py             the half that may be looked at
    python benchmarks/reactions.py --unseen    the other half, once, when the search no longer changes
    python benchmarks/reactions.py NAME ...    some networks
    python benchmarks/reactions.py --record    writes the half that is run into papers/reactions.toml

A network is right where complexes, linkage classes, deficiency, weak reversibility, the number of totals, of minimal
siphons and of critical ones, what the theorems say of positive equilibria, robust species, and further laws (where they
are known) all are as written down, and every claim that should be proved is. "Brute" counts what a second way
contradicts: the dimension of sympy's null space, and siphons among all sets of species. CPU seconds on one thread.
"""

from __future__ import annotations

import argparse
import itertools
import os
import time
from dataclasses import asdict, dataclass
from typing import Any

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before numpy is imported, which reads it
os.environ.setdefault("OMP_NUM_THREADS", "1")

import sympy

from pellucid.algebra.networks.siphons import is_siphon
from pellucid.artifacts import ReactionStructure
from pellucid.artifacts.reactions.structure_text import further_laws
from pellucid.core import Proved
from pellucid.discover import ReactionLaws
from pellucid.prove.laws.conserved import prove_conserved
from pellucid.prove.laws.reaction_structure import prove_reaction_structure
from pellucid.prove.laws.reaction_theorems import applying, prove_reaction_theorems
from pellucid.subjects import ReactionNetwork
from suites.halves import chosen
from suites.halves_file import record
from suites.reactions import REACTIONS, ReactionCase

ABOUT = {
    "title": "Reaction networks of the literature",
    "sources": ["written down, with what is known of them, before anything was run on them"],
    "seen": "where two of the second half disagreed in its first run, what was written down of them was wrong",
}
VERDICTS = {
    "globally_stable": "one",
    "deficiency_zero": "one",
    "deficiency_one_reversible": "one",
    "deficiency_one": "at most one",
}


@dataclass(frozen=True)
class Row:
    """How one network came out."""

    name: str
    wrong: tuple[str, ...]
    unproved: int
    contradicted: int
    seconds: float


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("names", nargs="*", help="networks; by default a half of them")
    parser.add_argument("--unseen", action="store_true", help="the half that is run once")
    parser.add_argument("--record", action="store_true", help="write the half into papers/reactions.toml")
    options = parser.parse_args()
    cases = chosen(REACTIONS, options.names, options.unseen)
    rows = [run(case) for case in cases]
    right = sum(not (row.wrong or row.unproved or row.contradicted) for row in rows)
    unproved, brute = (sum(getattr(row, name) for row in rows) for name in ("unproved", "contradicted"))
    print(
        f"{right} of {len(rows)} networks right in all; claims not proved: {unproved}; brute force disagrees: {brute}"
    )
    seconds = sorted(row.seconds for row in rows)
    print(f"CPU seconds: median {seconds[len(rows) // 2]:.2f}, largest {seconds[-1]:.2f}")
    if options.record and not options.names:
        counts = {"networks": len(rows), "right": right, "unproved": unproved, "contradicted": brute}
        counts |= {"cpu_seconds": sum(seconds)}
        command = "python benchmarks/reactions.py --record"
        told = [asdict(row) for row in rows]
        record("reactions", ABOUT, counts, told, unseen=options.unseen, command=command, earlier=1)


def run(case: ReactionCase) -> Row:
    """Opens, proves, compares, and prints a line."""
    start = time.process_time()
    finding = ReactionLaws().explain(ReactionNetwork.from_text(case.reactions))
    found, laws = finding.artifact, finding.parts.get("laws")
    proofs = [*prove_reaction_structure(found), *prove_reaction_theorems(found)]
    proofs += prove_conserved(laws) if laws is not None else []  # type: ignore[arg-type]
    seconds = time.process_time() - start
    got = _facts(found, laws)
    wrong = tuple(f"{name} {got[name]}, known {value}" for name, value in _known(case).items() if got[name] != value)
    unproved = sum(not isinstance(proof.claim, Proved) for proof in proofs)
    row = Row(case.name, wrong, unproved, _contradicted(found), seconds)
    told = "; ".join(wrong) or "right"
    print(f"{row.name:28} {row.seconds:6.2f} s  {told}  [{', '.join(applying(found))}]", flush=True)
    return row


def _known(case: ReactionCase) -> dict[str, Any]:
    known = {
        "complexes": case.complexes,
        "linkage": case.linkage,
        "deficiency": case.deficiency,
        "reversible": case.reversible,
        "totals": case.totals,
        "siphons": case.siphons,
        "critical": case.critical,
        "robust": tuple(sorted(case.robust)),
        "verdict": case.verdict,
    }
    return known if case.further is None else {**known, "further": case.further}


def _facts(found: ReactionStructure, laws: Any) -> dict[str, Any]:
    shape, names = found.stoichiometry, applying(found)
    verdict = next((VERDICTS[name] for name in names if name in VERDICTS), "")
    if found.rising and shape.deficiency == 0:
        verdict = "none"
    robust = tuple(sorted(found.species[i] for i in shape.robust)) if "robust" in names else ()
    return {
        "complexes": len(shape.complexes),
        "linkage": len(shape.linkage_classes),
        "deficiency": shape.deficiency,
        "reversible": shape.weakly_reversible,
        "totals": len(found.totals),
        "siphons": len(found.siphons),
        "critical": len(found.critical),
        "robust": robust,
        "verdict": verdict,
        "further": len(further_laws(found, laws.expressions)),
    }


def _contradicted(found: ReactionStructure) -> int:
    """Totals and siphons by other means."""
    shape = found.stoichiometry
    wrong = int(len(sympy.Matrix(shape.matrix).T.nullspace()) != len(found.totals))
    sets = [c for n in range(1, shape.size + 1) for c in itertools.combinations(range(shape.size), n)]
    siphons = [frozenset(c) for c in sets if is_siphon(shape, c)]
    least = {one for one in siphons if not any(other < one for other in siphons)}
    return wrong + int({frozenset(one) for one in found.siphons} != least)


if __name__ == "__main__":
    main()

"""How close drawn rows come to held-out ones on twelve tables, by diffusion, by Poisson flows, and without a network.

    python benchmarks/generate.py [--half first|second] [--extra-dimensions 1 128] [--write] [TABLE ...]

Each table is learnt with infinitely many more dimensions (diffusion) and with the finite ones asked for, from the same
rows; every way to draw rows is held to the same held-out ones. With --write the half goes to papers/poisson_flow.toml.
"""

from __future__ import annotations

import argparse
import time
from typing import Any

import numpy as np

from pellucid.artifacts import GeneratorQuality
from pellucid.artifacts.generators.generator_quality import Closeness
from pellucid.generate import PoissonFlow
from pellucid.generate.quality import BETWEEN, COPULA, EXACT, INDEPENDENT, LEARNT, Comparison
from suites.halves import chosen
from suites.halves_file import record
from suites.mixed_tables import CASES, TableCase

NAMES = {LEARNT: "learnt", INDEPENDENT: "independent", COPULA: "copula", BETWEEN: "between", EXACT: "exact_field"}
ABOUT = {
    "title": "PFGM++: unlocking the potential of physics-inspired generative models",
    "arxiv": "2302.04265",
    "source": "benchmarks/suites/mixed_tables.py",
    "command": "python benchmarks/generate.py",
    "claim_of_the_paper": "finite D (128, 2048) draws better images than D = infinity (diffusion) on CIFAR-10 and FFHQ",
    "differs": "small tables, not images; networks of 10^5 weights, not 10^8; one seed a table; two-sample AUC and "
    "energy distance, not FID; D as asked for, in rows of 4 to 60 coordinates",
}


def measured(case: TableCase, extra: list[float]) -> dict[str, Any]:
    """Every figure of one table."""
    table, start = case.table(), time.process_time()
    found = PoissonFlow().explain(table)
    row: dict[str, Any] = {"name": case.name, "rows": table.rows, "cpu_seconds": round(time.process_time() - start, 1)}
    quality = found.parts["quality"]
    assert isinstance(quality, GeneratorQuality)
    row |= figures("diffusion", quality.ways[0], whole=True)
    row |= {"copies_of_held_out": round(quality.held_out_copies, 4), "best_step": quality.best_step}
    for way in quality.ways[1:]:
        row |= figures(NAMES[way.name], way)
    for dimensions in extra:
        row |= figures(f"D_{dimensions:g}", flow(table, dimensions))
    return row


def flow(table: Any, dimensions: float) -> Closeness:
    """Of a Poisson flow: trained on the same rows as the diffusion, and held to the same others."""
    method = PoissonFlow(extra_dimensions=dimensions)
    only = Comparison.ways
    try:
        Comparison.ways = _own  # type: ignore[method-assign]  # what needs no network is the same as before
        return method.explain(table).parts["quality"].ways[0]  # type: ignore[attr-defined]
    finally:
        Comparison.ways = only  # type: ignore[method-assign]


def _own(self: Comparison, name: str) -> tuple[Closeness, ...]:
    count = min(len(self.held_out), self.most)
    own = self.closeness(name, self.generator.values(count, self.context.stream("drawn rows") % 2**32))
    return (own, *(own._replace(name=other) for other in (LEARNT, INDEPENDENT, COPULA)))


def figures(name: str, way: Closeness, whole: bool = False) -> dict[str, Any]:
    """The figures of one way, by their names in the file."""
    found: dict[str, Any] = {f"auc_{name}": round(way.told_apart, 3), f"energy_{name}": round(way.energy, 4)}
    if whole:
        found |= {"auc_error": round(way.told_apart_error, 3), "energy_error": round(way.energy_error, 4)}
    if way.nearer is not None:
        found[f"nearer_{name}"] = round(way.nearer, 3)
    return found | {f"copies_{name}": round(way.copies, 4)}


def summary(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Means over tables, and how often diffusion is told apart less than another way."""
    means = {f"mean_{n}": round(float(np.mean([row[n] for row in rows])), 3) for n in rows[0] if n.startswith("auc_")}
    others = [name for name in rows[0] if name.startswith("auc_") and name not in ("auc_diffusion", "auc_error")]
    less = {f"less_than_{n[4:]}": sum(row["auc_diffusion"] < row[n] for row in rows) for n in others}
    return {"tables": len(rows), **means, **less, "cpu_seconds": round(sum(row["cpu_seconds"] for row in rows))}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tables", nargs="*")
    parser.add_argument("--half", choices=("first", "second"), default="first")
    parser.add_argument("--extra-dimensions", type=float, nargs="*", default=[])
    parser.add_argument("--write", action="store_true")
    given = parser.parse_args()
    unseen = given.half == "second"
    rows = []
    for case in chosen(CASES, given.tables, unseen):
        rows.append(measured(case, given.extra_dimensions))
        print(rows[-1], flush=True)
    print(summary(rows))
    if given.write:
        dimensions = "".join(f" {one:g}" for one in given.extra_dimensions)
        asked = f" --extra-dimensions{dimensions}" if dimensions else ""
        command = f"python benchmarks/generate.py --half {given.half}{asked} --write"
        record("poisson_flow", ABOUT, summary(rows), rows, unseen=unseen, command=command)


if __name__ == "__main__":
    main()

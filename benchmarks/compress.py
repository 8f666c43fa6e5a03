"""Clusterings and grades against what is known of them, and beside what one would otherwise take.

    python benchmarks/compress.py                     the first half of the cases, sizes, letters, grades: prints
    python benchmarks/compress.py --half second       the other half, which is run once
    python benchmarks/compress.py --write             both, into papers/pareto_clusters.toml and papers/binary_bins.toml
    python benchmarks/compress.py --letters FILE.npy --peer FOLDER      also a table of letter pairs, and optbinning

FILE.npy is p(x, y) of letters (27, 27), as the paper's repository has it; FOLDER holds optbinning (pip --target).
"""

from __future__ import annotations

import argparse
import os

os.environ.setdefault("OMP_NUM_THREADS", "1")

import json
import subprocess
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from pellucid.artifacts.compression.frontier_text import chosen_clusters
from pellucid.compress import BinaryBins, ParetoClusters
from pellucid.compress.exact_frontier import best_clusterings, exact_frontier
from pellucid.compress.greedy_frontier import GreedyFrontier
from pellucid.compress.intervals import best_intervals, information, interval_counts, score_cells
from pellucid.subjects import Joint, Samples
from suites.halves import half_of
from suites.joints import CASES, JointCase, enumerated_frontier

ROOT = Path(__file__).resolve().parent.parent
Figures = dict[str, Any]


def run_cases(cases: Sequence[JointCase]) -> Figures:
    """How many frontiers are those of the enumeration, and how many planted numbers of clusters are chosen."""
    frontiers = right = planted = found = 0
    wrong, start = [], time.process_time()
    for case in cases:
        joint = case.joint()
        artifact = ParetoClusters().explain(joint).artifact
        if len(joint.rows) <= 9:
            frontiers += 1
            points = {(round(h, 9), round(i, 9)) for h, i in artifact.points}
            same = _close(points, enumerated_frontier(joint))
            right += same
            wrong += [] if same else [f"{case.name}: frontier"]
        if case.clusters:
            planted += 1
            chosen = chosen_clusters(artifact)
            found += chosen == case.clusters
            wrong += [] if chosen == case.clusters else [f"{case.name}: {chosen} for {case.clusters}"]
    return {
        "frontiers_enumerated": frontiers,
        "frontiers_right": right,
        "numbers_planted": planted,
        "numbers_chosen_right": found,
        "otherwise": wrong,
        "cpu_seconds": round(time.process_time() - start, 1),
    }


def _close(one: set[tuple[float, float]], other: set[tuple[float, float]]) -> bool:
    a, b = (np.array(sorted(points)) for points in (one, other))
    return a.shape == b.shape and bool(np.allclose(a, b, atol=3e-9))


def sizes() -> list[Figures]:
    """Random tables of four columns: all clusterings, and what greedy merging misses of them."""
    rows = []
    for size in (6, 8, 10, 12, 14, 15, 16, 17, 18):
        table = np.random.default_rng(size).dirichlet(np.ones(size * 4)).reshape(size, 4)
        joint = Joint.from_probabilities(table, normalise=True)
        start = time.process_time()
        exact = exact_frontier(joint)
        seconds = time.process_time() - start
        p, start = joint.probabilities, time.process_time()
        greedy, best = GreedyFrontier()(p)
        greedy_seconds = time.process_time() - start
        points, met = (_rounded(p, each) for each in (exact, greedy))
        top = _rounded(p, best_clusterings(p))
        rows.append({
            "rows": size, "points": len(exact), "cpu_seconds": round(seconds, 2),
            "greedy_missed": len(set(points) - set(met)), "greedy_not_on_it": len(set(met) - set(points)),
            "greedy_best_missed": int(sum(a[1] < b[1] - 1e-8 for a, b in zip(_rounded(p, best), top, strict=True))),
            "greedy_cpu_seconds": round(greedy_seconds, 2),
        })  # fmt: skip
    return rows


def _rounded(p: np.ndarray, clusterings: np.ndarray) -> list[tuple[float, float]]:
    from pellucid.algebra.partitions.entropy_terms import entropy_and_information

    return [(round(h, 8), round(i, 8)) for h, i in entropy_and_information(p, clusterings)]


def letters(path: Path) -> Figures:
    """27 letters: the greedy frontier, what bounds it, and how wide the bound is without any search."""
    table = np.load(path)
    joint = Joint.from_probabilities((table / table.sum()).round(12), normalise=True)
    start = time.process_time()
    finding = ParetoClusters().explain(joint)
    gap: Any = finding.claim("gap")
    return {
        "values": len(joint.rows), "points": len(finding.artifact.clusterings),
        "bits_without_merging": round(finding.artifact.most[1], 4), "proved_gap_bits": round(gap.value, 4),
        "gap_of_no_proof_bits": round(gap.baseline, 4), "cpu_seconds": round(time.process_time() - start, 1),
    }  # fmt: skip


def scores() -> dict[str, Samples]:
    """Scores and labels of known chances: calibrated, of three levels, of a rare label, not rising, and noise."""
    found = {}
    for number, (name, chance) in enumerate({
        "logistic": lambda s: 1 / (1 + np.exp(-2 * s)),
        "three levels": lambda s: np.select([s < -0.5, s < 0.8], [0.05, 0.4], 0.95),
        "rare label": lambda s: 1 / (1 + np.exp(5 - 2 * s)),
        "not rising": lambda s: 0.5 + 0.4 * np.sin(2 * s),
        "no information": lambda s: np.full_like(s, 0.3),
    }.items()):  # fmt: skip
        generator = np.random.default_rng(100 + number)
        s = generator.normal(size=4000)
        found[name] = Samples(s, generator.random(4000) < chance(s), ("score",), "label")
    return found


def grades(peer: Path | None, most: int = 4) -> list[Figures]:
    """Four grades of each score: on all rows and held out, beside equal bins and, where it is there, optbinning."""
    rows = []
    for name, samples in scores().items():
        start = time.process_time()
        found = BinaryBins(chosen=most).explain(samples).artifact
        seconds = time.process_time() - start
        one = found.of(most)
        row = {
            "score": name, "grades": most, "whole_bits": round(found.whole, 4), "bits": round(one.information, 4),
            "held_out_bits": round(one.held_out, 4), "held_out_error": round(one.error, 4),
            "equal_bins_held_out_bits": round(one.equal, 4), "cpu_seconds": round(seconds, 2),
            "worth_having": BinaryBins().explain(samples).artifact.chosen,
        }  # fmt: skip
        rows.append(row | (_optbinning(samples, most, peer) if peer is not None else {}))
    return rows


def _optbinning(samples: Samples, most: int, folder: Path) -> Figures:
    """What its intervals say of the same rows: of at most as many, with its own objective and as it comes."""
    code = (
        "import json, sys, time; sys.path.insert(0, sys.argv[1]); import numpy as np; from optbinning import "
        "OptimalBinning; d = np.load(sys.argv[2]); t = time.process_time(); "
        "b = OptimalBinning(max_n_bins=int(sys.argv[3]), monotonic_trend=None, min_bin_size=0.0051); "
        "b.fit(d['x'], d['y']); "
        "print(json.dumps([list(map(float, b.splits)), time.process_time() - t]))"
    )
    file = folder / "samples.npz"
    np.savez(file, x=samples.X[:, 0], y=samples.y.astype(int))
    done = subprocess.run(
        [sys.executable, "-c", code, str(folder), str(file), str(most)], capture_output=True, text=True
    )
    if done.returncode:
        raise SystemExit(f"optbinning: {done.stderr[-500:]}")
    splits, seconds = json.loads(done.stdout.splitlines()[-1])
    place = np.searchsorted(splits, samples.X[:, 0], side="right")
    counts = np.zeros((len(splits) + 1, 2))
    np.add.at(counts, (place, samples.y.astype(int)), 1)
    exact, _ = score_cells(samples.X[:, 0], samples.y.astype(int))
    ours = information(interval_counts(exact, best_intervals(exact, len(splits) + 1)[-1]))
    return {
        "optbinning_bins": len(counts), "optbinning_bits": round(information(counts), 4),
        "ours_of_as_many_bits": round(ours, 4), "optbinning_cpu_seconds": round(seconds, 2),
    }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--half", choices=("first", "second"), default="first")
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--letters", type=Path)
    parser.add_argument("--peer", type=Path)
    given = parser.parse_args()
    halves = ("first", "second") if given.write else (given.half,)
    found = {half: run_cases([case for case in CASES if half_of(case.name) == half]) for half in halves}
    clusters: Figures = {"found": found, "size": sizes() if given.half == "first" else []}
    if given.letters:
        clusters["letters"] = letters(given.letters)
    graded: Figures = {"grades": grades(given.peer)} if given.half == "first" else {}
    for figures in (clusters, graded):
        print(json.dumps(figures, indent=1, default=int))
    if given.write:
        write("pareto_clusters", "Pareto-optimal clustering with the primal deterministic information bottleneck",
              "2204.02489", clusters)  # fmt: skip
        write("binary_bins", "Pareto-optimal data compression for binary classification tasks", "1908.08961", graded)


def write(name: str, title: str, arxiv: str, figures: Figures) -> None:
    """The paper's claims stay as they stand in the file; what is measured is written anew."""
    path = ROOT / "papers" / f"{name}.toml"
    kept = path.read_text().split("\n[ours")[0] if path.exists() else ""
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True).stdout
    head = kept or f'title = "{title}"\narxiv = "{arxiv}"\n'
    lines = [head.rstrip(), "", "[ours]", 'command = "python benchmarks/compress.py --write"',
             f'commit = "{commit.strip()}"', f"date = {datetime.now(UTC).date()}"]  # fmt: skip
    for key, value in figures.items():
        tables = {f"[ours.{key}]": [value]} if isinstance(value, dict) else {f"[[ours.{key}]]": value}
        if key == "found":
            tables = {f"[ours.{key}.{half}]": [one] for half, one in value.items()}
        for heading, rows in tables.items():
            for row in rows:
                lines += ["", heading, *(f"{k} = {json.dumps(v, default=int)}" for k, v in row.items())]
    path.write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()

"""Guarantees: how often bounds from logs hold, how large worlds are bounded how fast, and Storm beside them.

python benchmarks/guarantee.py                  the first half of the logged worlds, and sizes; prints
python benchmarks/guarantee.py --half second    the other half, which is run once
python benchmarks/guarantee.py --write          both, into papers/guarantee.toml
python benchmarks/guarantee.py --peer PYTHON    also Storm, by an interpreter that has stormpy
"""

from __future__ import annotations

import argparse
import os

os.environ.setdefault("OMP_NUM_THREADS", "1")

import json
import subprocess
import tempfile
import time
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from pellucid.algebra.markov.rule import Rule
from pellucid.jobs.guarantee import open_logs, open_world
from pellucid.jobs.subjects.worlds import LogOptions
from pellucid.subjects.worlds.world_model import WorldModel
from suites.halves import half_of
from suites.halves_file import lines_of, write_ours
from suites.logged_worlds import CASES, LoggedCase, risk

MOVES = {"up": (0, -1), "down": (0, 1), "left": (-1, 0), "right": (1, 0)}
Figures = dict[str, Any]


def covered(cases: Sequence[LoggedCase], logs: int = 100) -> Figures:
    """In how many of 100 logs of each world the bound holds, and how far it stands above the risk."""
    start = time.process_time()
    found: Figures = {"worlds": len(cases), "logs_each": logs}
    for name, known in (("known_moves", True), ("any_moves", False)):
        held, above = [], []
        for case in cases:
            hits = 0
            for number in range(logs):
                generator = np.random.default_rng([int.from_bytes(case.name.encode()[:6], "little"), number])
                rows = case.chain(generator)
                bound = open_bound(case.logs(rows, generator), known)
                hits += bound >= risk(rows) - 1e-12
                above.append(bound - risk(rows))
            held.append(hits)
        found[f"{name}_least_of_{logs}_held"] = min(held)
        found[f"{name}_median_above_the_risk"] = round(float(np.median(above)), 3)
    return {**found, "cpu_seconds": round(time.process_time() - start, 1)}


def open_bound(logs: Any, known: bool) -> float:
    """The upper bound on P(reach pit) that the logs bear; 1 where the pit was never seen."""
    try:
        finding = open_logs(logs, Rule(("pit",)), options=LogOptions(known_moves=known, start="s0"))
    except ValueError:
        return 1.0
    upper = finding.artifact.upper
    return 1.0 if upper is None else float(upper.value)


def grid(n: int, seed: int = 0, lava: float = 0.05) -> dict[str, Any]:
    """A floor of n x n with lava; a step slips to each other side with 1/30."""
    generator = np.random.default_rng(seed)
    bad = {(int(x), int(y)) for x, y in np.argwhere(generator.random((n, n)) < lava)} - {(0, 0), (n - 1, n - 1)}
    rows: dict[str, Any] = {}
    for x, y in np.ndindex(n, n):
        if (x, y) in bad or (x, y) == (n - 1, n - 1):
            continue
        rows[f"{x},{y}"] = {}
        for action in MOVES:
            row: dict[str, int] = {}
            for other, (dx, dy) in MOVES.items():
                target = f"{min(max(x + dx, 0), n - 1)},{min(max(y + dy, 0), n - 1)}"
                row[target] = row.get(target, 0) + (27 if other == action else 1)
            rows[f"{x},{y}"][action] = {target: f"{p}/30" for target, p in row.items()}
    known = {target for actions in rows.values() for row in actions.values() for target in row}
    labels = {"lava": [s for s in (f"{x},{y}" for x, y in sorted(bad)) if s in known], "goal": [f"{n - 1},{n - 1}"]}
    return {"start": "0,0", "transitions": rows, "labels": {k: v for k, v in labels.items() if v}}


def sized(n: int) -> Figures:
    """The best success on a grid: between which bounds, and after how long; all certificates are checked within."""
    model = WorldModel.from_dict(grid(n))
    start = time.process_time()
    found = open_world(model, Rule(("goal",), ("lava",), ">=", policies="some")).artifact
    low, high = found.lower, found.upper
    assert low is not None
    assert high is not None
    return {"states": len(model.world.states), "low": float(low.value), "gap": float(high.value - low.value),
            "exact": found.is_exact, "cpu_seconds": round(time.process_time() - start, 2)}  # fmt: skip


def haddad_monmege(n: int = 10) -> Figures:
    """The chain on which value iteration that stops at changes below 0.001 says 0.00098; the truth is 1/2."""
    rows = {str(i): {str(i - 1 if i < n else i + 1): "1/2", str(n): "1/2"} for i in range(1, 2 * n) if i != n}
    rows[str(n)] = {str(n - 1): "1/2", str(n + 1): "1/2"}
    found = open_world(WorldModel.from_dict({"start": str(n), "transitions": rows}), Rule((str(2 * n),))).artifact
    assert found.upper is not None
    return {"value": str(found.upper.value), "right": found.upper.value == Fraction(1, 2)}


STORM = """
import json, sys, time, stormpy
from stormpy.developer.storage import SparseMatrixBuilder, SparseMdp, SparseModelComponents, StateLabeling
world = json.load(open(sys.argv[1]))
rows = world["transitions"]
names = list(dict.fromkeys([*rows, *(t for a in rows.values() for r in a.values() for t in r)]))
number = {s: i for i, s in enumerate(names)}
builder = SparseMatrixBuilder(0, 0, 0, False, True, 0)
at = 0
for s in names:
    builder.new_row_group(at)
    for row in (rows.get(s) or {"": {s: "1/1"}}).values():
        for i, p in sorted((number[t], p) for t, p in row.items()):
            a, b = map(int, p.split("/"))
            builder.add_next_value(at, i, a / b)
        at += 1
labels = StateLabeling(len(names))
for label in ("init", "goal", "lava"):
    labels.add_label(label)
labels.add_label_to_state("init", number[world["start"]])
for label, held in world["labels"].items():
    for s in held:
        labels.add_label_to_state(label, number[s])
model = SparseMdp(SparseModelComponents(builder.build(), labels))
rule = stormpy.parse_properties('Pmax=? [!"lava" U "goal"]')[0]
start = time.process_time()
value = stormpy.model_checking(model, rule).get_value(number[world["start"]])
print(json.dumps({"value": value, "cpu_seconds": round(time.process_time() - start, 2)}))
"""


def storm(python: str, n: int) -> Figures:
    """Storm's value on the same grid, with its own default method; without a certificate."""
    with tempfile.TemporaryDirectory() as folder:
        world, script = Path(folder) / "world.json", Path(folder) / "peer.py"
        world.write_text(json.dumps(grid(n)))
        script.write_text(STORM)
        done = subprocess.run([python, str(script), str(world)], capture_output=True, text=True, timeout=600)
    if done.returncode:
        return {"failed": done.stderr.strip().splitlines()[-1][:100]}
    return json.loads(done.stdout.strip().splitlines()[-1])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--half", choices=("first", "second"), default="first")
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--logs", type=int, default=100, help="how many of each world")
    parser.add_argument("--sizes", type=int, nargs="*", default=[5, 10, 20, 50])
    parser.add_argument("--peer", default="", help="an interpreter that has stormpy")
    given = parser.parse_args()
    halves = ("first", "second") if given.write else (given.half,)
    tables: dict[str, Figures] = {
        f"ours.{half}_half": covered([c for c in CASES if half_of(c.name) == half], given.logs) for half in halves
    }
    tables["ours.haddad_monmege"] = haddad_monmege()
    for n in given.sizes:
        tables[f"ours.grid_{n}"] = sized(n)
        if given.peer:
            tables[f"ours.storm_on_grid_{n}"] = storm(given.peer, n)
    print("\n".join(lines_of(tables)))
    if given.write:
        write_ours("guarantee", "python benchmarks/guarantee.py --write", tables)


if __name__ == "__main__":
    main()

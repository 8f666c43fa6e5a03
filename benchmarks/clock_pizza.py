"""Addition modulo 31 (and 59) learnt at five attention rates by ten seeds each: which algorithm came out?

    python benchmarks/clock_pizza.py --kept FOLDER --write

Networks are trained as in arXiv:2306.17844, but smaller (31 symbols, width 64; 59 symbols, width 128), and no longer
than 300 steps after every pair is right; those in FOLDER are not trained again. Beside the verdicts of
`OperationMechanism` stand the ratio of its forms, the paper's distance irrelevance, and networks that learnt shuffled
answers. About 12 CPU seconds for each network of 31 symbols, 70 for each of 59.
"""

from __future__ import annotations

import argparse
import time
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.torch import load_file, save_file

from pellucid.look import OperationMechanism
from pellucid.nets import ClassifierOptions, PairTransformer, train_classifier
from pellucid.subjects import Operation, operation_of
from suites.origin import commit
from suites.record import pairs, table

RATES, SEEDS = (0.0, 0.25, 0.5, 0.75, 1.0), range(10)
PAPERS = Path(__file__).parents[1] / "papers"


def network(kind: str, size: int, width: int, rate: float, seed: int, kept: Path | None) -> PairTransformer:
    """The trained network; read from `kept` where it is there, else trained and left there."""
    generator = torch.Generator().manual_seed(seed)
    symbols = torch.arange(size)
    answers = (symbols[:, None] + symbols) % size
    if kind == "shuffled":
        answers = torch.randint(size, (size, size), generator=generator)
    found = PairTransformer(size, size, width, 4, rate=rate, generator=generator)
    path = kept and kept / f"{kind}_tr_{size}_{width}_{rate}_{seed}.safetensors"
    if path and path.exists():
        found.load_state_dict(load_file(path))
        return found
    ab, y = torch.cartesian_prod(symbols, symbols), answers.flatten()
    order = torch.randperm(size**2, generator=torch.Generator().manual_seed(1000 + seed))
    cut = size**2 if kind == "shuffled" else int(0.8 * size**2)
    options = ClassifierOptions(steps=3000,
                                weight_decay=0.1 if kind == "shuffled" else 2.0)  # fmt: skip
    train_classifier(found, ab[order[:cut]], y[order[:cut]], (ab[order[cut:]], y[order[cut:]]), options)
    if path:
        path.parent.mkdir(exist_ok=True, parents=True)
        save_file({name: value.contiguous() for name, value in found.state_dict().items()}, path)
    return found


def distance_irrelevance(operation: Operation) -> float:
    """The paper's: how the right answer's logit varies with a - b, at one a + b, beside how it varies at all."""
    size = operation.size
    a, b = np.divmod(np.arange(size**2), size)
    right = np.empty((size, size))
    right[(a + b) % size, (a - b) % size] = operation.logits[a, b, (a + b) % size]
    return float(right.std(0).mean() / right.std())


def row(kind: str, size: int, width: int, rate: float, seed: int, kept: Path | None) -> dict[str, Any]:
    """What is found in one network, printed as well."""
    trained = network(kind, size, width, rate, seed, kept)
    start = time.process_time()
    operation = operation_of(trained, size, embedding="embed")
    finding = OperationMechanism().explain(operation)
    seconds, found = time.process_time() - start, finding.artifact
    own = [part for part in found.parts if part.share >= 0.05 and part.name == str(part.writes)]
    told = {
        "kind": kind, "size": size, "rate": rate, "seed": seed, "verdict": found.verdict, "group": found.group,
        "circles": [f"{part.name} {part.verdict}" for part in own],
        "ratios": [round(part.ratio or 0.0, 3) for part in own],
        "distance_irrelevance": round(distance_irrelevance(operation), 3),
        "cpu_seconds": round(seconds, 1),
    }  # fmt: skip
    for key in ("formula R2", "sum", "formula alone", "formula answers"):
        named = key.replace(" ", "_")
        if any(claim.key == key for claim in finding.claims):
            value = finding.measured(key)
            told[named] = 1.0 if value is None else round(value, 4)  # exhausted: on every pair
    print({name: value for name, value in told.items() if name != "kind"}, flush=True)
    return told


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kept", type=Path)
    parser.add_argument("--write", action="store_true")
    given = parser.parse_args()
    torch.set_num_threads(1)
    rows = [row("add", 31, 64, rate, seed, given.kept) for rate in RATES for seed in SEEDS]
    rows += [row("shuffled", 31, 64, 1.0, seed, given.kept) for seed in range(4)]
    rows += [row("add", 59, 128, rate, 0, given.kept) for rate in (0.0, 1.0)]
    if not given.write:
        return
    lines = ["# What the paper claims, and our figures. Written by `python benchmarks/clock_pizza.py`.",
             *pairs({"title": "The Clock and the Pizza", "arxiv": "2306.17844", "date": date.today().isoformat(),
                     "commit": commit() or "not noted",
                     "command": "python benchmarks/clock_pizza.py --write"})]  # fmt: skip
    lines += table("paper", {"claim": "uniform attention: pizzas; softmax attention: clocks; a phase change between",
                             "symbols": 59, "width": 128, "steps": 20000})  # fmt: skip
    for rate in RATES:
        of = [one for one in rows if one["kind"] == "add" and one["size"] == 31 and one["rate"] == rate]
        circles = [kind for one in of for kind in one["circles"]]
        counts = {f"circles_{name}": sum(circle.endswith(name) for circle in circles)
                  for name in ("pizza", "between", "clock", "undecided")}  # fmt: skip
        ratios = sorted(ratio for one in of for ratio in one["ratios"])
        lines += table("ours", {
            "rate": rate, "networks": len(of), "learnt": sum(one["group"] == "Z_31" for one in of),
            "pizza_networks": sum(one["verdict"] == "pizza" for one in of),
            "clock_networks": sum(one["verdict"] == "clock" for one in of),
            "none_of_these": sum(one["verdict"] == "none of these" for one in of),
            **counts, "median_ratio": round(float(np.median(ratios)), 3) if ratios else 0.0,
            "mean_distance_irrelevance": round(float(np.mean([one["distance_irrelevance"] for one in of])), 3),
        }, one_of=True)  # fmt: skip
    for one in rows:
        lines += table("network", one, one_of=True)
    (PAPERS / "clock_pizza.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

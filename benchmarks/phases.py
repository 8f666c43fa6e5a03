"""Phases of the sums of ten numbers (arXiv 2205.10343): 30 runs over the rate and the decay of the decoder.

    python benchmarks/phases.py --logs FOLDER    trains, and writes one folder a run, for `pellucid phases FOLDER`
    python benchmarks/phases.py --record         and writes the diagrams of three splits into papers/phases.toml

Unordered pairs i <= j of 0..9: 45 train, 10 test. An embedding of one number each (rate 1e-3) is added, and read by a
decoder of two hidden tanh layers of 100, towards a random vector of 30 for each sum. All members are one tensor.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from collections import Counter
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
import torch

from pellucid.learn import PhaseSurvey
from pellucid.subjects import Curve, TrainingRun, TrainingRuns
from suites.halves_file import PAPERS
from suites.origin import commit

RATES = [round(float(one), 7) for one in 10 ** np.linspace(-4.5, -2, 6)]
DECAYS = [0.0, 1.0, 3.0, 6.0, 10.0]
PAIRS = [(i, j) for i in range(10) for j in range(i, 10)]
STEPS, EVERY = 4000, 40


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--logs", type=Path, help="a folder for one log a run, of the first split")
    parser.add_argument("--splits", type=int, default=1)
    parser.add_argument("--record", action="store_true", help="write into papers/")
    options = parser.parse_args()
    start = time.process_time()
    members = [(rate, decay) for decay in DECAYS for rate in RATES]
    runs, settings = [], []
    for split in range(options.splits):
        logs = trained(members, split)
        runs += logs
        settings += [[decay, rate] for rate, decay in members]
        if options.logs and split == 0:
            write_logs(options.logs, members, logs)
    found = PhaseSurvey().explain(TrainingRuns(tuple(runs), np.array(settings), ("decay", "rate")))
    diagram = found.artifact
    figures: dict[str, Any] = {"runs": len(runs), **Counter(diagram.phases)}
    for decay in DECAYS:
        row = [diagram.cell(decay, rate) for rate in RATES]
        figures[f"decay_{decay:g}"] = " ".join(f"{one[0][:3]}{100 * one[1]:.0f}" for one in row if one)
    figures["told_by_settings"] = round(found.measured("told_by_settings"), 1)
    figures["cpu_seconds"] = round(time.process_time() - start, 1)
    for name, value in figures.items():
        print(f"{name:24} {value}")
    if options.record:
        write(figures, options.splits)


def trained(members: list[tuple[float, float]], seed: int) -> list[TrainingRun]:
    """All members on one split, from one start."""
    draw, many = torch.Generator().manual_seed(seed), len(members)
    wanted = torch.randn(19, 30, generator=draw)
    order = torch.randperm(len(PAIRS), generator=draw).tolist()
    parts = [torch.tensor([PAIRS[k] for k in some]) for some in (order[:45], order[45:])]
    embedding = (torch.rand(1, 10, 1, generator=draw) - 0.5).repeat(many, 1, 1)
    layers = [
        ((2 * torch.rand(1, rows, b, generator=draw) - 1) / a**0.5).repeat(many, 1, 1)
        for a, b in pairwise((1, 100, 100, 30))
        for rows in (a, 1)
    ]
    weights = [embedding, *layers]
    rates, decays = (torch.tensor(one)[:, None, None] for one in zip(*members, strict=True))
    moments = [(torch.zeros_like(w), torch.zeros_like(w)) for w in weights]

    def says(pairs: torch.Tensor) -> torch.Tensor:
        x = weights[0][:, pairs[:, 0]] + weights[0][:, pairs[:, 1]]
        for place in range(1, 7, 2):
            x = torch.baddbmm(weights[place + 1], x, weights[place])
            x = torch.tanh(x) if place < 5 else x
        return x

    entries = []
    for step in range(STEPS + 1):
        if step % EVERY == 0:
            with torch.no_grad():
                near = [torch.cdist(says(one), wanted.expand(many, -1, -1)).argmin(-1) for one in parts]
                entries.append([(n == p.sum(1)).float().mean(1).numpy() for n, p in zip(near, parts, strict=True)])
        for w in weights:
            w.requires_grad_()
        loss = ((says(parts[0]) - wanted[parts[0].sum(1)]) ** 2).mean((1, 2)).sum()
        slopes = torch.autograd.grad(loss, weights)
        with torch.no_grad():
            for place, (w, slope, (mean, square)) in enumerate(zip(weights, slopes, moments, strict=True)):
                w.requires_grad_(False)
                rate = rates if place else torch.tensor(1e-3)
                if place:
                    w.mul_(1 - rate * decays)
                mean.mul_(0.9).add_(slope, alpha=0.1)
                square.mul_(0.999).addcmul_(slope, slope, value=0.001)
                size = (square / (1 - 0.999 ** (step + 1))).sqrt_().add_(1e-8)
                w.sub_(rate * (mean / (1 - 0.9 ** (step + 1))) / size)
    values, steps = np.array(entries), np.arange(0, STEPS + 1, EVERY, dtype=float)
    return [TrainingRun(Curve(steps, values[:, 0, k]), Curve(steps, values[:, 1, k]), chance=0.1) for k in range(many)]


def write_logs(folder: Path, members: list[tuple[float, float]], runs: list[TrainingRun]) -> None:
    """One folder a run: its log, and its settings."""
    for k, ((rate, decay), run) in enumerate(zip(members, runs, strict=True)):
        place = folder / f"run_{k}"
        place.mkdir(parents=True, exist_ok=True)
        (place / "config.json").write_text(json.dumps({"rate": rate, "decay": decay}))
        assert run.test is not None
        rows = zip(run.train.steps, run.train.values, run.test.values, strict=True)
        lines = ["step,train_acc,test_acc", *(f"{s:.0f},{a:.4f},{b:.4f}" for s, a, b in rows)]
        (place / "log.csv").write_text("\n".join(lines) + "\n")


def write(figures: dict[str, Any], splits: int) -> None:
    """papers/phases.toml."""
    lines = [
        "# What the paper claims, our command, and our figures. Written by `python benchmarks/phases.py --record`.",
        'title = "Towards understanding grokking: an effective theory of representation learning"',
        'arxiv = "2205.10343"', f'command = "python benchmarks/phases.py --record --splits {splits}"', "",
        "[paper]",
        'phases = "comprehension, grokking, memorisation and confusion, over rate and decay of the decoder"', "",
        "[ours]", f'commit = "{commit()}"', f'date = "{date.today().isoformat()}"', f"splits = {splits}",
    ]  # fmt: skip
    lines += [
        f"{name.replace(' ', '_').replace('.', '_')} = {value!r}".replace("'", '"') for name, value in figures.items()
    ]
    (PAPERS / "phases.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

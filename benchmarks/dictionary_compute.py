"""Dense and Switch dictionaries trained for the same CPU seconds (arXiv 2410.08201), for dictionaries.py.

For a dense dictionary of n latents: Switch dictionaries with 8 and 16 experts of n latents each (their FLOP-matched
setting: as many multiplications for a row), and dense ones with as many latents as these have together. Each gets as
many steps as take the seconds that are given, by its own step time, and a whole schedule of its rate.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from pellucid.look.dictionaries.dictionary_claims import fvu
from pellucid.look.dictionaries.trained_dictionary import dictionary_of
from pellucid.nets.dictionaries.dictionary_options import DictionaryOptions
from pellucid.nets.dictionaries.dictionary_shape import DictionaryShape
from pellucid.nets.dictionaries.dictionary_training import DictionaryTraining

K, BATCH, RATE = 32, 1024, 3e-3
POINTS, JUDGED, CALIBRATION = 10, 4096, 100
"""Of a curve; held-out rows for each; steps of a short training, whose later half tells how long one takes."""
Batches = Callable[[int, int, int], list[list[int]]]


def start(train: Tensor, size: int, experts: int, steps: int, seed: int) -> tuple[DictionaryTraining, torch.Generator]:
    shape = DictionaryShape(train.shape[1], train.shape[1], size, K, experts=experts)
    options = DictionaryOptions(steps=steps, batch_size=BATCH, learning_rate=RATE)
    generator = torch.Generator().manual_seed(seed)
    few = train[:8192]
    return DictionaryTraining.start(shape, options, few, few, generator), generator


def advance(training: DictionaryTraining, x: Tensor, generator: torch.Generator) -> float:
    """CPU seconds of one step."""
    begin = time.process_time()
    training.advance(x, x, generator)
    return time.process_time() - begin


def step_seconds(train: Tensor, size: int, experts: int, batches: Batches) -> float:
    """The mean of the later half of a short training, when as many latents fire as in a long one."""
    training, generator = start(train, size, experts, CALIBRATION, 0)
    chosen = batches(len(train), CALIBRATION, 0)
    found = [advance(training, train[torch.tensor(rows)], generator) for rows in chosen]
    return statistics.fmean(found[CALIBRATION // 2 :])


def judged(training: DictionaryTraining, held: Tensor) -> float:
    """FVU of a training under way."""
    x, _ = training.scale.normalised(held, held)
    error = torch.cat([training.gradients(part, part).error for part in x.split(BATCH)])
    return float(error.sum() / (x - x.mean(0)).square().sum())


def trained(
    train: Tensor, held: Tensor, size: int, experts: int, chosen: list[list[int]], seed: int = 0
) -> dict[str, Any]:
    """FVU on held-out rows after a training on these batches, its CPU seconds, and how it came down."""
    training, generator = start(train, size, experts, len(chosen), seed)
    seconds, curve = 0.0, []
    every = max(1, len(chosen) // POINTS)
    for rows in chosen:
        seconds += advance(training, train[torch.tensor(rows)], generator)
        if training.step % every == 0:
            curve.append((seconds, judged(training, held[:JUDGED])))
    found = dictionary_of(training, "TopK", train[:8192])
    error, counts = torch.empty_like(held), torch.zeros(size)
    for begin in range(0, len(held), BATCH):
        part = held[begin : begin + BATCH]
        codes = found.encode(part)
        counts += codes.counts(size)
        error[begin : begin + BATCH] = found.decode(codes) - part
    return {
        "fvu": fvu(error, held - train.mean(0))[0],
        "cpu_seconds": seconds,
        "dead": float((training.silent > BATCH * min(100, len(chosen) // 2)).float().mean()),
        "silent_on_held_out": float((counts == 0).float().mean()),
        "latents": size,
        "steps": len(chosen),
        "curve": curve,
    }


def together(runs: list[dict[str, Any]]) -> dict[str, Any]:
    """The mean of several seeds' figures, each seed's FVU, and the mean curve."""
    found: dict[str, Any] = {}
    for key, first in runs[0].items():
        if isinstance(first, float):
            found[key] = statistics.fmean(run[key] for run in runs)
        elif key != "curve":
            found[key] = first
    found["fvu_of_seeds"] = [round(run["fvu"], 5) for run in runs]
    if "curve" in runs[0]:
        points = list(zip(*(run["curve"] for run in runs), strict=True))
        found["curve_cpu_seconds"] = [round(statistics.fmean(one[0] for one in point), 2) for point in points]
        found["curve_fvu"] = [round(statistics.fmean(one[1] for one in point), 4) for point in points]
    return found


def equal_compute(
    train: Tensor, held: Tensor, size: int, seconds: float, experts: tuple[int, ...], seeds: int, batches: Batches
) -> dict[str, dict[str, Any]]:
    """A dense dictionary of `size`, Switches with so many times its latents, and dense ones as large as these."""
    contestants = {f"dense {size}": (size, 1)}
    for count in experts:
        contestants[f"switch {count} x {size}"] = (size * count, count)
        contestants[f"dense {size * count}"] = (size * count, 1)
    found = {}
    for name, (latents, among) in contestants.items():
        steps = max(10, round(seconds / step_seconds(train, latents, among, batches)))
        runs = [trained(train, held, latents, among, batches(len(train), steps, seed), seed) for seed in range(seeds)]
        found[name] = together(runs)
        report({name: found[name]})
    return found


def report(found: dict[str, dict[str, Any]]) -> None:
    for name, one in found.items():
        dead = f", {one['dead']:.1%} dead" if "dead" in one else ""
        said = f"{one['cpu_seconds']:.1f} CPU s, {one['steps']} steps{dead}, seeds {one['fvu_of_seeds']}"
        print(f"  {name:40s} {one['fvu']:.4f}   {said}", flush=True)

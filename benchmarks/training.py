"""When do runs that memorise generalise? Forecasts from the fall of the norm, made when the training data were fitted.

    python benchmarks/training.py digits            24 runs of digits; critical norm by a norm landscape, and by others
    python benchmarks/training.py addition          modular addition of unordered pairs, a network of one hidden layer
    python benchmarks/training.py transformer       the same task, a small transformer (a GPU helps)
    ... --record                                    writes the study into papers/omnigrok.toml

A forecast sees the log up to the step at which 95 % of the training data are fitted. Its factor is the larger of
forecast over truth and truth over forecast. Baselines: the median of all runs' steps, and "as soon as it fits". The
critical norm is the median of the other runs' norms when they generalised (as `pellucid training FOLDER` takes it); for
digits also one from 12 networks whose norm is held fixed. Runs that never generalise are counted, and have no factor.
"""

from __future__ import annotations

import argparse
import os
import time
import tomllib
from collections.abc import Callable
from datetime import date
from typing import Any

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before numpy is imported, which reads it
os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
import torch

from pellucid.learn.runs.forecast import forecast
from pellucid.learn.runs.phases import reached
from pellucid.nets.batched_mlp import BatchedMLP, Member, MemberLogs, Recipe
from pellucid.subjects import Curve, TrainingRun
from suites.halves_file import PAPERS
from suites.origin import commit

FITTED, LEARNT = 0.95, 0.85


def digits(members: list[Member], recipe: Recipe, steps: int, every: int) -> MemberLogs:
    """200 training images of scikit-learn's digits, drawn by each member's seed; 64-100-100-10."""
    from sklearn.datasets import load_digits

    images, labels = load_digits(return_X_y=True)
    x, y = torch.tensor(images / 16, dtype=torch.float32), torch.tensor(labels)
    order = [torch.randperm(len(x), generator=torch.Generator().manual_seed(m.seed)) for m in members]
    train, test = ([o[part] for o in order] for part in (slice(200), slice(200, None)))
    net = BatchedMLP(members, 64, 10, recipe)
    both = [(torch.stack([x[o] for o in part]), torch.stack([y[o] for o in part])) for part in (train, test)]
    return net.train(both[0], both[1], steps, every)


def runs_of(logs: MemberLogs) -> list[TrainingRun]:
    """A run for each member."""
    made = []
    for i in range(logs.train.shape[1]):
        curves = [Curve(logs.steps, values[:, i]) for values in (logs.train, logs.test, logs.norm)]
        made.append(TrainingRun(curves[0], curves[1], chance=0.0, norm=curves[2], name=str(i)))
    return made


def times(run: TrainingRun) -> tuple[float | None, float | None]:
    """The steps at which the training data are fitted and held-out data are learnt."""
    assert run.test is not None
    found = reached(run.train, FITTED, 1), reached(run.test, LEARNT, 1)
    return tuple(None if one is None else one[1] for one in found)  # type: ignore[return-value]


def judged(runs: list[TrainingRun], critical: Callable[[int], float | None]) -> dict[str, Any]:
    """The factors of forecasts with a critical norm for each run, beside the baselines."""
    pairs, plain, never = [], [], 0
    for place, run in enumerate(runs):
        fitted, learnt = times(run)
        wanted = critical(place)
        if fitted is None or wanted is None:
            continue
        if learnt is None:
            never += 1
            continue
        made = forecast(run, fitted, wanted, at=fitted)
        pairs.append((made.step if made is not None else np.inf, max(learnt, 1.0)))
        plain.append((fitted, max(learnt, 1.0)))
    if not pairs:
        return {"runs": 0, "never": never}
    step, came = np.array(pairs).T
    late = came / np.array(plain)[:, 0] >= 1.5
    factors = np.maximum(step / came, came / step)
    shown = {
        "runs": len(pairs), "never": never, "median_factor": median(factors), "worst_factor": float(factors.max()),
        "within_1_5": int((factors <= 1.5).sum()), "late_runs": int(late.sum()),
        "baseline_median_of_runs": median(ratio(came, np.median(came))),
        "baseline_when_it_fits": median(ratio(came, np.array(plain)[:, 0])),
    }  # fmt: skip
    return shown | ({"median_factor_of_late": median(factors[late])} if late.any() else {})


def median(values: np.ndarray) -> float:
    return round(float(np.median(values)), 3)


def ratio(a: np.ndarray, b: np.ndarray | float) -> np.ndarray:
    return np.maximum(a / b, b / a)


def others(runs: list[TrainingRun]) -> Callable[[int], float | None]:
    """The median norm of the other runs when they generalised; of their own, a run says nothing."""
    norms: dict[int, float] = {}
    for place, run in enumerate(runs):
        learnt = times(run)[1]
        if learnt is not None and run.norm is not None:
            norms[place] = run.norm.at(learnt)

    def of(place: int) -> float | None:
        rest = [value for other, value in norms.items() if other != place]
        return float(np.median(rest)) if len(rest) >= 2 else None

    return of


def landscape_norm() -> float:
    """The norm at which networks of fixed norm reach the accuracy that counts as learnt, between the two around it."""
    members = [Member(scale=scale, seed=seed) for scale in (1.5, 2.0, 2.5, 3.0, 3.5, 4.0) for seed in (0, 1)]
    logs = digits(members, Recipe(hold_norm=True), 1500, 1500)
    norm, accuracy = (one[-1].reshape(6, 2).mean(1) for one in (logs.norm, logs.test))
    below = int(np.argmax(accuracy < LEARNT))
    share = (accuracy[below - 1] - LEARNT) / (accuracy[below - 1] - accuracy[below])
    return float(np.exp(np.log(norm[below - 1]) + share * np.log(norm[below] / norm[below - 1])))


def study_digits() -> dict[str, Any]:
    critical = landscape_norm()
    grid = [(scale, decay, seed) for scale in (4.0, 6.0, 8.0) for decay in (0.2, 0.4, 0.8, 1.6) for seed in (0, 1)]
    runs = runs_of(digits([Member(1e-3, wd, scale, seed) for scale, wd, seed in grid], Recipe(), 7000, 100))
    return {"critical_norm": round(critical, 2), "by_landscape": judged(runs, lambda place: critical),
            "by_others": judged(runs, others(runs))}  # fmt: skip


def pairs_of(p: int, share: float, seed: int) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
    """Unordered pairs, part of them to train on: ordered ones would leak, as a + b = b + a."""
    every = [(a, b) for a in range(p) for b in range(a, p)]
    order = np.random.default_rng(seed).permutation(len(every))
    cut = round(share * len(every))
    return [every[i] for i in order[:cut]], [every[i] for i in order[cut:]]


def study_addition(p: int = 23, share: float = 0.8) -> dict[str, Any]:
    members = [Member(3e-3, wd, 1.0, seed) for wd in (0.3, 1.0, 2.0, 3.0) for seed in (0, 1, 2)]

    def tensors(part: int) -> tuple[torch.Tensor, torch.Tensor]:
        counts, sums = [], []
        for member in members:
            pairs = torch.tensor(pairs_of(p, share, member.seed)[part])
            counts.append(torch.nn.functional.one_hot(pairs, p).sum(1).float())
            sums.append(pairs.sum(1) % p)
        return torch.stack(counts), torch.stack(sums)

    net = BatchedMLP(members, p, p, Recipe((96,), "cross_entropy", (0.9, 0.98)))
    runs = runs_of(net.train(tensors(0), tensors(1), 5000, 25))
    return {"by_others": judged(runs, others(runs))}


def study_transformer(p: int = 41, share: float = 0.7, steps: int = 6000) -> dict[str, Any]:
    """One layer, four heads, width 64, no norms, so that the length of the weights means something."""
    device = "cuda" if torch.cuda.is_available() else "cpu"
    runs = [_transformer_run(p, share, decay, seed, steps, device) for decay in (0.5, 1.0, 2.0) for seed in (0, 1)]
    return {"by_others": judged(runs, others(runs)), "device": device}


class Transformer(torch.nn.Module):
    """Two symbols in, the logits of their sum out."""

    def __init__(self, p: int, width: int = 64, heads: int = 4) -> None:
        super().__init__()
        self.table, self.places = torch.nn.Embedding(p, width), torch.nn.Parameter(torch.randn(2, width) * 0.1)
        self.attention = torch.nn.MultiheadAttention(width, heads, batch_first=True)
        self.up, self.down = torch.nn.Linear(width, 4 * width), torch.nn.Linear(4 * width, width)
        self.head = torch.nn.Linear(width, p)

    def forward(self, pairs: torch.Tensor) -> torch.Tensor:
        x = self.table(pairs) + self.places
        x = x + self.attention(x, x, x, need_weights=False)[0]
        x = x + self.down(torch.relu(self.up(x)))
        return self.head(x[:, 1])


def _transformer_run(p: int, share: float, decay: float, seed: int, steps: int, device: str) -> TrainingRun:
    torch.manual_seed(seed)
    net = Transformer(p).to(device)
    data = [torch.tensor(part, device=device) for part in pairs_of(p, share, seed)]
    optimiser = torch.optim.AdamW(net.parameters(), lr=1e-3, weight_decay=decay, betas=(0.9, 0.98))
    entries = []
    for step in range(steps + 1):
        if step % 50 == 0:
            with torch.no_grad():
                right = [float((net(part).argmax(1) == part.sum(1) % p).float().mean()) for part in data]
                norm = float(torch.stack([w.square().sum() for w in net.parameters()]).sum().sqrt())
            entries.append((step, *right, norm))
        optimiser.zero_grad(set_to_none=True)
        torch.nn.functional.cross_entropy(net(data[0]), data[0].sum(1) % p).backward()
        optimiser.step()
    at, train, test, norm = np.array(entries).T
    return TrainingRun(Curve(at, train), Curve(at, test), chance=0.0, norm=Curve(at, norm), name=f"{decay}/{seed}")


STUDIES = {"digits": study_digits, "addition": study_addition, "transformer": study_transformer}


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("study", choices=STUDIES)
    parser.add_argument("--record", action="store_true", help="write into papers/omnigrok.toml")
    options = parser.parse_args()
    start = time.process_time()
    found = STUDIES[options.study]()
    found["cpu_seconds"] = round(time.process_time() - start, 1)
    for name, value in found.items():
        print(f"{name:16} {value}", flush=True)
    if options.record:
        write(options.study, found)


def write(study: str, found: dict[str, Any]) -> None:
    """papers/omnigrok.toml, with what stands there of the other studies."""
    path = PAPERS / "omnigrok.toml"
    before = tomllib.loads(path.read_text(encoding="utf-8")).get("ours", {}) if path.exists() else {}
    before[study] = {"commit": commit(), "date": date.today().isoformat(), "seed": 0, **found}
    lines = [
        "# What the paper claims, our command, and our figures. Written by `benchmarks/training.py --record`.",
        'title = "Omnigrok: grokking beyond algorithmic data"', 'arxiv = "2210.01117"',
        'command = "pellucid training FOLDER"', "", "[paper]",
        'claims = "test loss is U-shaped in the norm of the weights; with a large first norm and a weak decay held-out '
        'data are learnt late, as the norm has to fall to a critical one"',
        'forecast = "none: the forecast from the slope of the norm is ours"',
    ]  # fmt: skip
    for name, values in before.items():
        lines += ["", f"[ours.{name}]"]
        for key, value in values.items():
            if isinstance(value, dict):
                lines.append(f"{key} = {{ {', '.join(f'{k} = {v}' for k, v in value.items())} }}")
            else:
                lines.append(f'{key} = "{value}"' if isinstance(value, str) else f"{key} = {value}")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

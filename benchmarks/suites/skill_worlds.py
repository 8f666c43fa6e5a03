"""Logs of skills whose way of being learnt is known: 80 worlds, each drawn from a stream of its own name.

Written down before any was run. The dynamics are run, not taken from a law: descent by signs along orthonormal
directions, plain gradient descent, the resource model by small steps, dominoes, times that powers of the frequency set
with scatter, times that nothing sets, and small networks that learn parities of many tasks. A log stops while some
skills are unlearnt; what comes later is what is to be forecast.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np

KINDS = ("signs", "descent", "resource", "domino", "powers", "nothing", "parities")
ENTRIES = 120
"""Values in the log, and as many after it."""


@dataclass(frozen=True)
class World:
    """Steps and losses (2 * ENTRIES,), (2 * ENTRIES, skills); frequencies, None where they are not told."""

    name: str
    kind: str
    steps: np.ndarray
    losses: np.ndarray
    frequencies: np.ndarray | None


def names() -> list[str]:
    """Of all worlds."""
    return [f"skills {number:03d}" for number in range(80)]


def world(name: str) -> World:
    """The world of that name."""
    seed = int.from_bytes(hashlib.sha256(f"skills {name}".encode()).digest()[:8], "little")
    draw = np.random.default_rng(seed)
    kind = str(draw.choice(KINDS))
    skills, alpha = int(draw.integers(5, 16)), draw.uniform(0.8, 2.0)
    p = np.arange(1, skills + 1) ** -alpha
    p /= p.sum()
    noise, told = draw.uniform(0.005, 0.03), bool(draw.random() < 0.5)
    makers = {"signs": _signs, "descent": _descent, "resource": _resource, "domino": _domino, "powers": _powers,
              "nothing": _nothing, "parities": _parities}  # fmt: skip
    if kind == "parities":
        skills, p = 8, p[:5]
        p = np.arange(1, skills + 1) ** -draw.uniform(0.6, 1.4)
        p /= p.sum()
    steps, left = makers[kind](p, draw)
    losses = np.maximum(left + noise * draw.normal(size=left.shape), 0) if kind != "parities" else left
    return World(name, kind, steps, losses, p if told else None)


def _thinned(left: np.ndarray, steps: np.ndarray, draw: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """2 * ENTRIES values up to where 70 to 100 % of the skills are learnt."""
    share = draw.uniform(0.7, 1.0)
    learnt = (left < 0.1).mean(1)
    end = int(np.argmax(learnt >= min(share, learnt.max()))) + 1
    chosen = np.unique(np.linspace(0, max(end, 2 * ENTRIES) - 1, 2 * ENTRIES).round().astype(int))
    return steps[chosen], left[chosen]


def _signs(p: np.ndarray, draw: np.random.Generator, size: int = 400) -> tuple[np.ndarray, np.ndarray]:
    """x -= rate * sign(gradient) of sum p_k (1 - u_k x)^2, with orthonormal u_k in 400 dimensions."""
    u = np.linalg.qr(draw.normal(size=(size, len(p))))[0].T
    x, rate, kept = np.zeros(size), 1e-3, []
    for _ in range(150 * len(p)):
        gap = 1 - u @ x
        kept.append(gap**2)
        x = x + rate * np.sign((p * gap) @ u)
    return _thinned(np.array(kept), np.arange(len(kept), dtype=float), draw)


def _descent(p: np.ndarray, draw: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    rate = 0.01 / p[0]
    steps = np.arange(int(300 * p[0] / p[-1]) + 2 * ENTRIES, dtype=float)
    return _thinned((1 - rate * p) ** (2 * steps[:, None]), steps, draw)


def _resource(p: np.ndarray, draw: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """l_k -= rate p_k l_k / (sum p l + N0), as arXiv 2501.12391 steps it."""
    left, rate, spare, kept = np.ones(len(p)), 0.01, 10 ** draw.uniform(-3, -1), []
    for _ in range(400 * len(p)):
        kept.append(left**2)
        left = np.maximum(left - rate * p * left / ((p * left).sum() + spare), 0)
    return _thinned(np.array(kept), np.arange(len(kept), dtype=float), draw)


def _domino(p: np.ndarray, draw: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """One skill after another, each as long as the first, within 15 %."""
    ends = np.cumsum(100 * np.exp(draw.normal(0, 0.15, len(p))))
    begins = np.concatenate([[0], ends[:-1]])
    steps = np.arange(int(ends[-1]) + 2 * ENTRIES, dtype=float)
    return _thinned((1 - np.clip((steps[:, None] - begins) / (ends - begins), 0, 1)) ** 2, steps, draw)


def _powers(p: np.ndarray, draw: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Sudden drops at a time that a power of the frequency sets, within 20 %."""
    return _drops(100 * (p / p[0]) ** -draw.uniform(0.5, 1.2) * np.exp(draw.normal(0, 0.2, len(p))), draw)


def _nothing(p: np.ndarray, draw: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Sudden drops at times that have nothing to do with frequencies."""
    return _drops(100 * np.exp(draw.uniform(0, 3, len(p))), draw)


def _drops(times: np.ndarray, draw: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    steps = np.arange(int(1.6 * times.max()) + 2 * ENTRIES, dtype=float)
    return _thinned(1 / (1 + (steps[:, None] / times) ** draw.uniform(4, 10)), steps, draw)


def _parities(p: np.ndarray, draw: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Parities of 3 bits of 20, one set of bits a task (arXiv 2303.13506): one hidden layer, fresh rows each step."""
    import torch

    from pellucid.nets.batched_mlp import BatchedMLP, Member, Recipe

    tasks, bits = len(p), 20
    sets = np.array([draw.choice(bits, 3, replace=False) for _ in range(tasks)])

    def rows(task: np.ndarray) -> tuple[torch.Tensor, torch.Tensor]:
        x = draw.integers(0, 2, (len(task), bits))
        y = np.take_along_axis(x, sets[task], 1).sum(1) % 2
        inputs = np.concatenate([np.eye(tasks)[task], 2.0 * x - 1], 1)
        return torch.tensor(inputs, dtype=torch.float32)[None], torch.tensor(y)[None]

    net = BatchedMLP([Member(2e-3, seed=int(draw.integers(1000)))], tasks + bits, 2, Recipe((128,), "cross_entropy"))
    fixed = [rows(np.full(400, task)) for task in range(tasks)]
    steps, kept = [], []
    for step in range(4801):
        if step % 20 == 0 and len(kept) < 2 * ENTRIES:
            with torch.no_grad():
                kept.append([float(net.losses(net(x), y)[0]) for x, y in fixed])
            steps.append(float(step))
        net.step(*rows(draw.choice(tasks, 256, p=p)))
    return np.array(steps), np.array(kept)

"""Synthetic scaling studies with their truth: 200 worlds, each drawn from a stream of its own name.

Written down before any was run. A world has a true law, a design of runs, noise, and 40 runs with up to ten times the
largest compute of the design. A quarter of the laws are none that is fitted: exponents that bend, a term that depends
on N and D together, small runs that were trained badly.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

LAWS = ("free", "equal", "resource", "quanta", "free", "equal", "resource", "quanta", "kaplan with floor", "bent",
        "joint", "small runs badly trained")  # fmt: skip
DESIGNS = ("isoflop", "grid", "ladder", "scatter")
NOISES = ("normal", "laplace", "outliers", "more in small runs")


@dataclass(frozen=True)
class World:
    """Runs (N, D, loss), runs beyond them, and the law that both come from."""

    name: str
    law: str
    design: str
    noise: str
    sizes: np.ndarray
    loss: np.ndarray
    beyond: np.ndarray
    beyond_loss: np.ndarray
    truth: tuple[float, float, float, float, float]
    """A, B, E, alpha, beta."""
    mean: Callable[[np.ndarray, np.ndarray], np.ndarray]
    """The loss of runs without noise."""


def names() -> list[str]:
    """Of all worlds."""
    return [f"world {number:03d}" for number in range(200)]


def world(name: str) -> World:
    """The world of that name."""
    seed = int.from_bytes(hashlib.sha256(f"scaling {name}".encode()).digest()[:8], "little")
    draw = np.random.default_rng(seed)
    law, design, noise = (str(draw.choice(options)) for options in (LAWS, DESIGNS, NOISES))
    truth, mean = _law(law, draw)
    sizes = _design(design, draw)
    compute = 6 * sizes.prod(1)
    size = draw.uniform(0.002, 0.012)
    beyond = _beyond(compute.max(), draw)
    loss = mean(*sizes.T) * np.exp(_noise(noise, size, compute, compute, draw))
    later = mean(*beyond.T) * np.exp(_noise(noise, size, 6 * beyond.prod(1), compute, draw))
    return World(name, law, design, noise, sizes, loss, beyond, later, truth, mean)


def _law(law: str, draw: np.random.Generator) -> tuple[tuple[float, float, float, float, float], Callable]:
    """Terms of 0.2 to 1 nats at 1e8 parameters and 2e9 tokens, over a floor of 1.4 to 2.2 nats."""
    e, first, second = draw.uniform(1.4, 2.2), draw.uniform(0.3, 1.0), draw.uniform(0.2, 0.8)
    alpha, beta = draw.uniform(0.22, 0.5), draw.uniform(0.2, 0.45)
    beta = {"equal": alpha, "quanta": alpha / (1 + alpha), "kaplan with floor": 1.0}.get(law, beta)
    alpha = 1 / 3 if law == "resource" else alpha
    a, b = first * 1e8**alpha, second * 2e9**beta

    def plain(n: np.ndarray, d: np.ndarray) -> np.ndarray:
        return e + a * n**-alpha + b * d**-beta

    def curved(n: np.ndarray, d: np.ndarray) -> np.ndarray:
        gamma = 0.3
        return e + (first ** (1 / gamma) * (n / 1e8) ** (-alpha / gamma) + second ** (1 / gamma) * 2e9 / d) ** gamma

    def bent(n: np.ndarray, d: np.ndarray) -> np.ndarray:
        return e + a * n**-alpha * (1 + n / 1e9) ** (0.3 * alpha) + b * d**-beta

    def joint(n: np.ndarray, d: np.ndarray) -> np.ndarray:
        return plain(n, d) + 0.15 * (n * d / 2e17) ** -0.15

    def badly(n: np.ndarray, d: np.ndarray) -> np.ndarray:
        return plain(n, d) * (1 + 0.03 / (1 + n / 3e7))

    others = {"kaplan with floor": curved, "bent": bent, "joint": joint, "small runs badly trained": badly}
    return (a, b, e, alpha, beta), others.get(law, plain)


def _design(design: str, draw: np.random.Generator) -> np.ndarray:
    """(runs, 2): N and D. The largest compute lies between 1e20 and 1e22."""
    top = 10 ** draw.uniform(20, 22)
    if design == "isoflop":
        budgets = np.geomspace(top / 10 ** draw.uniform(1.5, 3), top, int(draw.integers(5, 9)))
        best = np.sqrt(budgets / 120)
        rows = [(n, c / 6 / n) for c, m in zip(budgets, best, strict=True) for n in m * np.geomspace(0.2, 5, 8)]
    elif design == "grid":
        n = np.geomspace(10 ** draw.uniform(6.8, 7.5), np.sqrt(top / 120), int(draw.integers(5, 9)))
        d = np.geomspace(10 ** draw.uniform(8.3, 9), np.sqrt(top * 20 / 6), int(draw.integers(5, 9)))
        rows = [(i, j) for i in n for j in d]
    elif design == "ladder":
        n = np.geomspace(10 ** draw.uniform(6.8, 7.5), np.sqrt(top / 120 / 4), int(draw.integers(6, 11)))
        rows = [(i, 20 * i * r) for i in n for r in (0.5, 1, 2, 4)]
    else:
        c = top / 10 ** draw.uniform(0, draw.uniform(2, 4), int(draw.integers(60, 200)))
        n = np.sqrt(c / 120) * np.exp(draw.normal(0, 0.7, len(c)))
        rows = list(zip(n, c / 6 / n, strict=True))
    return np.array(rows)


def _beyond(top: float, draw: np.random.Generator) -> np.ndarray:
    """40 runs at one to ten times the largest compute, with 5 to 80 tokens a parameter."""
    c, ratio = top * 10 ** draw.uniform(0, 1, 40), np.exp(draw.uniform(np.log(5), np.log(80), 40))
    n = np.sqrt(c / 6 / ratio)
    return np.stack([n, n * ratio], 1)


def _noise(kind: str, size: float, compute: np.ndarray, known: np.ndarray, draw: np.random.Generator) -> np.ndarray:
    if kind == "laplace":
        return draw.laplace(0, size / np.sqrt(2), len(compute))
    if kind == "outliers":
        return draw.normal(0, size, len(compute)) + 5 * size * (draw.random(len(compute)) < 0.05)
    if kind == "more in small runs":
        return draw.normal(0, size, len(compute)) * (1 + 2 * (known.min() / compute) ** 0.25)
    return draw.normal(0, size, len(compute))

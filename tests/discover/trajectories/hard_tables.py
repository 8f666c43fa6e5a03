"""Tables of trajectories as they come: `python tests/discover/trajectories/hard_tables.py FOLDER` writes them all."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.integrate import solve_ivp

Array = NDArray[np.float64]
Flow = Callable[[float, Array], list[float]]


def orbits(flow: Flow, starts: list[list[float]], times: Array, noise: float = 0.0) -> list[Array]:
    """Samples (samples, variables) of every orbit, with noise of a share of the spread."""
    states = [solve_ivp(flow, (times[0], times[-1]), s, "DOP853", times, rtol=1e-11, atol=1e-12).y.T for s in starts]
    scale = np.concatenate(states).std(0)
    generator = np.random.default_rng(len(times))
    return [x + noise * scale * generator.standard_normal(x.shape) for x in states]


def rows(times: Array, states: list[Array]) -> list[tuple[float, ...]]:
    return [(i, t, *x) for i, orbit in enumerate(states) for t, x in zip(times, orbit, strict=True)]


def text(head: str, lines: list[tuple[object, ...]], comma: str = ",") -> str:
    return "\n".join([head.replace(",", comma), *(comma.join(map(_cell, line)) for line in lines)]) + "\n"


def _cell(value: object) -> str:
    if isinstance(value, str | int):
        return str(value)
    return f"{value:.9g}" if abs(value) < 1e6 else f"{value:.3f}"


def spring(times: Array, noise: float = 0.0, count: int = 5) -> list[tuple[float, ...]]:
    starts = [[1.0 + 0.15 * i, 0.3 * (-1) ** i] for i in range(count)]
    return rows(times, orbits(lambda t, s: [s[1], -2 * s[0]], starts, times, noise))


def tables() -> dict[str, str]:
    """The text of each file by its name."""
    t, generator = np.linspace(0, 10, 80), np.random.default_rng(3)
    plain = spring(t, 0.003)
    found = {"twice.csv": text("trajectory,t,x,v", [*plain, *plain[100:102]])}
    found["shuffled.csv"] = text("trajectory,t,x,v", [plain[i] for i in generator.permutation(len(plain))])
    gaps = [(*row[:3], "NaN") if i % 97 == 5 else row for i, row in enumerate(plain)]
    found["gaps.csv"] = text("trajectory,t,x,v", gaps)
    found["milliseconds.csv"] = text("run,t_ms,x,v", [(i, 1.7e12 + 1000 * s, *x) for i, s, *x in plain])
    found["commas.csv"] = text("run,t,x,v", spring(t), ";").replace(".", ",")
    days = [(i, f"2024-03-{1 + int(s):02d}T{int(s % 1 * 24):02d}:00", *x) for i, s, *x in spring(np.arange(80) / 8)]
    found["dates.csv"] = text("run,date,x,v", days)
    found["short.csv"] = text("id,t,x,v", spring(np.linspace(0, 3, 6), 0.001, 40))
    sir = orbits(
        lambda t, s: [-0.5 * s[0] * s[1], 0.5 * s[0] * s[1] - 0.2 * s[1], 0.2 * s[1]],
        [[0.99, 0.01, 0], [0.9, 0.1, 0], [0.6, 0.2, 0.2], [0.7, 0.05, 0.25]],
        np.linspace(0, 40, 80),
        0.03,
    )
    found["epidemic.csv"] = text("trajectory,Time,S,I,R", rows(np.linspace(0, 40, 80), sir))
    enzyme = orbits(
        lambda t, s: [-1.5 * s[0] / (0.3 + s[0]), 1.5 * s[0] / (0.3 + s[0])],
        [[2, 0], [1.5, 0.2], [1, 0], [0.6, 0.1]],
        np.linspace(0, 2, 80),
    )
    found["enzyme.csv"] = text("trajectory,t,S,P", rows(np.linspace(0, 2, 80), enzyme))
    beat = orbits(
        lambda t, s: [s[1], -s[0] + np.cos(2 * t) / 2],
        [[1, 0], [0, 0.5], [-0.7, 0.2], [0.3, -1]],
        np.linspace(0, 20, 160),
    )
    found["clocked.csv"] = text("trajectory,t,x,v", rows(np.linspace(0, 20, 160), beat))
    found["pushed.csv"] = text("trajectory,t,x,v,u", _pushed(np.linspace(0, 20, 200)))
    return found


def _pushed(times: Array) -> list[tuple[float, ...]]:
    found = []
    for i, speed in enumerate((0.7, 1.3, 1.9)):
        x = orbits(lambda t, s, w=speed: [s[1], -s[0] - 0.3 * s[1] + np.sin(w * t)], [[1.0 - i, 0.2 * i]], times)[0]
        found += [(i, t, *row, np.sin(speed * t)) for t, row in zip(times, x, strict=True)]
    return found


if __name__ == "__main__":
    for name, content in tables().items():
        (Path(sys.argv[1]) / name).write_text(content)

"""Mystery worlds: a particle in a box whose four quarters have different laws (arXiv 1810.10525 section III.A)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from ..subjects.equations.motions import Motion

__all__ = ["World", "mystery_world"]

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Box:
    """How a path through a world is stepped and seen."""

    step: float = 0.02
    """Time between two looks: some fifty of them through a quarter of the box, so that differences are smooth."""
    looks: int = 250
    """Looks along a path, after which another one begins."""
    wall: float = 1.0
    """Walls stand at x, y = -wall and wall."""


_BOX = Box()


@dataclass(frozen=True, eq=False)
class World:
    """What was seen, which quarter each row was in (-1 where a wall pushed), and each quarter's law."""

    motion: Motion
    quarter: NDArray[np.int64]
    laws: Array
    """(quarter, component, 5): the coefficients of 1, x, y, v_x, v_y."""
    kinds: tuple[str, ...]


def mystery_world(seed: int = 0, rows: int = 3000, noise: float = 0.0) -> World:
    """A world of random laws: gravity, harmonic forces and magnetic fields with rational constants, or no force at all.

    The box -1 < x, y < 1 has elastic walls; quarters meet at 0. Only positions at equal times are seen (each with
    `noise`, Gaussian); velocities and accelerations are their central differences. The world itself is stepped by
    those differences, so that without noise its laws hold exactly, but where a wall pushes.
    """
    generator = np.random.default_rng(seed)
    kinds = tuple(generator.choice(list(_LAWS), 4, replace=False).tolist())
    laws = np.array([_LAWS[kind](generator) for kind in kinds])
    paths, walls = zip(*(_path(laws, generator) for _ in range(-(-rows // (_BOX.looks - 2)))), strict=True)
    moved: list[Array] = []
    for path in paths:
        seen = path + noise * generator.normal(size=path.shape)
        v = (seen[2:] - seen[:-2]) / (2 * _BOX.step)
        a = (seen[2:] - 2 * seen[1:-1] + seen[:-2]) / _BOX.step**2
        moved.append(np.column_stack([seen[1:-1], v, a]))
    table = np.concatenate(moved)[:rows]
    centre = np.concatenate([path[1:-1] for path in paths])[:rows]
    pushed = np.concatenate([wall[1:-1] for wall in walls])[:rows]
    quarter = np.where(pushed, -1, _quarter(centre))
    motion = Motion(table[:, :2], table[:, 2:4], table[:, 4:], ("x", "y"), f"mystery world {seed}")
    return World(motion, quarter, laws, kinds)


def _fraction(generator: np.random.Generator, low: int, high: int) -> float:
    return float(Fraction(int(generator.integers(low, high + 1)), int(generator.choice([1, 2, 3, 4]))))


def _gravity(generator: np.random.Generator) -> Array:
    law = np.zeros((2, 5))
    law[:, 0] = [_fraction(generator, -3, 3), -_fraction(generator, 1, 4)]
    return law


def _harmonic(generator: np.random.Generator) -> Array:
    law = np.zeros((2, 5))
    for i in range(2):
        stiffness = _fraction(generator, 1, 6)
        law[i, 0] = stiffness * float(generator.choice([-0.5, 0.0, 0.5]))
        law[i, 1 + i] = -stiffness
    return law


def _magnetic(generator: np.random.Generator) -> Array:
    law = np.zeros((2, 5))
    law[0, 4] = _fraction(generator, 1, 6) * float(generator.choice([-1, 1]))
    law[1, 3] = -law[0, 4]
    return law


def _electromagnetic(generator: np.random.Generator) -> Array:
    return _gravity(generator) + _magnetic(generator)


_LAWS: dict[str, Callable[[np.random.Generator], Array]] = {
    "gravity": _gravity,
    "harmonic": _harmonic,
    "magnetic": _magnetic,
    "electric and magnetic": _electromagnetic,
    "free": lambda generator: np.zeros((2, 5)),
}


def _quarter(x: Array) -> NDArray[np.int64]:
    return (x[..., 0] > 0).astype(np.int64) + 2 * (x[..., 1] > 0).astype(np.int64)


def _path(laws: Array, generator: np.random.Generator) -> tuple[Array, NDArray[np.bool_]]:
    """Positions (times, 2), and at which of them a wall pushed."""
    before = generator.uniform(-0.9, 0.9, 2)
    now = before + _BOX.step * generator.uniform(-1, 1, 2)
    path, pushed = [before, now], [False]
    for _ in range(_BOX.looks - 2):
        law = laws[_quarter(now)]
        # next = 2 now - before + h^2 (c + A now + B (next - before)/(2h)): linear in next
        matrix = np.eye(2) - _BOX.step / 2 * law[:, 3:]
        right = 2 * now - before + _BOX.step**2 * (law[:, 0] + law[:, 1:3] @ now) - _BOX.step / 2 * law[:, 3:] @ before
        after = np.linalg.solve(matrix, right)
        out = np.abs(after) > _BOX.wall
        mirrored = np.where(out, np.sign(after) * 2 * _BOX.wall - after, after)
        before = np.where(out, np.sign(after) * 2 * _BOX.wall - now, now)  # the path as it would be seen in the mirror
        pushed.append(bool(out.any()))
        path.append(mirrored)
        now = mirrored
    push = np.array([*pushed, False])
    push[1:] |= push[:-1].copy()  # a push lies between two times and is felt at both
    return np.array(path), push

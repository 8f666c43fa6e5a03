"""Harmonic oscillators seen at equal intervals, and the quantities that a model of them might compute with.

Kantamneni, Liu and Tegmark, arXiv 2405.17209, section 2: x'' = -omega^2 x, seen at t = 0, d, 2 d, ...; the next
state is exp(A d) times the last one, A = [[0, 1], [-omega^2, 0]].
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Oscillators", "oscillators"]

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Oscillators:
    """states (rows, length, 2): place and velocity; omega and interval (rows,)."""

    states: Array
    omega: Array
    interval: Array

    def exponential(self) -> Array:
        """The entries of exp(A d) that differ: cos(w d), sin(w d) / w, -w sin(w d); (rows, 3)."""
        angle = self.omega * self.interval
        return np.stack([np.cos(angle), np.sin(angle) / self.omega, -self.omega * np.sin(angle)], 1)

    def taylor(self, order: int = 3) -> Array:
        """The entries that differ of (A d)^j, j = 1 to `order`: d, -w^2 d, -(w d)^2, ...; (rows, entries)."""
        columns = []
        for j in range(1, order + 1):
            sign = (-1.0) ** (j // 2) * (self.omega * self.interval) ** (j - j % 2)
            columns += [sign] if j % 2 == 0 else [sign * self.interval, -sign * self.omega**2 * self.interval]
        return np.stack(columns, 1)

    def multistep(self) -> Array:
        """The entries of A d that differ, all that a linear multistep method multiplies states by; (rows, 2)."""
        return self.taylor(1)

    def next_states(self, states: Array) -> Array:
        """exp(A d) applied to a state of each row, (rows, 2)."""
        cos, over, under = self.exponential().T
        return np.stack([cos * states[:, 0] + over * states[:, 1], under * states[:, 0] + cos * states[:, 1]], 1)


def oscillators(rows: int = 5000, length: int = 65, seed: int = 0) -> Oscillators:
    """omega from U[pi/4, 5 pi/4], interval from U[0, 2 pi / omega], first place and velocity from U[-1, 1].

    Raises ValueError for no rows, or fewer than 2 states each.
    """
    if rows < 1 or length < 2:
        raise ValueError(f"rows={rows} and length={length}: give at least one row of two states")
    generator = np.random.default_rng(seed)
    omega = generator.uniform(np.pi / 4, 5 * np.pi / 4, rows)
    found = Oscillators(np.zeros((rows, length, 2)), omega, generator.uniform(0, 2 * np.pi / omega))
    found.states[:, 0] = generator.uniform(-1, 1, (rows, 2))
    for i in range(1, length):
        found.states[:, i] = found.next_states(found.states[:, i - 1])
    return found

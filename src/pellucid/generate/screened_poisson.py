"""ScreenedPoisson: the exact field of finitely many points under a screened Poisson equation, and the weights it needs.

GenPhys (arXiv:2304.02637) lists u_zz + Laplacian u = m^2 u, Yukawa's potential, among equations that can carry a
generative model. With N columns, n = N + 1, R^2 = |x - y|^2 + z^2 and K Bessel's function of the second kind,

    u = sum_y (m/R)^(n/2 - 1) K_(n/2-1)(m R),   density at z:  p = -u_z = z sum_y (m/R)^(n/2) K_(n/2)(m R)

Of a point's density only exp(-m z) is left at z: the screen takes some of it away, at the rate m^2 u / p a unit of z,
which differs from place to place. Run backwards, dx/dz = (grad u) / u_z alone therefore ends in the right points in
wrong shares; each path has to count exp(integral of (m^2 u / p - m) dz). PFGM is m = 0, where nothing is lost.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from jaxtyping import Float
from scipy.special import kve

Points = Float[np.ndarray, "points columns"]
Weights = Float[np.ndarray, " points"]


@dataclass(frozen=True)
class ScreenedPoisson:
    """Draws points by the exact field of `data`, from z = `high` to `low` in Heun's steps, for a screen of `mass` m.

    >>> points, weights = ScreenedPoisson(mass=1.0, steps=200).draw(np.array([[-1.0], [1.0], [1.0]]), 500, seed=0)
    >>> bool(abs(weights.sum() - 1) < 1e-9), points.shape
    (True, (500, 1))
    """

    mass: float = 1.0
    high: float = 6.0
    low: float = 0.01
    steps: int = 600

    def draw(self, data: Points, count: int, seed: int = 0) -> tuple[Points, Weights]:
        """Points, and the weights with which they have the shares of the data; without these they have not.

        They begin with the exact density at z = `high`. Raises ValueError for settings that are none.
        """
        if not self.mass >= 0 or not 0 < self.low < self.high or self.steps < 1 or count < 1:
            raise ValueError(
                f"mass={self.mass}, low={self.low}, high={self.high}, steps={self.steps}, count={count}: give a mass "
                "of 0 or more, 0 < low < high, and a step and a point at least"
            )
        generator = np.random.default_rng(seed)
        rows, counts = np.unique(np.asarray(data, dtype=np.float64), axis=0, return_counts=True)
        x = self._at_the_top(np.asarray(data, dtype=np.float64), count, generator)
        logs = np.zeros(count)
        for here, there in pairwise(np.geomspace(self.high, self.low, self.steps + 1).tolist()):
            slope, lost = self.slope_and_loss(x, here, rows, counts)
            ahead = x + (there - here) * slope
            second, later = self.slope_and_loss(ahead, there, rows, counts)
            x = x + (there - here) * (slope + second) / 2
            logs += (here - there) * (lost + later) / 2
        weights = np.exp(logs - logs.max())
        return x, weights / weights.sum()

    def slope_and_loss(
        self, x: Points, z: float, data: Points, counts: Weights | None = None
    ) -> tuple[Points, Weights]:
        """dx/dz, and the rate at which density is lost beyond that of the whole, m^2 u / p - m; rows count `counts`."""
        each = np.ones(len(data)) if counts is None else counts
        apart = x[:, None] - data[None]
        radius = np.sqrt((apart**2).sum(2) + z**2)
        half = (data.shape[1] + 1) / 2
        if self.mass == 0:
            push = each * radius ** (-2 * half)
            return (push[:, :, None] * apart).sum(1) / (z * push.sum(1))[:, None], np.zeros(len(x))
        fade = each * np.exp(-self.mass * (radius - radius.min(1, keepdims=True)))
        push = fade * (self.mass / radius) ** half * kve(half, self.mass * radius)
        potential = fade * (self.mass / radius) ** (half - 1) * kve(half - 1, self.mass * radius)
        density = z * push.sum(1)
        slope = (push[:, :, None] * apart).sum(1) / density[:, None]
        return slope, self.mass**2 * potential.sum(1) / density - self.mass

    def _at_the_top(self, data: Points, count: int, generator: np.random.Generator) -> Points:
        """From the exact density at z = `high`: a row, and a radius by its distribution on a grid."""
        columns, z = data.shape[1], self.high
        grid = np.concatenate([np.linspace(0, 20 * z, 20_001), np.geomspace(20 * z, 2000 * z, 2000)[1:]])
        radius = np.sqrt(grid**2 + z**2)
        half = (columns + 1) / 2
        if self.mass == 0:
            height = radius ** (-2 * half)
        else:
            height = np.exp(-self.mass * (radius - z)) * radius**-half * kve(half, self.mass * radius)
        height = height * grid ** (columns - 1)
        share = np.concatenate([[0], np.cumsum((height[1:] + height[:-1]) / 2 * np.diff(grid))])
        distance = np.interp(generator.random(count), share / share[-1], grid)
        direction = generator.normal(size=(count, columns))
        direction /= np.linalg.norm(direction, axis=1, keepdims=True)
        return data[generator.integers(len(data), size=count)] + distance[:, None] * direction


def effective_share(weights: Weights) -> float:
    """How many equal points say as much of a mean as the weighted ones, as a share of them (Kish 1965, section 11.7).

    >>> effective_share(np.array([0.5, 0.5])), effective_share(np.array([1.0, 0.0]))
    (1.0, 0.5)
    """
    return float(weights.sum() ** 2 / (weights**2).sum() / len(weights))

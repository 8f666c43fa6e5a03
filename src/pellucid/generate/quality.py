"""The figures of a generator: drawn rows beside held-out ones, the network beside the exact field."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from ..artifacts.generators.generator import Generator
from ..artifacts.generators.generator_quality import Closeness, NoiseLevel
from ..artifacts.generators.noise_flow import add_noise, draw_points, exact_denoiser, noise_levels
from ..core.context import Context
from .baselines import between_neighbours, gaussian_copula, independent_columns
from .closeness import copies, energy_distance, nearer, nearest, told_apart

Values = Float[np.ndarray, "rows columns"]

LEARNT = "learnt rows themselves"
INDEPENDENT, COPULA, BETWEEN = "columns by themselves", "Gaussian copula", "between neighbours"
EXACT = "the exact field"
SIGMAS = (0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 20.0)
"""Levels at which the network stands beside the exact field; coordinates have a spread of 0.5."""


@dataclass(frozen=True)
class Comparison:
    """Learnt rows, held-out rows, and the generator whose columns say how rows are coded; `most` rows of each."""

    generator: Generator
    learnt: Values
    held_out: Values
    context: Context
    most: int = 1000

    def ways(self, name: str) -> tuple[Closeness, ...]:
        """The generator, called `name`, and all it is compared with."""
        count = min(len(self.held_out), self.most)
        g = np.random.default_rng(self.context.stream("baselines"))
        codes = self.generator.encode(self.learnt, g)
        drawn = {
            name: self.generator.values(count, self.context.stream("drawn rows") % 2**32),
            LEARNT: self.learnt[g.permutation(len(self.learnt))[:count]],
            INDEPENDENT: independent_columns(self.learnt, count, g),
            COPULA: gaussian_copula(self.learnt, count, g),
            BETWEEN: between_neighbours(self.generator, codes, count, g),
            EXACT: self._exact(codes, min(count, 300), g),
        }
        return tuple(self.closeness(way, values) for way, values in drawn.items())

    def _exact(self, codes: Values, count: int, g: np.random.Generator) -> Values:
        """Rows drawn by the exact field of the learnt rows, up to 2,000 of them: what memory without a network is."""
        extra = self.generator.extra_dimensions
        known = codes[g.permutation(len(codes))[:2000]]
        levels = noise_levels(self.generator.steps)
        points = draw_points(lambda x, s: exact_denoiser(x, s, known, extra), count, codes.shape[1], g, extra, levels)
        return self.generator.decode(points, g)

    def closeness(self, name: str, values: Values) -> Closeness:
        """Of some drawn rows. The same random numbers for every way, by their own streams."""
        g = np.random.default_rng(self.context.stream("coordinates"))
        held = self.held_out[: self.most]
        known, real, drawn = (self.generator.encode(rows, g) for rows in (self.learnt, held, values))
        energy = energy_distance(drawn, real, g)
        auc = told_apart(real, drawn, self.context.stream("two-sample test") % 2**31)
        near = nearer(known, real, drawn) if name != LEARNT else None
        value, error = (None, 0.0) if near is None else near
        return Closeness(name, *energy, *auc, value, error, copies(self.learnt, values))

    def levels(self) -> tuple[NoiseLevel, ...]:
        """The network and the exact field on held-out rows with noise, at each of `SIGMAS`."""
        g = np.random.default_rng(self.context.stream("noise levels"))
        known = self.generator.encode(self.learnt, g)
        y = self.generator.encode(self.held_out[: self.most], g)
        return tuple(self._level(sigma, known, y, g) for sigma in SIGMAS)

    def _level(self, sigma: float, known: Values, y: Values, g: np.random.Generator) -> NoiseLevel:
        extra = self.generator.extra_dimensions
        x = add_noise(y, np.full(len(y), sigma), extra, g)
        network, exact = self.generator.denoiser(x, sigma), exact_denoiser(x, sigma, known, extra)
        squares = [(network - y) ** 2, (exact - y) ** 2, (known.mean(0) - y) ** 2, (network - exact) ** 2]
        return NoiseLevel(sigma, *(float(one.mean()) for one in squares))

    def median_distance(self) -> float:
        """From a held-out row to the nearest learnt one."""
        g = np.random.default_rng(self.context.stream("coordinates"))
        known, real = (self.generator.encode(rows, g) for rows in (self.learnt, self.held_out[: self.most]))
        return float(np.median(nearest(real, known)))

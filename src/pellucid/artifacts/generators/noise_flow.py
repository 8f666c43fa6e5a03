"""The flow from noise to data: a family of noises from Poisson's field to Gaussian, and the way back.

    x = y + R u,   u uniform on the sphere,   R = r sqrt(b / (1 - b)),   b ~ Beta(N/2, D/2),   r = sigma sqrt(D)

in N dimensions with D more (PFGM++, arXiv:2302.04265, section 3): the density is proportional to
(|x - y|^2 + r^2)^(-(N + D)/2). D = 1 is Poisson's field (PFGM, arXiv:2209.11178), D = infinity Gaussian noise N(0,
sigma^2), as in diffusion. The way back is dx/d sigma = (x - E[y | x, sigma]) / sigma in Heun's steps (EDM,
arXiv:2206.00364, algorithm 1).
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import numpy as np
from jaxtyping import Float

Points = Float[np.ndarray, "points dimensions"]
Denoiser = Callable[[Points, float], Points]

CLIP = 1e-3
"""b stays so far below 1, as in the authors' code: with D = 1 the tails are so heavy that training diverges. Their code
keeps it as far above 0, too; with few columns and large D that would leave out the middle of the noise: for N = 2 and
D = 64 the mean of what points near the middle came from is then 0.32 where the field has 0.03."""


def add_noise(
    y: Points, sigma: Float[np.ndarray, " points"], extra_dimensions: float, generator: np.random.Generator
) -> Points:
    """Points with noise of each one's level.

    >>> x = add_noise(np.zeros((4000, 3)), np.full(4000, 2.0), np.inf, np.random.default_rng(0))
    >>> bool(abs(x.std() - 2.0) < 0.05)
    True
    """
    direction = generator.normal(size=y.shape)
    if np.isinf(extra_dimensions):
        return y + sigma[:, None] * direction
    direction /= np.linalg.norm(direction, axis=1, keepdims=True)
    b = np.clip(generator.beta(y.shape[1] / 2, extra_dimensions / 2, len(y)), 0, 1 - CLIP)
    radius = sigma * np.sqrt(extra_dimensions) * np.sqrt(b / (1 - b))
    return y + radius[:, None] * direction


def exact_denoiser(x: Points, sigma: float, data: Points, extra_dimensions: float, block: int = 500) -> Points:
    """E[y | x, sigma] where y is one of the rows of `data`, each as likely: the exact field of finitely many points.

        sum_i y_i w_i / sum_i w_i,   w_i = (1 + |x - y_i|^2 / r^2)^(-(N + D)/2),   or exp(-|x - y_i|^2 / 2 sigma^2)

    Its flow ends in the rows themselves. Cost: points * rows * dimensions.

    >>> exact_denoiser(np.array([[0.0]]), 1.0, np.array([[-1.0], [1.0]]), 2.0).tolist()
    [[0.0]]
    """
    found = np.empty_like(x, dtype=np.float64)
    squares = (data**2).sum(1)
    for start in range(0, len(x), block):
        part = x[start : start + block]
        distance = np.maximum((part**2).sum(1)[:, None] + squares - 2 * part @ data.T, 0)
        if np.isinf(extra_dimensions):
            logs = -distance / (2 * sigma**2)
        else:
            logs = -(x.shape[1] + extra_dimensions) / 2 * np.log1p(distance / (sigma**2 * extra_dimensions))
        weights = np.exp(logs - logs.max(1, keepdims=True))
        found[start : start + block] = weights @ data / weights.sum(1, keepdims=True)
    return found


def noise_levels(
    steps: int, low: float = 0.002, high: float = 80.0, power: float = 7.0
) -> Float[np.ndarray, " steps+1"]:
    """From `high` to `low` evenly in sigma^(1/power), then 0 (EDM, equation 5).

    >>> noise_levels(3).round(3).tolist()
    [80.0, 2.515, 0.002, 0.0]
    """
    ends = high ** (1 / power), low ** (1 / power)
    return np.append(np.linspace(*ends, steps) ** power, 0.0)


def draw_points(
    denoiser: Denoiser,
    count: int,
    dimensions: int,
    generator: np.random.Generator,
    extra_dimensions: float = np.inf,
    levels: Float[np.ndarray, " levels"] | None = None,
) -> Points:
    """Points drawn by the flow: noise of the highest level, Heun's steps down, a step of Euler's to 0.

    >>> two = np.array([[-1.0], [1.0]])
    >>> field = lambda x, sigma: exact_denoiser(x, sigma, two, 4.0)
    >>> np.unique(draw_points(field, 50, 1, np.random.default_rng(0), 4.0).round(2)).tolist()
    [-1.0, 1.0]
    """
    levels = noise_levels(18) if levels is None else levels
    x = add_noise(np.zeros((count, dimensions)), np.full(count, levels[0]), extra_dimensions, generator)
    for here, there in pairwise(levels.tolist()):
        slope = (x - denoiser(x, here)) / here
        ahead = x + (there - here) * slope
        if there > 0:
            slope = (slope + (ahead - denoiser(ahead, there)) / there) / 2
        x = x + (there - here) * slope
    return x

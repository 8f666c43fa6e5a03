"""Domain ratings from games: every player has one as guard and one as houdini.

    P(guard i holds houdini j) = 1 / (1 + 10^((h_j - g_i) / 400))

Bradley and Terry (Biometrika 39, 324, 1952), with a normal prior of standard deviation `prior` points about the mean,
so that a guard that won every game has a rating, too. The mean of all domain ratings is that of the general ones.
"""

from __future__ import annotations

import numpy as np
from jaxtyping import Float
from numpy.typing import NDArray

Array = NDArray[np.float64]
RATE = np.log(10) / 400


def fit_ratings(
    wins: Float[np.ndarray, "draws guards houdinis"],
    played: Float[np.ndarray, "guards houdinis"],
    prior: float,
    mean: float,
) -> tuple[Float[np.ndarray, "draws guards"], Float[np.ndarray, "draws houdinis"], Float[np.ndarray, " players"]]:
    """Ratings of guards and houdinis for each table of wins, and standard errors for the first one, by Newton steps.

    >>> g, h, _ = fit_ratings(np.array([[[10.0 / 11.0 * 1e6]]]), np.array([[1e6]]), 1e4, 1000.0)
    >>> round(float(g[0, 0] - h[0, 0]))
    400
    """
    count, size = played.shape
    theta = np.zeros((len(wins), count + size))
    penalty = np.eye(count + size) / (prior * RATE) ** 2
    hessian = penalty
    for _ in range(60):
        chance = 1 / (1 + np.exp(-(theta[:, :count, None] - theta[:, None, count:])))
        rest = wins - played * chance
        gradient = np.concatenate([rest.sum(2), -rest.sum(1)], 1) - theta @ penalty
        weight = played * chance * (1 - chance)
        hessian = np.zeros((len(wins), count + size, count + size)) + penalty
        players = np.arange(count + size)
        hessian[:, players, players] += np.concatenate([weight.sum(2), weight.sum(1)], 1)
        hessian[:, :count, count:] -= weight
        hessian[:, count:, :count] -= weight.transpose(0, 2, 1)
        step = np.linalg.solve(hessian, gradient[..., None])[..., 0]
        theta = theta + np.clip(step, -2, 2)
        if np.abs(step).max() < 1e-10:
            break
    covariance = np.linalg.inv(hessian[0])
    centred = theta - theta.mean(1, keepdims=True)
    centre = np.eye(count + size) - 1 / (count + size)
    errors = np.sqrt(np.diag(centre @ covariance @ centre)) / RATE
    ratings = mean + centred / RATE
    return ratings[:, :count], ratings[:, count:], errors


def misfit(wins: Array, played: Array, guard: Array, houdini: Array) -> tuple[float, int]:
    """Pearson's chi^2 of the games under the ratings, and its degrees of freedom."""
    chance = 1 / (1 + np.exp(-RATE * (guard[:, None] - houdini[None])))
    met = played > 0
    chi2 = ((wins - played * chance)[met] ** 2 / (played * chance * (1 - chance))[met]).sum()
    return float(chi2), int(met.sum() - len(guard) - len(houdini) + 1)

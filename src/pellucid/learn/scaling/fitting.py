"""Many robust fits of a scaling law at once: starts by variable projection, then one batched Levenberg-Marquardt.

    minimise  sum_i w_i huber_delta(ln L_i - ln L(N_i, D_i))                       (arXiv 2203.15556, approach 3)

The sum, not the mean: with the mean, optimisers that stop at an absolute tolerance stop where they start
(arXiv 2404.10102). Hot path: O(fits * rows * free^2) a step; fits that have converged leave the batch.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from jaxtyping import Float
from scipy.optimize import nnls

from ...artifacts.learning.scaling_form import Parameters, log_loss, slopes
from .families import ALPHA, BETA, GAMMA, A, B, E, Family

Rows = Float[np.ndarray, " rows"]


@dataclass(frozen=True)
class Problem:
    """Losses y = ln L (rows,) at n = ln N and d = ln D, which are centred within for the conditioning."""

    n: Rows
    d: Rows
    y: Rows
    delta: float = 1e-3
    """Residuals beyond it count linearly, so that outliers pull no harder than their sign."""

    @property
    def centres(self) -> tuple[float, float]:
        return float(self.n.mean()), float(self.d.mean())

    def select(self, rows: np.ndarray) -> Problem:
        return Problem(self.n[rows], self.d[rows], self.y[rows], self.delta)


@dataclass(frozen=True)
class Fits:
    """Free parameters (fits, free) of one family, in the sizes as they are given, and the Huber sum of each."""

    family: Family
    free: Float[np.ndarray, "fits free"]
    cost: Float[np.ndarray, " fits"]

    @property
    def full(self) -> Parameters:
        return self.family.full(self.free)

    @property
    def best(self) -> int:
        return int(np.nanargmin(self.cost))

    @property
    def parameters(self) -> Float[np.ndarray, " 6"]:
        """All six of the best fit."""
        return self.full[self.best]


def huber(residual: np.ndarray, delta: float) -> np.ndarray:
    """r^2 / 2 up to `delta`, linear beyond.

    >>> huber(np.array([0.5, -3.0]), 1.0).tolist()
    [0.125, 2.5]
    """
    size = np.abs(residual)
    return np.where(size <= delta, 0.5 * residual**2, delta * (size - 0.5 * delta))


def fit(family: Family, problem: Problem, starts: int = 100, steps: int = 400) -> Fits:
    """The family's fits from the most promising `starts` of a grid of exponents, each with its best coefficients."""
    begun = _projected(family, problem, starts)
    return minimise(family, problem, begun, np.ones((1, len(problem.y))), steps)


def polished(fits: Fits, problem: Problem) -> Fits:
    """The same fits, the best of them followed until nothing is gained in twelve digits."""
    best, start = fits.best, fits.free[fits.best][None]
    last = minimise(fits.family, problem, start, np.ones((1, len(problem.y))), 3000, 1e-13)
    if not last.cost[0] < fits.cost[best]:
        return fits
    free, cost = fits.free.copy(), fits.cost.copy()
    free[best], cost[best] = last.free[0], last.cost[0]
    return Fits(fits.family, free, cost)


def refit(best: Fits, problem: Problem, weights: Float[np.ndarray, "fits rows"], steps: int = 200) -> Fits:
    """The best fit again for each row of weights, from where it is."""
    start = np.repeat(best.free[best.best][None], len(weights), 0)
    return minimise(best.family, problem, start, weights, steps)


def minimise(
    family: Family, problem: Problem, start: np.ndarray, weights: np.ndarray, steps: int = 400, tolerance: float = 1e-8
) -> Fits:
    """Levenberg-Marquardt with Huber's weights, all fits in one batch, until three steps in a row gain nothing.

    `weights` has a row for each fit, or one for all of them.
    """
    state = _Descent(family, problem, start, weights)
    for _ in range(steps):
        if not state.step(tolerance):
            break
    return Fits(family, _moved(family, state.free, problem, -1), state.cost)


class _Descent:
    """The batch on its way: what is kept of each fit, and which of them still move."""

    def __init__(self, family: Family, problem: Problem, start: np.ndarray, weights: np.ndarray) -> None:
        n, d = problem.centres
        self.family, self.delta = family, problem.delta
        self.n, self.d, self.y = problem.n - n, problem.d - d, problem.y
        self.free = _moved(family, start, problem, 1)
        self.weights = np.broadcast_to(weights, (len(start), len(problem.y)))
        self.damping = np.full(len(start), 1e-2)
        self.quiet = np.zeros(len(start), dtype=int)
        self.residual = log_loss(family.full(self.free), self.n, self.d) - self.y
        self.cost = (self.weights * huber(self.residual, self.delta)).sum(1)

    def step(self, tolerance: float) -> bool:
        """One step of all that still move; False where none does."""
        moving = np.flatnonzero((self.quiet < 3) & np.isfinite(self.cost))
        if not len(moving):
            return False
        free, weights, residual = self.free[moving], self.weights[moving], self.residual[moving]
        jacobian = slopes(self.family.full(free), self.n, self.d)[1] @ self.family.chain(free)
        robust = weights * np.minimum(1.0, self.delta / np.maximum(np.abs(residual), 1e-300))
        weighted = (jacobian * robust[:, :, None]).transpose(0, 2, 1)
        hessian, gradient = weighted @ jacobian, weighted @ residual[:, :, None]
        diagonal = np.einsum("mii->mi", hessian)
        ridge = self.damping[moving, None] * diagonal + 1e-14 * diagonal.max(1, keepdims=True) + 1e-300
        tried = free - np.linalg.solve(hessian + ridge[:, :, None] * np.eye(free.shape[1]), gradient)[..., 0]
        self._keep(moving, tried, weights, tolerance)
        return True

    def _keep(self, moving: np.ndarray, tried: np.ndarray, weights: np.ndarray, tolerance: float) -> None:
        """What the step has made better; the damping follows."""
        with np.errstate(all="ignore"):
            residual = log_loss(self.family.full(tried), self.n, self.d) - self.y
            cost = (weights * huber(residual, self.delta)).sum(1)
        before = self.cost[moving]
        better = cost < before
        gain = np.where(better, (before - cost) / np.maximum(before, 1e-300), 0.0)
        kept = moving[better]
        self.free[kept], self.residual[kept], self.cost[kept] = tried[better], residual[better], cost[better]
        self.damping[moving] = np.clip(self.damping[moving] * np.where(better, 0.2, 4.0), 1e-12, 1e12)
        still = (gain < tolerance) & (better | (self.damping[moving] > 1e6)) | (self.cost[moving] < 1e-28)
        self.quiet[moving] = np.where(still, self.quiet[moving] + 1, np.where(better, 0, self.quiet[moving]))


def _moved(family: Family, free: np.ndarray, problem: Problem, sign: int) -> np.ndarray:
    """The free parameters of centred sizes (sign 1), or back (-1): ln A' = ln A - alpha mean(n)."""
    moved, full = np.array(free, dtype=float), family.full(free)
    n, d = problem.centres
    for place, coefficient in enumerate(family.free):
        if coefficient == A:
            moved[:, place] -= sign * full[:, ALPHA] * n
        if coefficient == B:
            moved[:, place] -= sign * full[:, BETA] * d
    return moved


def _projected(family: Family, problem: Problem, starts: int) -> np.ndarray:
    """Exponents on a grid; for each the best E, A, B >= 0 by least squares of the relative error; the best few."""
    found = []
    for alpha, beta, gamma, floor in _grid(family, starts):
        full = _best_coefficients(family, problem, alpha, beta, gamma, floor)
        cost = huber(log_loss(full[None], problem.n, problem.d)[0] - problem.y, problem.delta).sum()
        found.append((float(cost), full[list(family.free)]))
    found.sort(key=lambda pair: pair[0])
    return np.array([free for _, free in found[:starts]])


def _grid(family: Family, starts: int) -> list[tuple[float, float, float, float]]:
    """(alpha, beta, gamma, share of the least loss that is floor) to start from: about 100, however many are free."""
    nonlinear = [place for place in family.free if place in (ALPHA, BETA, GAMMA)]
    curved = GAMMA in nonlinear
    each = max(10, round(starts ** (1 / max(len(nonlinear), 1))))
    exponents = np.linspace(0.1, 1.0, each) if len(nonlinear) > 1 else np.linspace(0.03, 1.2, 4 * each)
    axes = [exponents if place in nonlinear else [np.nan] for place in (ALPHA, BETA, GAMMA)]
    floors = [0.0, 0.3, 0.6] if curved and family.has_floor else [0.0]
    grid = []
    for alpha, beta, gamma, floor in product(*axes, floors):
        full = family.full(np.full((1, len(family.free)), alpha if alpha == alpha else 0.0))[0]
        alpha = full[ALPHA] if alpha != alpha else alpha
        beta = full[BETA] if beta != beta else beta
        grid.append((float(alpha), float(beta), 1.0 if gamma != gamma else float(gamma), floor))
    return grid


def _best_coefficients(
    family: Family, problem: Problem, alpha: float, beta: float, gamma: float, floor: float
) -> Float[np.ndarray, " 6"]:
    """All six parameters with these exponents: A, B and, where gamma = 1, E by non-negative least squares."""
    n, d = problem.centres
    losses = np.exp(problem.y)
    wanted = np.maximum(losses - floor * losses.min(), 1e-300) ** (1 / gamma)
    columns = {A: np.exp(-alpha * (problem.n - n)), B: np.exp(-beta * (problem.d - d)), E: np.ones_like(problem.y)}
    linear = [place for place in (A, B, E) if place in family.free and not (place == E and gamma != 1)]
    solved, _ = nnls(np.stack([columns[place] for place in linear], 1) / wanted[:, None], np.ones(len(wanted)))
    least = 1e-6 * max(float(solved.max()), 1e-300)
    full = family.full(np.zeros((1, len(family.free))))[0]
    full[[ALPHA, BETA, GAMMA]] = alpha, beta, gamma
    for place, value in zip(linear, solved, strict=True):
        full[place] = np.log(max(value, least))
    if E in family.free and gamma != 1:
        full[E] = np.log(max(floor, 1e-3) * losses.min())
    full[A] += alpha * n if A in family.free else 0.0
    full[B] += beta * d if B in family.free else 0.0
    return full


def resampled(rows: int, count: int, seed: int, groups: Sequence[str] | None = None) -> Float[np.ndarray, "count rows"]:
    """How often each row is drawn in each bootstrap: single rows, or whole groups together.

    >>> counts = resampled(4, 3, 0, ["a", "a", "b", "b"])
    >>> bool((counts[:, 0] == counts[:, 1]).all()), counts.sum(1).tolist()
    (True, [4.0, 4.0, 4.0])
    """
    generator = np.random.default_rng(seed)
    labels = np.arange(rows) if groups is None else np.unique(np.asarray(groups), return_inverse=True)[1]
    many = int(labels.max()) + 1
    drawn = generator.integers(0, many, (count, many))
    counts = np.zeros((count, many))
    np.add.at(counts, (np.arange(count)[:, None], drawn), 1.0)
    return counts[:, labels]

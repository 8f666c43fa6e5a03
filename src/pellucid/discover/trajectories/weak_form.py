"""Equations from noisy curves in their weak form: no noisy derivative is ever taken (arXiv 2005.04339).

    -int phi_k'(t) x_j(t) dt = sum_i c_ij int phi_k(t) theta_i(x(t)) dt,   phi(s) = (1 - s^2)^4 on [-1, 1]

Which terms there are is decided for each equation by eliminating the least useful term again and again, and by adding
the most useful one again and again; the size is that with the lowest Bayesian information criterion. SINDy (arXiv
1509.03580) thresholds instead.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from math import comb

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import lsq_linear

from .settings import WEAK_FORM
from .smoothing import Piece, Smoothed, timescale
from .term_library import Library

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Bumps:
    """Test functions on one piece: `weights` (tests, points) for integrals over `times` (points,), `slopes` for those
    of a rate, by parts."""

    times: Array
    weights: Array
    slopes: Array


def bumps_on(piece: Piece, scale: float) -> Bumps:
    """Overlapping test functions, about as long as the timescale `scale`."""
    low, high = float(piece.t[0]), float(piece.t[-1])
    step = (high - low) / (len(piece.t) - 1)
    radius = min(max(scale, WEAK_FORM.fewest_samples * step), (high - low) / 2)
    count = 1 + int((high - low - 2 * radius) / (2 * radius / WEAK_FORM.overlap) + 1e-9)
    centres = np.linspace(low + radius, high - radius, count)
    grid = np.linspace(low, high, WEAK_FORM.finer * len(piece.t) + 1)
    s = np.clip((grid - centres[:, None]) / radius, -1, 1)
    weight = (grid[1] - grid[0]) / radius
    slopes = 2 * WEAK_FORM.power * s * (1 - s**2) ** (WEAK_FORM.power - 1) * weight / radius
    return Bumps(grid, (1 - s**2) ** WEAK_FORM.power * weight, slopes)


def weak_equations(library: Library, smoothed: Smoothed, scale: float | None = None) -> tuple[Array, Array]:
    """Right-hand sides (rows, terms) and left-hand sides (rows, variables), one row for each test function; these are
    as long as the timescale where no `scale` is given."""
    scale = timescale(smoothed) if scale is None else scale
    right, left = [], []
    for piece in smoothed.pieces:
        test = bumps_on(piece, scale)
        states = piece.everything(test.times)
        right.append(test.weights @ library.values(states))
        left.append(test.slopes @ states[:, : library.width])
    return np.concatenate(right), np.concatenate(left)


def supports(right: Array, left: Array, signs: Array | None = None) -> list[list[int]]:
    """The terms of each equation that explain its left-hand side with the fewest bits.

    right (rows, terms), left (rows, variables); `signs` (variables, terms) that coefficients may have, 0 for any.

    >>> x = np.linspace(1.0, 2.0, 40)
    >>> supports(np.stack([x, x**2], 1), 3 * x[:, None])
    [[0]]
    """
    usable = np.isfinite(right).all(0) & (np.abs(right).max(0) > 0)
    places = np.flatnonzero(usable)
    columns = right[:, places] / np.sqrt((right[:, places] ** 2).mean(0))
    found = []
    gram = columns.T @ columns
    signs = np.zeros((left.shape[1], right.shape[1])) if signs is None else signs
    for target, allowed in zip(left.T, signs[:, places], strict=True):
        if not target.any():
            found.append([])
            continue
        paths = [*backward(columns, target), *forward(columns, target), *every(gram, columns.T @ target, allowed)]
        if allowed.any():
            paths = [within_signs(columns, target, path, allowed) for path in paths]
        best = min(paths, key=lambda support: criterion_of(columns, target, support))
        found.append([int(places[i]) for i in best])
    return found


def within_signs(columns: Array, target: Array, support: list[int], signs: Array) -> list[int]:
    """Those of the columns (rows, terms) whose coefficients are not 0 at the best ones within their signs (terms,).

    >>> x = np.linspace(1.0, 2.0, 40)
    >>> within_signs(np.stack([x, x**2], 1), x - 3 * x**2, [0, 1], np.array([0, 1]))
    [0]
    """
    own = signs[support]
    values = np.linalg.lstsq(columns[:, support], target, rcond=None)[0]
    if not (values * own < 0).any():
        return support
    low, high = np.where(own > 0, 0.0, -np.inf), np.where(own < 0, 0.0, np.inf)
    best = lsq_linear(columns[:, support], target, (low, high), method="bvls").x
    kept = [place for place, value in zip(support, best, strict=True) if value != 0]
    if kept == support:  # a coefficient ended a rounding away from its bound: the one farthest beyond it is at 0
        kept = [place for place in support if place != support[int(np.argmin(values * own))]]
    return within_signs(columns, target, kept, signs)


def every(gram: Array, pull: Array, signs: Array | None = None) -> list[list[int]]:
    """The best support of each small size, of all there are that keep to the signs, while these are not many."""
    found = []
    for size in range(1, WEAK_FORM.most_terms + 1):
        if size > len(gram) or comb(len(gram), size) > WEAK_FORM.every_support:
            break
        choices = np.array(list(combinations(range(len(gram)), size)))
        found.append(choices[int(np.argmax(_gains(gram, pull, choices, signs)))].tolist())
    return found


def fewest_terms(right: Array, left: Array, signs: Array, most: int = 4) -> list[list[int]]:
    """The fewest terms of each equation that explain its left-hand side about as well as any, of all choices.

    For columns that are not independent, where many choices are equally good. right (rows, terms), left (rows,
    variables), signs (variables, terms) that coefficients may have, 0 for any.

    >>> x = np.linspace(1.0, 2.0, 40)
    >>> fewest_terms(np.stack([x, 1 - x, x**2, np.ones(40)], 1), 3 * x[:, None], np.zeros((1, 4)))
    [[0]]
    """
    columns = right / np.sqrt((right**2).mean(0))
    gram, found = columns.T @ columns, []
    for target, allowed in zip(left.T, signs, strict=True):
        best: list[tuple[float, int, list[int]]] = [(criterion_of(columns, target, []), 0, [])]
        for size in range(1, most + 1):
            if not 0 < comb(columns.shape[1], size) <= WEAK_FORM.all_supports:
                break
            choices = np.array(list(combinations(range(columns.shape[1]), size)))
            gains = _gains(gram, columns.T @ target, choices, allowed)
            support = within_signs(columns, target, choices[int(np.argmax(gains))].tolist(), allowed)
            best.append((criterion_of(columns, target, support), size, support))
        lowest = min(score for score, _, _ in best)
        found.append(next(support for score, _, support in best if score <= lowest + WEAK_FORM.near))
    return found


def _gains(gram: Array, pull: Array, choices: NDArray[np.int64], signs: Array | None = None) -> Array:
    """By how much each choice of terms (choices, size) lowers the squared errors; as its part does for terms that
    depend; not at all where a coefficient has another sign than it may have (terms,)."""
    size = choices.shape[1]
    blocks = gram[choices[:, :, None], choices[:, None, :]] + WEAK_FORM.ridge * np.trace(gram) * np.eye(size)
    aims = pull[choices]
    solved = np.linalg.solve(blocks, aims[:, :, None])[:, :, 0]
    gains = np.einsum("cs,cs->c", aims, solved)
    return gains if signs is None else np.where((solved * signs[choices] < 0).any(1), 0.0, gains)


def criterion_of(columns: Array, target: Array, support: list[int]) -> float:
    """Twice the description length in nats of target (rows,) by some of the columns (rows, terms)."""
    left = target
    if support:
        left = target - columns[:, support] @ np.linalg.lstsq(columns[:, support], target, rcond=None)[0]
    return criterion(left, target, len(support), columns.shape[1])


def criterion(left: Array, target: Array, size: int, terms: int) -> float:
    """The same from what is left over, (rows,), by `size` of so many terms."""
    independent = 2 * len(target) / WEAK_FORM.overlap
    floor = WEAK_FORM.rounding**2 * float((target**2).mean()) + 1e-300
    return float(independent * np.log((left**2).mean() + floor) + size * price(independent, terms))


def price(samples: float, choices: int) -> float:
    """What a term costs, in twice nats: its coefficient's digits, and the choice of it among so many.

    >>> round(price(1000, 20), 3)
    12.899
    """
    return float(np.log(samples) + 2 * np.log(choices))


def backward(columns: Array, target: Array) -> list[list[int]]:
    """Supports of all sizes up to the largest, each without the least useful term of the one before."""
    kept = list(range(columns.shape[1]))
    gram = columns.T @ columns
    inverse = np.linalg.pinv(gram + 1e-11 * np.trace(gram) / len(gram) * np.eye(len(gram)), hermitian=True)
    solution = inverse @ (columns.T @ target)
    found: list[list[int]] = []
    while True:
        if len(kept) <= WEAK_FORM.most_terms:
            found.append(list(kept))
        if not kept:
            return found
        worst = int(np.argmin(solution**2 / np.maximum(np.diag(inverse), 1e-300)))
        solution = solution - inverse[:, worst] * (solution[worst] / inverse[worst, worst])
        inverse = inverse - np.outer(inverse[:, worst], inverse[worst]) / inverse[worst, worst]
        rest = np.arange(len(kept)) != worst
        solution, inverse = solution[rest], inverse[np.ix_(rest, rest)]
        del kept[worst]


def forward(columns: Array, target: Array, most: int = WEAK_FORM.most_terms) -> list[list[int]]:
    """Supports of all sizes up to `most`, each with the most useful term beside the one before."""
    found: list[list[int]] = [[]]
    basis = np.zeros((len(target), 0))
    left, residual = target.copy(), columns.copy()
    for _ in range(min(most, *columns.shape)):
        norms = np.sqrt((residual**2).sum(0))
        gains = np.where(norms > 1e-6 * np.sqrt(len(target)), np.abs(left @ residual) / np.maximum(norms, 1e-300), 0)
        gains[found[-1]] = 0
        best = int(np.argmax(gains))
        if gains[best] == 0:
            break
        direction = residual[:, best] / norms[best]
        basis = np.column_stack([basis, direction])
        left = left - direction * (direction @ left)
        residual = residual - np.outer(direction, direction @ residual)
        found.append([*found[-1], best])
    return found

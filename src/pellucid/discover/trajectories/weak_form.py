"""Equations from noisy curves in their weak form: no noisy derivative is ever taken (arXiv 2005.04339).

    -int phi_k'(t) x_j(t) dt = sum_i c_ij int phi_k(t) theta_i(x(t)) dt,   phi(s) = (1 - s^2)^4 on [-1, 1]

Which terms there are is decided for each equation by eliminating the least useful term again and again, and by adding
the most useful one again and again; the size is that with the lowest Bayesian information criterion. SINDy (arXiv
1509.03580) thresholds instead.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .settings import WEAK_FORM
from .smoothing import Smoothed, timescale
from .term_library import Library

Array = NDArray[np.float64]


def weak_equations(library: Library, smoothed: Smoothed) -> tuple[Array, Array]:
    """Right-hand sides (rows, terms) and left-hand sides (rows, variables), one row for each test function."""
    scale = timescale(smoothed)
    right, left = [], []
    for piece in smoothed.pieces:
        low, high = float(piece.t[0]), float(piece.t[-1])
        step = (high - low) / (len(piece.t) - 1)
        radius = min(max(scale, WEAK_FORM.fewest_samples * step), (high - low) / 2)
        count = 1 + int((high - low - 2 * radius) / (2 * radius / WEAK_FORM.overlap) + 1e-9)
        centres = np.linspace(low + radius, high - radius, count)
        grid = np.linspace(low, high, WEAK_FORM.finer * len(piece.t) + 1)
        s = np.clip((grid - centres[:, None]) / radius, -1, 1)
        weight = (grid[1] - grid[0]) / radius
        states = np.asarray(piece.curve(grid))
        right.append((1 - s**2) ** WEAK_FORM.power * weight @ library.values(states))
        left.append(2 * WEAK_FORM.power * s * (1 - s**2) ** (WEAK_FORM.power - 1) * weight / radius @ states)
    return np.concatenate(right), np.concatenate(left)


def supports(right: Array, left: Array) -> list[list[int]]:
    """The terms of each equation that explain its left-hand side with the fewest bits.

    right (rows, terms), left (rows, variables).

    >>> x = np.linspace(1.0, 2.0, 40)
    >>> supports(np.stack([x, x**2], 1), 3 * x[:, None])
    [[0]]
    """
    usable = np.isfinite(right).all(0) & (np.abs(right).max(0) > 0)
    places = np.flatnonzero(usable)
    columns = right[:, places] / np.sqrt((right[:, places] ** 2).mean(0))
    found = []
    for target in left.T:
        paths = [*_backward(columns, target), *_forward(columns, target)]
        best = min(paths, key=lambda support: _criterion(columns, target, support))
        found.append([int(places[i]) for i in best])
    return found


def _criterion(columns: Array, target: Array, support: list[int]) -> float:
    rows, terms = columns.shape
    independent = 2 * rows / WEAK_FORM.overlap
    left = target
    if support:
        left = target - columns[:, support] @ np.linalg.lstsq(columns[:, support], target, rcond=None)[0]
    floor = WEAK_FORM.rounding**2 * float((target**2).mean()) + 1e-300
    return independent * np.log((left**2).mean() + floor) + len(support) * (np.log(independent) + 2 * np.log(terms))


def _backward(columns: Array, target: Array) -> list[list[int]]:
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


def _forward(columns: Array, target: Array) -> list[list[int]]:
    """Supports of all sizes up to the largest, each with the most useful term beside the one before."""
    found: list[list[int]] = [[]]
    basis = np.zeros((len(target), 0))
    left, residual = target.copy(), columns.copy()
    for _ in range(min(WEAK_FORM.most_terms, *columns.shape)):
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

"""Which terms an equation has: the set with the shortest description, among sets of every size.

Rows are weighed so that each has noise of 1; a set of k of P terms then costs

    chi^2 + k (ln rows + 2 ln P)

twice nats: what is left over, the digits of a coefficient, and the name of a term. Small sets are searched by a beam
that starts from single terms and, against terms that only help together, from all terms with the least useful left out.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..trajectories.weak_form import price
from .settings import CHOICE

Array = NDArray[np.float64]
Chosen = tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Normal:
    """The normal equations of weighed rows: `gram` (terms, terms), `right` (terms,), `total` left^2 summed."""

    gram: Array
    right: Array
    total: float
    rows: int

    @classmethod
    def of(cls, columns: Array, left: Array) -> Normal:
        """columns (rows, terms), left (rows,)."""
        return cls(columns.T @ columns, columns.T @ left, float(left @ left), len(left))

    def solve(self, chosen: Chosen) -> Array:
        """The least-squares coefficients of some terms (chosen,)."""
        places = list(chosen)
        return _solved(self.gram[np.ix_(places, places)][None], self.right[places][None])[0]

    def left_over(self, sets: NDArray[np.int64]) -> Array:
        """The sum of squares that each set of terms (sets, k) leaves, (sets,)."""
        grams = self.gram[sets[:, :, None], sets[:, None, :]]
        right = self.right[sets]
        return np.maximum(self.total - (right * _solved(grams, right)).sum(1), 0.0)


def _solved(grams: Array, right: Array) -> Array:
    """Every system of (sets, k, k) and (sets, k), scaled to a unit diagonal; a trace of it keeps it solvable."""
    size = np.sqrt(np.maximum(np.diagonal(grams, axis1=1, axis2=2), 1e-300))
    scaled = grams / (size[:, :, None] * size[:, None, :]) + CHOICE.ridge * np.eye(grams.shape[1])
    return np.linalg.solve(scaled, (right / size)[:, :, None])[:, :, 0] / size


@dataclass(frozen=True)
class Ranked:
    """A set of terms and the length of the description with it, in twice nats."""

    chosen: Chosen
    score: float


def choose_terms(normal: Normal) -> list[Ranked]:
    """Sets of terms, the shortest description first.

    >>> columns = np.random.default_rng(0).normal(size=(60, 5))
    >>> left = 3 * columns[:, 1] - 2 * columns[:, 4] + np.random.default_rng(1).normal(size=60)
    >>> choose_terms(Normal.of(columns, left))[0].chosen
    (1, 4)
    """
    terms = len(normal.right)
    unit = max(1.0, _least(normal) / max(normal.rows - terms, 1))
    found = [Ranked((), normal.total / unit)]
    backwards = _eliminated(normal)
    kept: list[Chosen] = [()]
    for size in range(1, min(CHOICE.most_terms, terms) + 1):
        sets = sorted({tuple(sorted((*old, new))) for old in kept for new in range(terms) if new not in old})
        sets = list(dict.fromkeys([*sets, backwards[size]]))
        rest = normal.left_over(np.array(sets))
        order = np.argsort(rest, kind="stable")[: CHOICE.beam]
        kept = list(dict.fromkeys([*(sets[i] for i in order), backwards[size]]))
        found += [Ranked(sets[i], float(rest[i] / unit + price(normal.rows, terms) * size)) for i in order]
    return sorted(found, key=lambda one: one.score)


def _least(normal: Normal) -> float:
    return float(normal.left_over(np.arange(len(normal.right))[None])[0])


def _eliminated(normal: Normal) -> dict[int, Chosen]:
    """From all terms, the least useful left out one by one: the set of every size but 0."""
    chosen = tuple(range(len(normal.right)))
    found = {len(chosen): chosen}
    while len(chosen) > 1:
        sets = np.array([chosen[:i] + chosen[i + 1 :] for i in range(len(chosen))])
        chosen = tuple(int(i) for i in sets[int(np.argmin(normal.left_over(sets)))])
        found[len(chosen)] = chosen
    return found

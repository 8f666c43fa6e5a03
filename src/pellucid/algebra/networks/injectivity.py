"""Whether mass action can have two positive equilibria that share all totals, by the signs of a determinant.

Let x, y be two: x^v - y^v = c (v . (log x - log y)) with c > 0, and log x_j - log y_j = d_j (x_j - y_j) with d_j > 0.
So x - y is a null vector of W (the totals) and of N diag(m) V diag(d), m = k c. Where the determinant of these rows,
as a polynomial in m and d, has coefficients of one sign and is not 0, there is no such vector (Wiuf and Feliu, SIAM J.
Appl. Dyn. Syst. 12, 1685, 2013). By Cauchy and Binet its coefficients are products of minors.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from flint import fmpz_mat

from .semiflows import total_basis
from .stoichiometry import Counts, Stoichiometry, first_independent


@lru_cache(maxsize=16)
def is_injective(network: Stoichiometry, most_minors: int = 50_000, most_steps: int = 3_000_000) -> bool | None:
    """Whether all coefficients have one sign; None where there are too many minors, or too many steps to them.

    A million steps take about two seconds.

    >>> is_injective(Stoichiometry(((1, 0), (0, 1)), ((0, 1), (1, 0))))
    True
    >>> is_injective(Stoichiometry(((1,), (2,), (3,), (0,)), ((0,), (3,), (2,), (1,))))  # Schloegl's, with three
    False
    """
    totals = total_basis(network.matrix, ())
    independent = first_independent(network.matrix)
    if math.comb(len(network.reactants), len(independent)) > most_minors:
        return None
    try:
        return _has_one_sign(network, totals, independent, _Steps(most_steps))
    except _TooMany:
        return None


class _TooMany(Exception):
    """More steps than are allowed."""


@dataclass
class _Steps:
    """How many products of a minor and an entry may still be made."""

    left: int

    def take(self, count: int) -> None:
        self.left -= count
        if self.left < 0:
            raise _TooMany


def _has_one_sign(network: Stoichiometry, totals: Sequence[Counts], independent: Sequence[int], steps: _Steps) -> bool:
    signs: set[bool] = set()
    weights = _complements(totals, network.size, steps)
    for chosen in itertools.combinations(range(len(network.reactants)), len(independent)):
        minor = _determinant([[network.matrix[i][r] for r in chosen] for i in independent])
        if not minor:
            continue
        for columns, value in _minors([network.reactants[r] for r in chosen], steps).items():
            product = minor * value * weights.get(columns, 0)
            if product:
                signs.add(product > 0)
        if len(signs) > 1:
            return False
    return len(signs) == 1


def _minors(rows: Sequence[Counts], steps: _Steps) -> dict[tuple[int, ...], int]:
    """The determinant of every choice of as many columns, those that are 0 left out: an exterior product."""
    found: dict[tuple[int, ...], int] = {(): 1}
    for row in rows:
        wider: dict[tuple[int, ...], int] = {}
        steps.take(len(found) * sum(map(bool, row)))
        for columns, value in found.items():
            for place, count in enumerate(row):
                if not count or place in columns:
                    continue
                behind = sum(column > place for column in columns)
                key = tuple(sorted((*columns, place)))
                wider[key] = wider.get(key, 0) + (-1) ** behind * count * value
        found = {columns: value for columns, value in wider.items() if value}
    return found


def _complements(totals: Sequence[Counts], size: int, steps: _Steps) -> dict[tuple[int, ...], int]:
    """For every choice of columns, the totals' minor on the others, with its sign in Laplace's expansion."""
    found = {}
    for columns, value in _minors(totals, steps).items():
        rest = tuple(i for i in range(size) if i not in columns)
        found[rest] = value * (-1) ** (sum(columns) - len(columns) * (len(columns) - 1) // 2)
    return found


def _determinant(rows: Sequence[Sequence[int]]) -> int:
    return int(fmpz_mat([list(row) for row in rows]).det()) if rows else 1

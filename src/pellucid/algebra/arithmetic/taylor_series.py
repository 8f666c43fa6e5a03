"""Taylor series of solutions of polynomial equations modulo a prime, at many points at once, and of monomials of them.

x(t) = sum_k x_k t^k with x_{k+1} = f(x)_k / (k + 1). The k-th coefficient of a polynomial P(x(t)) is its k-th
derivative along the flow, D^k P / k!, so that a table of series is one of repeated derivatives.
Cost: O(points monomials length^2).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np

from .finite_field import PRIME, Residues, folded

Powers: TypeAlias = tuple[int, ...]
Terms: TypeAlias = Mapping[Powers, int]
"""A polynomial by the powers of its monomials: residues as coefficients."""


def monomial_series(flow: Sequence[Terms], states: Residues, wanted: Sequence[Powers], length: int) -> Residues:
    """The first `length` Taylor coefficients of every monomial `wanted` along the solution from every state.

    states (points, variables); the result is of shape (points, length, monomials).

    >>> monomial_series([{(1,): 1}], np.array([[3]]), [(1,)], 3).ravel().tolist()[:2]
    [3, 3]
    """
    products = _products([*wanted, *(powers for terms in flow for powers in terms)])
    units = [tuple(row) for row in np.eye(len(flow), dtype=int).tolist()]
    series = _initial(products, units, states, length)
    for k in range(length):
        for powers, (smaller, place) in products.items():
            if sum(powers) > 1:
                left, right = series[smaller][: k + 1], series[units[place]][k::-1]
                series[powers][k] = folded(left * right).sum(0) % PRIME
        if k + 1 == length:
            break
        weight = pow(k + 1, -1, PRIME)
        for unit, terms in zip(units, flow, strict=True):
            series[unit][k + 1] = _coefficient(terms, series, k) * weight % PRIME
    return np.stack([series[powers] for powers in wanted], 2).transpose(1, 0, 2)


def _initial(
    products: Iterable[Powers], units: Sequence[Powers], states: Residues, length: int
) -> dict[Powers, Residues]:
    """A series (length, points) for every monomial, known at time 0 for 1 and for the variables."""
    shape = length, len(states)
    one = (0,) * len(units)
    series = {powers: np.zeros(shape, dtype=np.int64) for powers in (one, *products)}
    series[one][0] = 1
    for unit, column in zip(units, states.T, strict=True):
        series.setdefault(unit, np.zeros(shape, dtype=np.int64))[0] = column % PRIME
    return series


def _coefficient(terms: Terms, series: Mapping[Powers, Residues], k: int) -> Residues:
    """The k-th Taylor coefficient of a polynomial, (points,)."""
    total: Any = 0
    for powers, coefficient in terms.items():
        total = (total + coefficient * series[powers][k]) % PRIME
    return total


def _products(wanted: Sequence[Powers]) -> dict[Powers, tuple[Powers, int]]:
    """Every monomial as a smaller one times a variable, smaller ones first."""
    found: dict[Powers, tuple[Powers, int]] = {}

    def add(powers: Powers) -> None:
        if powers in found or not any(powers):
            return
        place = next(i for i, e in enumerate(powers) if e)
        smaller = (*powers[:place], powers[place] - 1, *powers[place + 1 :])
        add(smaller)
        found[powers] = (smaller, place)

    for powers in wanted:
        add(powers)
    return found

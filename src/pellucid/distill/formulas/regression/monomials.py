"""Monomials prod_i x_i^a_i of a wanted unit, simplest first: the skeleton of most laws of physics.

Exponent vectors are enumerated by meeting in the middle: the features are split in two halves, each half's products
are grouped by unit, and halves whose units add up to the wanted one are joined (cf. dimensional analysis in arXiv
1905.11481, section III A). Cost: O(powers^(features / 2)) plus the number of monomials found.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from .settings import REGRESSION


def exponent_bits(exponents: NDArray[np.float64], features: int) -> NDArray[np.float64]:
    """What each row of exponents (..., features) costs to write down: which features, and to which power.

    Shapes: exponents (monomials, features) give (monomials,).

    >>> exponent_bits(np.array([[1.0, 0.0], [1.0, -1.0]]), 2).tolist()
    [3.0, 6.5]
    """
    table = _power_costs(features)
    index = np.minimum(np.abs(2 * exponents + 0.0), 12).astype(np.intp) * np.where(exponents < 0, -1, 1)
    return table[index + 12].sum(-1)


def _power_costs(features: int) -> NDArray[np.float64]:
    """Bits of the powers -6, -5.5, ..., 6."""
    powers = np.arange(-12, 13) / 2
    costs = np.array([REGRESSION.power_bits.get(abs(float(power)), REGRESSION.other_power_bits) for power in powers])
    return costs + (powers != 0) * (1.0 + np.log2(max(features, 2))) + REGRESSION.negative_bits * (powers < 0)


@dataclass(frozen=True, eq=False)
class _Half:
    """Products of half of the features: exponents, their bits, and their units as one number each, ascending."""

    exponents: NDArray[np.float64]
    bits: NDArray[np.float64]
    keys: NDArray[np.float64]


class MonomialSpace:
    """The monomials over some features, by unit; halves are enumerated once for all units.

    units: (features, base), the features' exponents over the base units; base may be 0: no units.
    """

    def __init__(self, units: NDArray[np.float64], *, halves: bool = False) -> None:
        self.units = units
        self._powers = REGRESSION.powers + (REGRESSION.half_powers if halves else ())
        self._weights = np.random.default_rng(12345).standard_normal(units.shape[1])
        self._middle = (len(units) + 1) // 2
        self._halves: dict[tuple[int, float], _Half | None] = {}

    def simplest(self, target: NDArray[np.float64], most: int) -> NDArray[np.float64]:
        """Exponents (monomials, features) of the simplest products with the unit `target` (base,), at most `most`."""
        features = len(self.units)
        wanted = float(target @ self._weights) if len(target) else 0.0
        step = 4.0 + np.log2(max(features, 2))
        found, bits, budget = np.zeros((0, features)), np.zeros(0), step
        while True:
            left, right = self._half(0, budget), self._half(1, budget)
            joined = None if left is None or right is None else _join(left, right, wanted, budget)
            if joined is None:
                break
            found, bits = joined
            if len(found) >= most or budget > features * 14.0:
                break
            budget += step / 2
        order = np.lexsort((*found.T, bits))[:most]
        return found[order]

    def _half(self, side: int, budget: float) -> _Half | None:
        """All exponents of one half of the features that cost at most `budget` bits; None where they are too many."""
        if (side, budget) not in self._halves:
            units = self.units[self._middle :] if side else self.units[: self._middle]
            self._halves[side, budget] = _enumerate(units @ self._weights, self._powers, budget, len(self.units))
        return self._halves[side, budget]


def monomials(units: NDArray[np.float64], target: NDArray[np.float64], most: int) -> NDArray[np.float64]:
    """Integer exponents of the simplest products with the unit `target`: `MonomialSpace.simplest` for one use.

    units (features, base), target (base,).

    >>> monomials(np.array([[1.0], [-1.0]]), np.array([0.0]), 3).tolist()
    [[0.0, 0.0], [1.0, 1.0], [-1.0, -1.0]]
    """
    return MonomialSpace(units).simplest(target, most)


def _enumerate(
    keys: NDArray[np.float64], powers: Sequence[float], budget: float, features: int, most: int = 400_000
) -> _Half | None:
    """Products of features with these units (one number each) within the budget; None where they are over `most`."""
    costs = _power_costs(features)
    rows, bits, units = np.zeros((1, 0)), np.zeros(1), np.zeros(1)
    for key in keys:
        grown = [(bits + costs[int(2 * power) + 12], power) for power in powers]
        kept = [(np.flatnonzero(total <= budget), total, power) for total, power in grown]
        rows = np.concatenate([np.column_stack([rows[k], np.full(len(k), power)]) for k, _, power in kept])
        units = np.concatenate([units[k] + power * key for k, _, power in kept])
        bits = np.concatenate([total[k] for k, total, _ in kept])
        if len(rows) > most:
            return None
    order = np.argsort(units, kind="stable")
    return _Half(rows[order], bits[order], units[order])


def _join(
    left: _Half, right: _Half, wanted: float, budget: float, most: int = 3_000_000
) -> tuple[NDArray[np.float64], NDArray[np.float64]] | None:
    """Pairs of halves whose units add up and whose bits stay in the budget; None where they are over `most`."""
    missing = wanted - left.keys
    first = np.searchsorted(right.keys, missing - 1e-6)
    counts = np.searchsorted(right.keys, missing + 1e-6) - first
    if counts.sum() > most:
        return None
    i = np.repeat(np.arange(len(counts)), counts)
    j = np.repeat(first, counts) + np.arange(len(i)) - np.repeat(np.cumsum(counts) - counts, counts)
    bits = left.bits[i] + right.bits[j]
    cheap = bits <= budget
    return np.concatenate([left.exponents[i[cheap]], right.exponents[j[cheap]]], axis=1), bits[cheap]


def monomial_values(X: NDArray[np.float64], exponents: NDArray[np.float64]) -> NDArray[np.float64]:
    """Values (rows, monomials); a zero or a negative base may give infinity or NaN.

    X (rows, features), exponents (monomials, features).

    >>> monomial_values(np.array([[2.0, 3.0]]), np.array([[1.0, 1.0], [2.0, -1.0]])).round(3).tolist()
    [[6.0, 1.333]]
    """
    values = np.ones((len(X), len(exponents)))
    with np.errstate(all="ignore"):
        for i, column in enumerate(X.T):
            for power in np.unique(exponents[:, i]):
                if power:
                    values[:, exponents[:, i] == power] *= (column**power)[:, None]
    return values


def monomial_text(names: Sequence[str], exponents: Sequence[float]) -> str:
    """The product as text, "1" where it is empty.

    >>> monomial_text(("m", "g", "T"), (1, 2, -1))
    'm*g**2/T'
    """
    above = [_power(name, power) for name, power in zip(names, exponents, strict=True) if power > 0]
    below = [_power(name, -power) for name, power in zip(names, exponents, strict=True) if power < 0]
    text = "*".join(above) or "1"
    if below:
        text += f"/{below[0]}" if len(below) == 1 else f"/({'*'.join(below)})"
    return text


def _power(name: str, power: float) -> str:
    if power == 1:
        return name
    if power == 0.5:
        return f"sqrt({name})"
    fraction = Fraction(power).limit_denominator(12)
    return f"{name}**{fraction}" if fraction.denominator == 1 else f"{name}**({fraction})"

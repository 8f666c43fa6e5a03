"""Terms of a law: a monomial of the right unit times factors of the bank, as values, text and bits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from ....subjects.tables.samples import Samples
from .bank import Bank, build_bank
from .monomials import MonomialSpace, exponent_bits, monomial_text, monomial_values

Array = NDArray[np.float64]
Integers = NDArray[np.int64]


@dataclass(frozen=True)
class Term:
    """Monomial number `index` of the group `unit`, times the bank's factors numbered `factors`."""

    unit: tuple[float, ...]
    index: int
    factors: tuple[int, ...] = ()


@dataclass(frozen=True, eq=False)
class Monomials:
    """The simplest monomials of one unit: exponents (monomials, features), values (rows, monomials), bits."""

    exponents: Array
    values: Array
    bits: Array


class Library:
    """All terms over the rows of `samples`; `monomials_of` a unit and the `bank` are computed once, when asked for."""

    def __init__(self, samples: Samples, factors: int, arguments: int, most: int) -> None:
        self.samples = samples
        self.names: Sequence[str] = samples.names
        self.units, self.target = unit_matrix(samples)
        self._space = MonomialSpace(self.units, halves=True)
        self._sizes = (factors, arguments, most)
        self._monomials: dict[tuple[float, ...], Monomials] = {}

    @cached_property
    def bank(self) -> Bank:
        """The factors, the cheapest first."""
        return build_bank(self.samples.X, self.names, self.units, self._sizes[0], self._sizes[1])

    @cached_property
    def groups(self) -> list[tuple[tuple[float, ...], Integers]]:
        """The bank's factors by unit: (unit, indices), indices ascending in bits."""
        keys = [tuple(unit.tolist()) for unit in np.round(self.bank.units, 6) + 0.0]
        members: dict[tuple[float, ...], list[int]] = {}
        for i, key in enumerate(keys):
            members.setdefault(key, []).append(i)
        return [(key, np.array(indices)) for key, indices in members.items()]

    def monomials_of(self, unit: tuple[float, ...]) -> Monomials:
        """The simplest monomials with `unit`, finite on every row."""
        if unit not in self._monomials:
            asked = any(np.allclose(np.array(unit), power * self.target) for power in (1, 2, -1))
            exponents = self._space.simplest(np.array(unit), self._sizes[2] if asked else 250)
            values = monomial_values(self.samples.X, exponents)
            fine = np.isfinite(values).all(0) & (np.abs(values).max(0) < 1e15) & (np.abs(values).max(0) > 1e-15)
            bits = exponent_bits(exponents, len(self.names))
            self._monomials[unit] = Monomials(exponents[fine], values[:, fine], bits[fine])
        return self._monomials[unit]

    def values(self, term: Term) -> Array:
        """The values of a term, of shape (rows,)."""
        values = self.monomials_of(term.unit).values[:, term.index].copy()
        for factor in term.factors:
            values *= self.bank.values[:, factor]
        return values

    def bits(self, term: Term) -> float:
        """What a term costs, without its coefficient."""
        bits = float(self.monomials_of(term.unit).bits[term.index])
        return bits + sum(float(self.bank.bits[factor]) for factor in term.factors)

    def text(self, term: Term, coefficient: str, without: tuple[int, ...] = ()) -> str:
        """coefficient * monomial * factors, but for the factors `without`."""
        monomial = monomial_text(self.names, self.monomials_of(term.unit).exponents[term.index])
        factors = [self.bank.texts[factor] for factor in term.factors if factor not in without]
        return "*".join([f"({coefficient})", f"({monomial})", *(f"({factor})" for factor in factors)])


def unit_matrix(samples: Samples) -> tuple[Array, Array]:
    """Exponents (features, base) and the target's (base,); base is 0 where units are not known.

    >>> unit_matrix(Samples([[1.0, 2.0], [2.0, 1.0]], [5.0, 7.0]))[0].shape
    (2, 0)
    """
    if samples.units is None:
        return np.zeros((samples.features, 0)), np.zeros(0)
    features = np.array([[float(e) for e in unit] for unit in samples.units.features])
    return features.reshape(samples.features, -1), np.array([float(e) for e in samples.units.target])

"""Equations with coefficients to be fitted: sums of terms, or quotients of two such sums.

    x_j' = sum_i c_ji theta_i(x, u, t)        or        x_j' = sum_i c_ji theta_i / sum_i d_ji theta_i

u are inputs, which are given and not explained, and t is the time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import sympy
from numpy.typing import NDArray

from .term_library import Library

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Model:
    """x_j' = numerator_j / denominator_j, each a row of `base` + sum_p value_p `pattern`[p] over the library's terms.

    `base` (rows, terms), `pattern` (parameters, rows, terms); there are as many rows as states, or twice as many, of
    which the second half are the denominators. The terms are functions of the states, and of inputs and time after
    them.
    """

    library: Library
    base: Array
    pattern: Array

    @property
    def width(self) -> int:
        """States."""
        return self.library.width

    @cached_property
    def fraction(self) -> bool:
        """Whether there are denominators."""
        return len(self.base) > self.width

    def coefficients(self, values: Array) -> Array:
        """(rows, terms) for parameter values (parameters,)."""
        return self.base + np.tensordot(values, self.pattern, 1)

    def rates(self, coefficients: Array, state: Array, fed: Array) -> Array:
        """x' at states (segments, states), inputs and times (segments, others).

        coefficients, of shape (rows, terms).
        """
        sums = self.library.values(self._joined(state, fed)) @ coefficients.T
        return sums[:, : self.width] / sums[:, self.width :] if self.fraction else sums

    def spreading(self, coefficients: Array, joined: Array, fed: Array) -> Array:
        """The rates of states and of their derivatives by starts and parameters (segments, states, 1 + derivatives).

        joined, of shape (segments, states, 1 + derivatives); coefficients (rows, terms), fed (segments, others).
        """
        width, state, spread = self.width, joined[:, :, 0], joined[:, :, 1:]
        everything = self._joined(state, fed)
        terms, slopes = self.library.values(everything), self.library.slopes(everything)
        sums = terms @ coefficients.T
        turned = np.matmul(np.matmul(coefficients, slopes), spread)
        parameters = len(self.pattern)
        turned[:, :, width:] += (terms @ self._flat).reshape(len(state), len(coefficients), parameters)
        if not self.fraction:
            return np.concatenate([sums[:, :, None], turned], 2)
        above, below = sums[:, :width, None], sums[:, width:, None]
        rates = above / below
        return np.concatenate([rates, (turned[:, :width] - rates * turned[:, width:]) / below], 2)

    def _joined(self, state: Array, fed: Array) -> Array:
        """The states and as much of what is given as the terms are functions of."""
        others = len(self.library.names) - self.width
        return np.concatenate([state, fed[:, :others]], 1) if others else state

    @cached_property
    def _flat(self) -> Array:
        """(terms, rows and parameters)"""
        return np.ascontiguousarray(
            self.pattern.transpose(2, 1, 0).reshape(len(self.library), self.pattern.shape[0] * self.pattern.shape[1])
        )

    def frozen(self, values: Array) -> Model:
        """The same equations, with no parameter left.

        values, of shape (parameters,).
        """
        coefficients = self.coefficients(values)
        return Model(self.library, coefficients, np.zeros((0, *coefficients.shape)))

    def without(self, kept: Sequence[int]) -> Model:
        """Only some of the parameters; the others are 0."""
        return Model(self.library, self.base, self.pattern[list(kept)])


def trimmed(model: Model) -> Model:
    """The same equations with only the terms that occur, and no denominators where all of them are 1."""
    base, pattern, width = model.base, model.pattern, model.width
    if model.fraction and sympy.Integer(1) in model.library.terms:
        constant = model.library.terms.index(sympy.Integer(1))
        others = np.arange(len(model.library)) != constant
        moving = (base[width:, others] != 0).any() or (pattern[:, width:] != 0).any()
        if not moving and (base[width:, constant] == 1).all():
            base, pattern = base[:width], pattern[:, :width]
    used = np.flatnonzero((base != 0).any(0) | (pattern != 0).any((0, 1)))
    return Model(model.library.select(used), base[:, used], pattern[:, :, used])


def free_model(
    library: Library, above: Sequence[Sequence[int]], below: Sequence[Sequence[int]] = (), ones: Sequence[int] = ()
) -> Model:
    """One parameter for every term of every equation; only terms that some equation has.

    `above` and `below` are the terms of numerators and denominators; of the latter the term `ones[j]` has the
    coefficient 1.
    """
    rows = [*above, *below]
    used = sorted({i for row in rows for i in row} | set(ones))
    place = {term: at for at, term in enumerate(used)}
    base = np.zeros((len(rows), len(used)))
    for j, term in enumerate(ones):
        base[len(above) + j, place[term]] = 1.0
    entries = [(j, place[i]) for j, row in enumerate(rows) for i in row]
    pattern = np.zeros((len(entries), *base.shape))
    for p, (j, i) in enumerate(entries):
        pattern[p, j, i] = 1.0
    return Model(library.select(used), base, pattern)

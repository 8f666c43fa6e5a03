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

from .segments import Flow
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

    def flow(self, values: Array) -> Flow:
        """x' (segments, states) at states of that shape, with inputs and times (segments, others).

        values, of shape (parameters,).
        """
        weights = self.coefficients(values).T

        def flow(state: Array, fed: Array) -> Array:
            sums = self.library.values(self._joined(state, fed)) @ weights
            return sums[:, : self.width] / sums[:, self.width :] if self.fraction else sums

        return flow

    def spreading(self, values: Array) -> Flow:
        """The rates of states and of their derivatives by starts and parameters (segments, states, 1 + derivatives).

        values, of shape (parameters,).
        """
        width, rows, weights = self.width, len(self.base), self._spreading_weights(values)

        after = rows * (1 + width)

        def flow(joined: Array, fed: Array) -> Array:
            count = len(joined)
            terms = self.library.jet(self._joined(joined[:, :, 0], fed)) @ weights
            spread = terms[:, rows:after].reshape(count, rows, width) @ joined[:, :, 1:]
            spread[:, :, width:] += terms[:, after:].reshape(count, rows, len(self.pattern))
            found = np.empty_like(joined)
            if self.fraction:
                below = terms[:, width:rows]
                found[:, :, 0] = terms[:, :width] / below
                found[:, :, 1:] = (spread[:, :width] - found[:, :, :1] * spread[:, width:]) / below[:, :, None]
            else:
                found[:, :, 0], found[:, :, 1:] = terms[:, :rows], spread
            return found

        return flow

    def _spreading_weights(self, values: Array) -> Array:
        """What makes of terms and their derivatives, by one product, the sums (rows), their derivatives by states (rows
        and states) and by parameters (rows and parameters)."""
        coefficients, terms = self.coefficients(values), len(self.library)
        rows, width = len(coefficients), self.width
        weights = np.zeros((terms + len(self.library.moving), rows * (1 + width + len(self.pattern))))
        weights[:terms, :rows] = coefficients.T
        weights[:terms, rows * (1 + width) :] = self.pattern.transpose(2, 1, 0).reshape(terms, rows * len(self.pattern))
        for place, (term, state) in enumerate(self.library.moving, terms):
            weights[place, rows + state : rows * (1 + width) : width] = coefficients[:, term]
        return weights

    def _joined(self, state: Array, fed: Array) -> Array:
        """The states and as much of what is given as the terms are functions of."""
        others = len(self.library.names) - self.width
        return np.concatenate([state, fed[:, :others]], 1) if others else state

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

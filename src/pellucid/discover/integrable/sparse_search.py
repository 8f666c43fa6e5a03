"""The exact alternative to OptPDE's optimisation: all sparse equations, and all equations of a sparse density.

Equations of a few terms are counted modulo a prime: with random coefficients (which stand for all coefficients where
scalings reach all of them), and where scalings leave one ratio free, at every ratio at which a density more is
conserved (of two free ratios, the first is one of a list). Equations of more terms come from the other side: for
densities of one or two terms, all equations that conserve them are a linear space.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from ...algebra.arithmetic.finite_field import PRIME, Residues, fraction
from ...core.reporter import Reporter
from ..conserved.exact_count import ExactCount, supports
from ..conserved.stages import Stages
from .gradient_search import all_coefficients
from .settings import EXACT_SEARCH

Coefficients = dict[int, Fraction]


def sparse_equations(
    exact: ExactCount, terms: int, minimum: int, generator: np.random.Generator, reporter: Reporter, stages: Stages
) -> list[Coefficients]:
    """The equations of at most `terms` terms with at least `minimum` densities."""
    weights = np.array(exact.family.weights)
    chosen = supports(len(weights), terms)

    def on(k: int) -> list[Any]:
        support, found = chosen[k], []
        drawn = np.zeros(len(weights), dtype=np.int64)
        drawn[list(support)] = generator.integers(1, PRIME, len(support))
        usual = exact.count(drawn)
        if usual >= minimum:
            found.append({i: Fraction(1) for i in support})
        for ratio in _special(exact, support, weights):
            found += [ratio] if exact.count(all_coefficients(exact, ratio)) >= max(minimum, usual + 1) else []
        if k % 200 == 199:
            reporter.advance(200, f"{k + 1} of {len(chosen)} sets of monomials")
        return [written(each) for each in found]

    several = stages.steps("sparse_equations", len(chosen), on, generator)
    return [coefficients_of(each) for found in several for each in found]


def equations_of_sparse_densities(exact: ExactCount, minimum: int, stages: Stages) -> list[Coefficients]:
    """Equations with at least `minimum` densities, one of which has one or two terms."""
    chosen = supports(len(exact.densities), 2)

    def conserving(k: int) -> list[Any]:
        found: list[Coefficients] = []
        density = np.zeros(len(exact.densities), dtype=np.int64)
        density[list(chosen[k])] = 1
        for row in exact.equations_of(density[None]):
            coefficients = _small(row)
            if coefficients is not None and exact.count(row) >= minimum:
                found.append(coefficients)
        return [written(each) for each in found]

    several = stages.steps("sparse_densities", len(chosen), conserving)
    return [coefficients_of(each) for found in several for each in found]


def _small(row: Residues) -> Coefficients | None:
    """The coefficients (monomials,) as fractions; None where one of them has no small denominator."""
    values = {int(i): fraction(int(row[i])) for i in np.flatnonzero(row)}
    small = {i: v for i, v in values.items() if v is not None and v.denominator <= EXACT_SEARCH.largest_denominator}
    return small if len(small) == len(values) else None


def written(coefficients: Coefficients) -> list[tuple[int, str]]:
    """The coefficients as JSON can hold them.

    >>> written({2: Fraction(1, 3)})
    [(2, '1/3')]
    """
    return [(place, str(value)) for place, value in coefficients.items()]


def coefficients_of(entries: Sequence[Any]) -> Coefficients:
    """The inverse of `written`.

    >>> coefficients_of([[2, "1/3"]])
    {2: Fraction(1, 3)}
    """
    return {int(place): Fraction(value) for place, value in entries}


def blocks(exact: ExactCount, coefficients: Coefficients) -> list[list[int]]:
    """The monomials of the equation, those together that every scaling changes alike."""
    weights = exact.family.weights
    places = sorted(coefficients, key=lambda i: (weights[i], i))
    return [list(group) for _, group in itertools.groupby(places, key=lambda i: weights[i])]


def is_free(exact: ExactCount, coefficients: Coefficients, generator: np.random.Generator) -> bool:
    """Whether each block may have a factor of its own without a density less."""
    row: Residues = all_coefficients(exact, coefficients)
    usual = exact.count(row)
    scaled = row.copy()
    for block in blocks(exact, coefficients):
        scaled[block] = scaled[block] * int(generator.integers(2, PRIME)) % PRIME
    return exact.count(scaled) == usual


def _independent(support: Sequence[int], weights: Residues) -> list[int]:
    """The terms, from the first on, whose weights are independent: scalings can make their coefficients 1."""
    base: list[int] = []
    for i in support:
        if np.linalg.matrix_rank(weights[[*base, i]]) > len(base):
            base.append(i)
    return base


def _special(exact: ExactCount, support: Sequence[int], weights: Residues) -> Iterator[Coefficients]:
    """Equations on the support, up to scalings, that conserve more than others there, where ratios are free.

    All of them where one ratio is free; where two are, those with the first of them among the ratios of `ExactSearch`.
    """
    base = _independent(support, weights)
    free = [i for i in support if i not in base]
    if not 1 <= len(free) <= 2:
        return
    for first in EXACT_SEARCH.ratios if len(free) == 2 else (None,):
        fixed = {i: Fraction(1) for i in base} | ({free[0]: first} if first is not None else {})
        one, other = all_coefficients(exact, fixed), np.zeros(len(weights), dtype=np.int64)
        other[free[-1]] = 1
        for ratio in exact.special(one, other):
            yield {**fixed, free[-1]: ratio}

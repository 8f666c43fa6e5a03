"""From a field equation to the values of its parameters at which more densities are conserved.

rho is conserved where E_g(sum_f E_f(rho) F_f) = 0 for every field g: linear in rho, with polynomials in the parameters
for coefficients. Where the rank of that matrix is smaller, more is conserved.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

import numpy as np

from ..arithmetic.finite_field import PRIME, independent_columns
from ..arithmetic.parametric_rank import Row
from ..arithmetic.polynomials import Polynomial
from ..fields.evolution_system import EvolutionSystem, coefficient_matrix
from .assumptions import Assumptions
from .power_rows import PowerRows, has_powers, plain_rows
from .special_exponents import ExponentSearch
from .special_parameters import rank_at_random, special_parameters
from .special_values import SpecialValues, found_in


def independent_densities(system: EvolutionSystem, candidates: Sequence[Polynomial], seed: int = 0) -> list[Polynomial]:
    """The candidates that are no combinations of simpler ones up to an x-derivative, for general parameters."""
    generator = np.random.default_rng(seed)
    values = {name: Fraction(int(generator.integers(2, PRIME))) for name in system.jets.parameters}
    own = coefficient_matrix([system.euler(p) for p in candidates], system, values)
    return [candidates[i] for i in independent_columns(own)]


def density_rows(system: EvolutionSystem, candidates: Sequence[Polynomial]) -> list[Row]:
    """The matrix of the condition, over the ring of the parameters: a row for each monomial in the fields."""
    images = (system.euler(system.production(one)) for one in candidates)
    return plain_rows(images, system.jets, system.jets.parameters)


@dataclass(frozen=True)
class _WithPowers:
    """The condition over `candidates` where they and the equation hold powers with a parameter in the exponent."""

    system: EvolutionSystem
    candidates: Sequence[Polynomial]

    def rows(self, chosen: Sequence[Polynomial]) -> PowerRows:
        """What is 0 where a combination of those that are chosen is conserved."""
        return self._matrix(self.system.euler(self.system.production(candidate)) for candidate in chosen)

    def at(self, number: Fraction) -> tuple[int, list[Row]]:
        """How many are independent there, all powers put in, and the condition on all."""
        return rank_at_random(self._own.at(number), 0), self._all.at(number)

    @cached_property
    def _own(self) -> PowerRows:
        return self._matrix(map(self.system.euler, self.candidates))

    @cached_property
    def _all(self) -> PowerRows:
        return self.rows(self.candidates)

    def _matrix(self, images: Iterable[Sequence[Polynomial]]) -> PowerRows:
        return PowerRows.of(images, self.system.jets, self.system.jets.parameters)


def special_densities(
    system: EvolutionSystem,
    candidates: Sequence[Polynomial],
    depth: int,
    most: int,
    seed: int,
    assumed: Sequence[str] = (),
    told: Callable[[int, int], None] = lambda eliminations, branches: None,
) -> SpecialValues:
    """Every set of at most `depth` conditions on the parameters, none of them 0, that leaves more densities conserved.

    At most `most` terms are multiplied. Raises TooLarge where the first elimination needs more, and NotCovered where
    values of a parameter in an exponent cannot be put in.
    """
    kept = independent_densities(system, candidates, seed)
    known = Assumptions(tuple(system.jets.parameters), tuple(assumed))
    if has_powers(system.jets.auxiliaries):
        whole = _WithPowers(system, candidates)
        return ExponentSearch(whole.rows(kept), len(kept), whole.at, depth, most, seed, known, told).run()
    walk = special_parameters(density_rows(system, kept), [], depth, most, seed, known.excludes, told)
    return found_in(walk, len(kept), known)

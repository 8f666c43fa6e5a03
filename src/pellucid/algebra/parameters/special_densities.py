"""From a field equation to the values of its parameters at which more densities are conserved.

rho is conserved where E_g(sum_f E_f(rho) F_f) = 0 for every field g: linear in rho, with polynomials in the parameters
for coefficients. Where the rank of that matrix is smaller, more is conserved.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from flint import Ordering, fmpq_mpoly_ctx

from ..arithmetic.finite_field import independent_columns
from ..arithmetic.parametric_rank import Row
from ..arithmetic.polynomials import Polynomial
from ..auxiliaries.auxiliary import FUNCTIONS
from ..fields.evolution_system import EvolutionSystem, coefficient_matrix
from .assumptions import Assumptions
from .parametric_drift import NotCovered
from .special_parameters import special_parameters
from .special_values import SpecialValues, found_in


def independent_densities(system: EvolutionSystem, candidates: Sequence[Polynomial]) -> list[Polynomial]:
    """The candidates that are no combinations of simpler ones up to an x-derivative."""
    own = coefficient_matrix([system.euler(p) for p in candidates], system)
    return [candidates[i] for i in independent_columns(own)]


def density_rows(system: EvolutionSystem, candidates: Sequence[Polynomial]) -> list[Row]:
    """The matrix of the condition, over the ring of the parameters: a row for each monomial in the fields."""
    parameters = list(system.jets.parameters)
    ring = fmpq_mpoly_ctx.get(parameters, Ordering.degrevlex)
    moving = len(system.jets.ring.names()) - len(parameters)
    table: dict[Any, dict[int, dict[tuple[int, ...], Any]]] = {}
    for column, candidate in enumerate(candidates):
        for which, image in enumerate(system.euler(system.production(candidate))):
            for exponents, coefficient in image.to_dict().items():
                place = which, tuple(exponents[:moving])
                entry = table.setdefault(place, {}).setdefault(column, {})
                entry[tuple(int(e) for e in exponents[moving:])] = coefficient
    return [{column: ring.from_dict(terms) for column, terms in row.items()} for row in table.values()]


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

    At most `most` terms are multiplied. Raises TooLarge where the first elimination needs more, and NotCovered for
    parameters in exponents.
    """
    powers = [a.definition for a in system.jets.auxiliaries if a.function is FUNCTIONS["power"]]
    if powers:
        raise NotCovered(f"{powers[0]} holds a parameter in its exponent; give that one as a number")
    kept = independent_densities(system, candidates)
    known = Assumptions(tuple(system.jets.parameters), tuple(assumed))
    walk = special_parameters(density_rows(system, kept), [], depth, most, seed, known.excludes, told)
    return found_in(walk, len(kept), known)

"""Every conserved polynomial density of a field equation in one space dimension, up to a degree and order, exactly.

The integral of rho is conserved where rho_t is an x-derivative: where E_g(sum_f E_f(rho) F_f) = 0 for every field g,
with the Euler operators E (Olver, theorem 4.7). That is linear in the coefficients of rho; densities that are
themselves x-derivatives (E rho = 0) are left out first. OptPDE (arXiv 2405.04484 section II) counts the same
numerically.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import Any

import numpy as np
import sympy

from ...algebra.arithmetic.finite_field import PRIME, Residues, independent_columns, null_space
from ...algebra.arithmetic.parametric_vectors import Column, parametric_vectors
from ...algebra.arithmetic.polynomials import Polynomial, to_expression
from ...algebra.expressions.text import parse, to_text
from ...algebra.fields.density_candidates import candidates_of, functions_in
from ...algebra.fields.evolution_system import EvolutionSystem, coefficient_matrix, evolution_system
from ...algebra.fields.field_powers import with_integral, without_shared
from ...artifacts.laws.densities import Densities as DensitiesFound
from ...artifacts.laws.field_waves import FieldWaves
from ...core.claim import Claim, Measured
from ...core.context import Context
from ...core.measurement import Evidence, measured_by, measurement
from ...core.method import Found, Method
from ...subjects.equations.evolution import HIGHEST, Evolution, jet
from .field_waves import integrate_wave, wave_claims
from .null_vectors import simplest_first, sparsify
from .settings import NULL_VECTORS
from .stages import Arrays, Stages
from .waves import integral_drift


@dataclass(frozen=True)
class Densities(Method[Evolution, DensitiesFound]):
    """All polynomial conserved densities of a field equation, with their fluxes.

    >>> finding = Densities(order=1, degree=3).explain(Evolution.parse("u_t = 6*u*u_x - u_xxx"))
    >>> finding.artifact.densities
    ('u', 'u**2', '2*u**3 + u_x**2')
    """

    order: int = 2
    degree: int = 4
    waves: bool = True
    """Whether a wave is integrated numerically, on which the integrals can be watched."""
    functions: tuple[str, ...] = ()
    """What else densities may be polynomials in, such as "1/u", beside what the equations lead to."""

    def _find(self, subject: Evolution, context: Context) -> Found[DensitiesFound]:
        """The densities of `subject`; raises ValueError for equations that have no polynomial form."""
        generator, reporter = np.random.default_rng(context.seed), context.reporter
        system, more = with_functions(subject, self.order, self.functions)
        reporter.start("densities", 3)
        polynomials, degrees = candidates_of(system, self.order, self.degree, more)
        reporter.advance(1, f"{len(polynomials)} monomials")
        stages = Stages.at(context.checkpoint, subject.fingerprint(), self.settings(), context.seed)
        found, dimension = conserved(system, polynomials, degrees, generator, stages)
        pairs = [_with_flux(system, density) for density in found]
        reporter.advance(1, f"{dimension} conserved densities")
        artifact = DensitiesFound(
            subject.fields,
            subject.rhs,
            subject.parameters,
            tuple(_text(density, system) for density, _ in pairs),
            tuple(_text(flux, system) for _, flux in pairs),
            self.order,
            self.degree,
            dimension,
            subject.title,
            tuple(dict.fromkeys([*functions_in(system), *self.functions])),
        )
        reporter.finish()
        claims = measured_by("discover.random_fields", drifts(artifact, context))
        waves = _wave(artifact, context) if self.waves else None
        if waves is None:
            return Found(artifact, claims)
        moved = measured_by("discover.computed_wave", wave_claims(artifact, waves))
        return Found(artifact, (*claims, *moved), {"waves": waves})


def _with_flux(system: EvolutionSystem, density: Polynomial) -> tuple[Polynomial, Polynomial | None]:
    """The density, times what its flux would be divided by, with this."""

    def flux(given: tuple[Polynomial, ...]) -> tuple[Polynomial, ...] | None:
        found = system.flux(*given)
        return None if found is None else (found,)

    (density,), found = with_integral((density,), flux, system.jets)
    if found is None:
        return density, None
    pair = (density, *found)
    return without_shared(pair, system.jets) if system.jets.auxiliaries else pair


def _text(polynomial: Polynomial | None, system: EvolutionSystem) -> str:
    """In what a person wrote, auxiliaries replaced by what they stand for; nothing for nothing."""
    if polynomial is None:
        return ""
    return to_text(to_expression(polynomial, {a.symbol.name: a.definition for a in system.jets.auxiliaries}))


def system_of(evolution: Evolution, order: int) -> EvolutionSystem:
    """The equation over its ring, with room for densities up to `order`."""
    return evolution_system(evolution.fields, evolution.expressions(), evolution.parameters, order, jet)[0]


def with_functions(
    evolution: Evolution, order: int, functions: Sequence[str]
) -> tuple[EvolutionSystem, list[Polynomial]]:
    """The same with room for functions of the fields in densities, and these as polynomials. Raises ValueError."""
    names = [*(jet(field, k) for field in evolution.fields for k in range(HIGHEST + 1)), *evolution.parameters]
    written = [parse(text, names) for text in functions]
    return evolution_system(evolution.fields, evolution.expressions(), evolution.parameters, order, jet, written)


def conserved(
    system: EvolutionSystem,
    candidates: list[Polynomial],
    degrees: Any,
    generator: np.random.Generator,
    stages: Stages,
) -> tuple[list[Polynomial], int]:
    """A readable basis of the conserved combinations of `candidates` modulo x-derivatives, exact; and its dimension.

    Combinations whose coefficients are no small polynomials in the parameters count, but are not in the basis.
    """
    values = {name: Fraction(int(generator.integers(2, PRIME))) for name in system.jets.parameters}

    def independent() -> Arrays:
        return {"columns": independent_columns(coefficient_matrix(list(map(system.euler, candidates)), system, values))}

    kept = stages.arrays("columns", independent)["columns"]
    chosen = [candidates[k] for k in kept]
    image = cache(lambda i: system.euler(system.production(chosen[i])))

    def solved() -> Arrays:
        return {"space": null_space(coefficient_matrix([image(i) for i in range(len(chosen))], system, values))}

    space = stages.arrays("null_space", solved)["space"]
    short = sparsify(space, degrees[kept], PRIME)
    order = simplest_first(short, degrees[kept])

    def exact(k: int) -> str | None:
        density = _exact(np.flatnonzero(short[order[k]]), chosen, image, system)
        return None if density is None else to_text(to_expression(density))

    texts = [text for text in stages.steps("exact", len(order), exact) if text is not None]
    names = [str(name) for name in system.jets.ring.names()]
    return [system.jets.polynomial(sympy.expand(parse(text, names))) for text in texts], len(space)


def _exact(
    support: Any,
    candidates: list[Polynomial],
    image: Callable[[int], tuple[Polynomial, ...]],
    system: EvolutionSystem,
) -> Polynomial | None:
    """The conserved combination on `support`, coefficients polynomials in the parameters; checked as an identity."""
    jets = system.jets
    parameters = [jets.generators[name] for name in jets.parameters]

    def matrix(columns: list[Column]) -> Residues:
        return coefficient_matrix([tuple(part * factor for part in image(i)) for i, factor in columns], system)

    limits = NULL_VECTORS.density_parameter_degree, NULL_VECTORS.most_density_columns
    for terms in parametric_vectors(support, parameters, jets.ring.constant(1), matrix, *limits):
        density = sum((number * factor * candidates[i] for number, i, factor in terms), jets.ring.constant(0))
        if system.is_conserved(density):
            return density
    return None


def _wave(found: DensitiesFound, context: Context) -> FieldWaves | None:
    equation = Evolution(found.fields, found.rhs, found.parameters)
    return integrate_wave(equation, np.random.default_rng(context.stream("waves")))


@measurement("discover.computed_wave")
def _wave_again(evidence: Evidence) -> tuple[Claim, ...]:
    found = evidence.the(DensitiesFound)
    waves = _wave(found, evidence.context)
    return () if waves is None else wave_claims(found, waves)


@measurement("discover.random_fields")
def _fields_again(evidence: Evidence) -> tuple[Claim, ...]:
    return drifts(evidence.the(DensitiesFound), evidence.context)


def drifts(found: DensitiesFound, context: Context) -> tuple[Claim, ...]:
    """How much each integral changes for random periodic fields, beside how much it would if it were not conserved."""
    generator = np.random.default_rng(context.stream("fields"))
    names = [jet(f, k) for f in found.fields for k in range(4 * HIGHEST)]
    written = [parse(text, (*names, *found.parameters)) for text in found.densities]
    rates = Evolution(found.fields, found.rhs, found.parameters).expressions()
    system, densities = evolution_system(found.fields, rates, found.parameters, found.order, jet, written)
    claims: list[Claim] = [Measured("conserved densities, independent modulo x-derivatives", found.dimension, "")]
    for text, density in zip(found.densities, densities, strict=True):
        drift, baseline = integral_drift(system, density, generator)
        claims.append(Measured(f"integral of {text} changes at most", drift, "of its turnover", baseline, key="drift"))
    return tuple(claims)

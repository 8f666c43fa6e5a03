"""Certificates that densities of a field equation are conserved: rho_t + J_x = 0, and that there are no others.

Where a flux J is given, rho_t + D J = 0 is an identity of polynomials; where none is, E(rho_t) = 0 says that there is
one (Olver, theorem 4.7). Completeness: the matrix of the Euler operators of all monomials has some rank modulo a
prime, and over the rationals at least that. Both are checked by computing them again from the equations.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np
import sympy

from ...algebra.arithmetic.finite_field import PRIME, rank
from ...algebra.expressions.text import parse
from ...algebra.fields.density_candidates import candidates_of, functions_in
from ...algebra.fields.evolution_system import EvolutionSystem, coefficient_matrix, evolution_system
from ...artifacts.laws.densities import Densities
from ...subjects.equations.evolution import HIGHEST, Evolution, jet
from ..proof import CertificateError, Proof, Verdict
from .exact_certificate import SolutionsCertificate
from .law_proofs import prove_laws


@prove_laws.register(Densities)
def prove_densities(found: Densities, seed: int = 0, prefix: str = "") -> list[Proof]:
    """What can be proved of `found`: that each density is conserved, and how many there are.

    >>> transport = Densities(("u",), ("u_x",), (), ("u",), ("-u",), order=0, degree=1, dimension=1)
    >>> [proof.claim.strength for proof in prove_densities(transport)]
    ['Proved', 'Proved']
    """
    return DensitiesCertificate().prove_all(found, seed, prefix)


def check_densities(text: str, found: Densities) -> Verdict:
    """Whether the certificate `text` proves what it says about `found`."""
    return DensitiesCertificate().check(text, found)


class DensitiesCertificate(SolutionsCertificate[Densities]):
    """Nothing in it is free but the part and the seed of the points."""

    kind = "densities"
    about = Densities

    @classmethod
    def listed(cls, found: Densities) -> Sequence[Any]:
        return found.densities

    def statement(self, found: Densities, part: str) -> str:
        return {"identity": _identity, "completeness": _completeness}[part](found)

    def recompute(self, found: Densities, part: str, seed: int) -> str:
        equation = Evolution(found.fields, found.rhs, found.parameters)
        names = [jet(f, k) for f in found.fields for k in range(4 * HIGHEST)]

        def read(text: str) -> sympy.Expr:
            return parse(text, (*names, *found.parameters))

        system, polynomials = evolution_system(
            found.fields,
            equation.expressions(),
            found.parameters,
            found.order,
            jet,
            [read(text) for text in (*found.functions, *found.densities, *filter(None, found.fluxes))],
        )
        functions, polynomials = polynomials[: len(found.functions)], polynomials[len(found.functions) :]
        densities, currents = polynomials[: len(found.densities)], iter(polynomials[len(found.densities) :])
        if part == "completeness":
            return _complete(system, densities, functions, found, np.random.default_rng(seed))
        for text, density, flux in zip(found.densities, densities, found.fluxes, strict=True):
            _conserved(system, text, density, flux, next(currents) if flux else None)
        return f"{len(densities)} identities"


def _identity(found: Densities) -> str:
    law = "rho_t + J_x = 0" if all(found.fluxes) else "rho_t is an x-derivative"
    return f"{', '.join(found.densities)}: conserved, {law}"


def _completeness(found: Densities) -> str:
    exactly = "exactly" if found.dimension == len(found.densities) else "at most"
    noun = "density" if found.dimension == 1 else "densities"
    within = f"of degree <= {found.degree} and order <= {found.order}{found.among_functions}, modulo x-derivatives"
    return f"{exactly} {found.dimension} conserved {noun} {within}"


def _conserved(system: EvolutionSystem, text: str, density: Any, flux: str, current: Any) -> None:
    """Raises CertificateError where the density is not conserved, with its flux where one is given."""
    if current is None:
        if not system.is_conserved(density):
            raise CertificateError(f"{text} is not conserved")
        return
    divergence = system.time_derivative(density) + system.jets.total_derivative(current)
    if system.jets.reduced(divergence) != 0:
        raise CertificateError(f"({text})_t + ({flux})_x is not 0")


def _complete(
    system: EvolutionSystem,
    densities: list[Any],
    functions: list[Any],
    found: Densities,
    generator: np.random.Generator,
) -> str:
    known = functions_in(system)
    if found.functions and not set(known) <= set(found.functions):
        raise CertificateError(f"densities were looked for in {', '.join(known)}")
    values = {name: Fraction(int(generator.integers(2, PRIME))) for name in found.parameters}
    candidates, _ = candidates_of(system, found.order, found.degree, functions)
    count = len(candidates)
    trivial = count - rank(coefficient_matrix([system.euler(p) for p in candidates], system, values))
    images = [system.euler(system.production(p)) for p in candidates]
    left = count - rank(coefficient_matrix(images, system, values)) - trivial
    if left > found.dimension:
        raise CertificateError(f"there may be {left} conserved densities, not {found.dimension}")
    if found.dimension == len(densities):
        _listed(system, densities, candidates, values)
    return f"{left} of {count} monomials' combinations modulo {PRIME}, {trivial} x-derivatives left out"


def _listed(system: EvolutionSystem, densities: list[Any], candidates: list[Any], values: dict[str, Fraction]) -> None:
    """That those that are listed are as many dimensions of what was counted: "exactly" rests on it."""
    if not densities:
        return
    if not all(system.is_conserved(density) for density in densities):
        raise CertificateError("a density that is listed is not conserved")
    if rank(coefficient_matrix([system.euler(p) for p in densities], system, values)) < len(densities):
        raise CertificateError("the densities are not independent modulo x-derivatives")
    counted = [system.euler(p) for p in candidates]
    together = [*counted, *(system.euler(p) for p in densities)]
    if rank(coefficient_matrix(together, system, values)) > rank(coefficient_matrix(counted, system, values)):
        raise CertificateError("a density is not among the polynomials that were counted")

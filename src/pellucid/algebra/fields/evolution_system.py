"""A field equation over its ring of differential polynomials: time derivatives, and whether one is an x-derivative."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import sympy

from ..arithmetic.finite_field import Residues, residue
from ..arithmetic.polynomials import Polynomial
from ..auxiliaries.rewriter import Rewriter
from .field_powers import in_polynomials, refuse_related
from .jets import Jets


@dataclass(frozen=True)
class EvolutionSystem:
    """f_t = flow[f] for every field f of `jets`."""

    jets: Jets
    flow: tuple[Polynomial, ...]

    def time_derivative(self, density: Polynomial) -> Polynomial:
        """sum_f sum_k (d density / d f_k) D^k flow_f."""
        total = self.jets.ring.constant(0)
        for row, speed in zip(self.jets.names, self.flow, strict=True):
            moved = speed
            order = self.jets.order(density)
            for k, name in enumerate(row[: order + 1]):
                slope = self.jets.partial(density, name)
                if slope != 0:
                    total = total + slope * moved
                if k < order:
                    moved = self.jets.total_derivative(moved)
        return self.jets.reduced(total)

    def production(self, density: Polynomial) -> Polynomial:
        """sum_f E_f(density) flow_f: the time derivative up to an x-derivative."""
        pairs = enumerate(self.flow)
        return self.jets.reduced(
            sum((self.jets.euler(density, f) * speed for f, speed in pairs), self.jets.ring.constant(0))
        )

    def euler(self, density: Polynomial) -> tuple[Polynomial, ...]:
        """All Euler operators: 0 where and only where the density is a total derivative."""
        return tuple(self.jets.euler(density, f) for f in range(len(self.flow)))

    def is_conserved(self, density: Polynomial) -> bool:
        """Whether d/dt of the integral of the density is 0: an identity of polynomials."""
        return all(part == 0 for part in self.euler(self.production(density)))

    def flux(self, density: Polynomial) -> Polynomial | None:
        """J with density_t + D J = 0, None where it is not found in closed form."""
        flux = self.jets.primitive(-self.time_derivative(density))
        if flux is None or self.jets.reduced(self.time_derivative(density) + self.jets.total_derivative(flux)) != 0:
            return None
        return flux


def evolution_system(
    fields: Sequence[str],
    equations: Sequence[sympy.Expr],
    parameters: Sequence[str],
    order: int,
    name: Callable[[str, int], str],
    functions: Sequence[sympy.Expr] = (),
) -> tuple[EvolutionSystem, list[Polynomial]]:
    """The system with room for densities up to `order`, and `functions` in its ring.

    Raises ValueError for equations without polynomial form.
    """
    places = {name(f, k): k for f in fields for k in range(40)}  # more derivatives than any equation has room for
    rewritten, extra, rewriter = in_polynomials(equations, functions, {*places, *parameters}, parameters)
    highest = _highest(rewritten, places)
    if len(fields) == 1 and highest > 1:
        _with_separant(rewritten[0], name(fields[0], 0), name(fields[0], highest), rewriter)
    refuse_related(rewriter.found)
    room = 2 * (2 * order + highest) + 2
    rows = tuple(tuple(name(f, k) for k in range(room + 1)) for f in fields)
    ring = Jets(rows, tuple(parameters), tuple(rewriter.found))
    system = EvolutionSystem(ring, tuple(ring.polynomial(e) for e in rewritten))
    return system, [ring.reduced(ring.polynomial(e)) for e in extra]


def _highest(expressions: Sequence[Any], places: Mapping[str, int]) -> int:
    """The highest derivative in them, by how high each name is; 0 where there is none."""
    used = {str(symbol) for e in expressions for symbol in e.free_symbols}
    return max((places[name] for name in used if name in places), default=0)


def _with_separant(rate: Any, field: str, top: str, rewriter: Rewriter) -> None:
    """Makes 1/u known where the highest derivative stands beside a power of u: densities of such equations hold it.

    dF/du_n to the power -1/n is the first of the densities that integrable equations have (Mikhailov, Sokolov, Shabat,
    in What is Integrability, 1991): 1/u for u_t = u^3 u_xxx.
    """
    u, highest = sympy.Symbol(field, real=True), sympy.Symbol(top, real=True)
    separant = sympy.diff(rate, highest)
    power = sympy.cancel(u * sympy.diff(separant, u) / separant) if separant != 0 else sympy.Integer(0)
    if field != top and power.is_Integer and power > 0:
        rewriter.rewrite(1 / u)


def coefficient_matrix(
    images: Sequence[Sequence[Polynomial]], system: EvolutionSystem, values: Mapping[str, Fraction] | None = None
) -> Residues:
    """One column for each tuple of polynomials: all its coefficients modulo a prime, a row for each monomial.

    With `values` the parameters are numbers; without, monomials of parameters have rows of their own.

    Shape (monomials, images).
    """
    numbers = {name: residue(values[name]) for name in system.jets.parameters} if values is not None else {}
    return system.jets.columns(images, numbers)

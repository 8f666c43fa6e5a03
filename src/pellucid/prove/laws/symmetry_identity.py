"""Certificates that vector fields are symmetries of an equation, and that there are no others up to a degree.

(1) The determining equations of each generator are 0 as polynomials: its prolongation maps solutions to solutions.
(2) The determining equations of all monomials up to the degree have some rank modulo a prime, and over the rationals
    at least that, so that the symmetries form a space of at most the remaining dimension; where so many were found,
    and they are linearly independent, they are all there are.

Each is checked by doing it again from the equations; the certificate adds the prime and the seed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import sympy

from ...algebra.arithmetic.finite_field import PRIME, rank
from ...algebra.arithmetic.polynomials import coefficients
from ...algebra.expressions.text import parse, symbols_of
from ...algebra.fields.evolution_system import evolution_system
from ...algebra.fields.leading_derivatives import field_conditions
from ...algebra.fields.point_symmetries import Conditions, Generator, Ordinary, Partial
from ...algebra.systems.linearisation import is_linearisable
from ...algebra.systems.polynomial_system import polynomial_system
from ...artifacts.laws.symmetries import Symmetries
from ...subjects.equations.dynamics import Dynamics
from ...subjects.equations.evolution import Evolution, jet
from ...subjects.equations.field_equations import FieldEquations, naming_by
from ..proof import CertificateError, Proof, Verdict
from .exact_certificate import SolutionsCertificate
from .law_proofs import prove_laws


@prove_laws.register(Symmetries)
def prove_symmetries(found: Symmetries, seed: int = 0, prefix: str = "") -> list[Proof]:
    """What can be proved of `found`: that each generator is a symmetry, and how many there are.

    `prefix` begins the names of the certificates, where they stand beside others.
    """
    return SymmetriesCertificate().prove_all(found, seed, prefix)


def check_symmetries(text: str, found: Symmetries) -> Verdict:
    """Whether the certificate `text` proves what it says about `found`."""
    return SymmetriesCertificate().check(text, found)


class SymmetriesCertificate(SolutionsCertificate[Symmetries]):
    """Nothing in it is free but the part and the seed of the values."""

    kind = "symmetries"
    about = Symmetries

    @classmethod
    def listed(cls, found: Symmetries) -> Sequence[Any]:
        return found.generators

    @classmethod
    def parts_of(cls, found: Symmetries) -> tuple[str, ...]:
        parts = super().parts_of(found)
        return (*parts, "linearisable") if found.linearisable else parts

    def statement(self, found: Symmetries, part: str) -> str:
        return {"identity": _identity, "completeness": _completeness, "linearisable": _linearisable}[part](found)

    def recompute(self, found: Symmetries, part: str, seed: int) -> str:
        conditions = conditions_from(found)
        if part == "linearisable":
            return _straight(found, conditions)
        if found.coordinates != conditions.coordinates:
            wanted, given = ", ".join(conditions.coordinates), ", ".join(found.coordinates)
            raise CertificateError(f"generators act on {wanted}, not on {given}")
        generators = [tuple(map(conditions.polynomial, g)) for g in found.sympy()]
        if part == "completeness":
            return _complete(conditions, generators, found, np.random.default_rng(seed))
        for text, generator in zip(found.fields(), generators, strict=True):
            if isinstance(conditions, Ordinary) and not conditions.pairs:
                _in_time_alone(generator, conditions)
            if not conditions.vanishes(conditions.image(generator)):
                raise CertificateError(f"{text} does not map solutions to solutions")
        return f"{len(generators)} identities"


def _identity(found: Symmetries) -> str:
    return f"{'; '.join(found.fields())}: symmetries, solutions are mapped to solutions"


def _completeness(found: Symmetries) -> str:
    exactly = "exactly" if found.dimension == len(found.generators) else "at most"
    dimensions = f"{found.dimension} dimension{'s' if found.dimension != 1 else ''}"
    trivial = ""
    if found.equation == "dynamics" and not found.second_order:
        modulo = "modulo p(t) (d_t + f d_x), which moves points along their solutions"
        trivial = f", with d_t's coefficient in t alone, {modulo}"
    polynomial = f"polynomial of degree <= {found.degree} in {', '.join(found.coordinates)}"
    return f"point symmetries {polynomial} have {exactly} {dimensions}{trivial}"


def _linearisable(found: Symmetries) -> str:
    change = "a change of time and place makes it x'' = 0 (Lie's conditions hold)"
    return f"{found.coordinates[1]} obeys a second-order equation that has 8 point symmetries: {change}"


def _straight(found: Symmetries, conditions: Conditions) -> str:
    if not isinstance(conditions, Ordinary) or len(conditions.pairs) != 1:
        raise CertificateError("it is not one equation of second order")
    time, place = found.coordinates
    symbols = symbols_of((time, *found.variables, *found.parameters))
    rates = {name: parse(text, symbols) for name, text in zip(found.variables, found.rhs, strict=True)}
    (speed,) = [name for name in found.variables if name != place]
    factor = sympy.cancel(rates[place] / symbols[speed])
    acceleration = factor * rates[speed].xreplace({symbols[speed]: symbols[speed] / factor})
    parameters = [symbols[name] for name in found.parameters]
    if not is_linearisable(acceleration, symbols[time], symbols[place], symbols[speed], parameters):
        raise CertificateError("Lie's conditions do not hold")
    return "2 conditions are identities"


def _complete(
    conditions: Conditions, generators: list[Generator], found: Symmetries, random: np.random.Generator
) -> str:
    ansatz = conditions.ansatz(found.degree)
    values = {name: int(random.integers(2, PRIME)) for name in conditions.parameters}
    left = len(ansatz) - rank(conditions.matrix([conditions.image(a) for a in ansatz], random, values))
    if left > found.dimension:
        raise CertificateError(f"there may be {left} symmetries, not {found.dimension}")
    if not generators:
        return f"rank {len(ansatz) - left} of {len(ansatz)} coefficients modulo {PRIME}"
    together = rank(coefficients([*ansatz, *generators], values))
    if together > len(ansatz):
        raise CertificateError(f"a generator is not among the counted polynomials of degree <= {found.degree}")
    if rank(coefficients(generators, values)) < len(generators):
        raise CertificateError("the generators are not linearly independent")
    if not all(conditions.vanishes(conditions.image(generator)) for generator in generators):
        raise CertificateError("a generator does not map solutions to solutions")
    return f"rank {len(ansatz) - left} of {len(ansatz)} coefficients modulo {PRIME}"


def _in_time_alone(generator: Generator, conditions: Ordinary) -> None:
    names = [str(name) for name in conditions.ring.names()]
    for powers in generator[0].to_dict():
        if any(e and name in conditions.coordinates[1:] for name, e in zip(names, powers, strict=True)):
            raise CertificateError("the coefficient of d_t holds other than time")


def subject_from(found: Symmetries) -> Dynamics | Evolution | FieldEquations:
    """The equations, from what the artifact says alone; the time of rates that hold it is a variable."""
    if found.equation == "evolution":
        return Evolution(found.variables, found.rhs, found.parameters)
    if found.equation == "field":
        return FieldEquations(found.variables, found.rhs, found.parameters)
    time = found.coordinates[0]
    return Dynamics((time, *found.variables), ("1", *found.rhs), found.parameters)


def conditions_from(found: Symmetries) -> Conditions:
    """The determining equations, from what the artifact says alone."""
    if found.equation == "evolution":
        equation = Evolution(found.variables, found.rhs, found.parameters)
        return Partial(
            evolution_system(found.variables, equation.expressions(), ("t", "x", *found.parameters), 0, jet)[0]
        )
    if found.equation == "field":
        subject = FieldEquations(found.variables, found.rhs, found.parameters)
        signs = subject.occurring
        return field_conditions(subject.fields, signs, subject.expressions(), subject.parameters, naming_by(signs))
    return _ordinary(found)


def _ordinary(found: Symmetries) -> Ordinary:
    """Of ordinary differential equations, where they are of second order as such."""
    names = (found.coordinates[0], *found.variables)
    symbols = symbols_of((*names, *found.parameters))
    system, _ = polynomial_system(
        [symbols[name] for name in names],
        [sympy.Integer(1), *(parse(text, (*names, *found.parameters)) for text in found.rhs)],
        [symbols[name] for name in found.parameters],
    )
    if not found.second_order:
        return Ordinary(system)
    rates = [(q, *_velocity(found, q)) for q in found.coordinates[1:]]
    if sorted(name for q, v, _ in rates for name in (q, v)) != sorted(found.variables):
        raise CertificateError("the equations are not second-order equations for the coordinates")
    pairs = []
    for q, v, rate in rates:
        above, below = sympy.fraction(sympy.together(rate))
        pairs.append((names.index(q), names.index(v), system.polynomial(above), system.polynomial(below)))
    return Ordinary(system, tuple(pairs))


def _velocity(found: Symmetries, place: str) -> tuple[str, sympy.Expr]:
    """The variable v and the constant c in place' = c v. Raises CertificateError where that is not its equation."""
    names = (found.coordinates[0], *found.variables)
    symbols = symbols_of((*names, *found.parameters))
    moving = {symbols[name] for name in names}
    expression = parse(found.rhs[found.variables.index(place)], symbols)
    (velocity,) = expression.free_symbols & moving
    rate = sympy.cancel(expression / velocity)
    if rate.free_symbols & moving:
        raise CertificateError(f"{place}' is not a constant times a velocity")
    return str(velocity), rate

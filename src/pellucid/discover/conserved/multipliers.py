"""Every conservation law of field equations that has a polynomial multiplier, up to a degree and order, exactly.

    sum_a Q_a Delta_a = D_t T + D_x X + ...    exactly where    E_f(sum_a Q_a Delta_a) = 0 for every field f

That is linear in the coefficients of Q: a null space modulo a prime, made exact, and checked as an identity for all
fields. The equations may be of any form (u_xxt, u_tt, several dimensions), and the multipliers may hold t and x
themselves, as no method that looks for densities rho(u, u_x, ...) alone can (OptPDE, arXiv 2405.04484 section II).
Multipliers: Anco and Bluman, Eur. J. Appl. Math. 13, 545 (2002).
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import sympy

from ...algebra.arithmetic.finite_field import PRIME, Residues, null_space
from ...algebra.arithmetic.parametric_vectors import Column, Term, parametric_vectors
from ...algebra.arithmetic.polynomials import Polynomial, to_expression
from ...algebra.expressions.text import to_text
from ...algebra.fields.field_powers import with_integral
from ...algebra.fields.multipliers import Multiplier, MultiplierSystem, multiplier_system
from ...artifacts.formulas.formula_source import numpy_function
from ...artifacts.laws.conservation_laws import ConservationLaws
from ...core.claim import Claim, Measured
from ...core.context import Context
from ...core.measurement import Evidence, measured_by, measurement
from ...core.method import Found, Method
from ...subjects.equations.field_equations import FieldEquations, derivative_of, naming_by
from .null_vectors import simplest_first, sparsify
from .settings import NULL_VECTORS
from .stages import Arrays, Stages


@dataclass(frozen=True)
class Multipliers(Method[FieldEquations, ConservationLaws]):
    """All conservation laws whose multipliers are polynomials in fields and derivatives, with densities and fluxes.

    >>> waves = FieldEquations.parse("u_t + u_x + u u_x = u_xxt")
    >>> Multipliers().explain(waves).artifact.dimension
    3
    """

    order: int = 2
    degree: int = 2
    explicit: bool = False
    """Whether multipliers may hold t and x themselves."""

    def _find(self, subject: FieldEquations, context: Context) -> Found[ConservationLaws]:
        """The laws of `subject`; raises ValueError for equations that have no polynomial or no leading form."""
        generator, reporter = np.random.default_rng(context.seed), context.reporter
        reporter.start("multipliers", 3)
        system = system_of(subject, self.order, self.explicit)
        ansatz = system.ansatz(self.degree)
        if len(ansatz) > NULL_VECTORS.most_density_columns:
            told = f"order={self.order}, degree={self.degree} give {len(ansatz):,} monomials"
            raise ValueError(f"{told}, the most are {NULL_VECTORS.most_density_columns:,}; lower one of them")
        reporter.advance(1, f"{len(ansatz)} monomials")
        stages = Stages.at(context.checkpoint, subject.fingerprint(), self.settings(), context.seed)
        image = cache(lambda i: system.image(ansatz[i]))
        values = {name: int(generator.integers(2, PRIME)) for name in system.jets.parameters}

        def solved() -> Arrays:
            return {"space": null_space(system.matrix([image(i) for i in range(len(ansatz))], values))}

        space = stages.arrays("null_space", solved)["space"]
        reporter.advance(1, f"{len(space)} multipliers")
        found = _exact(system, ansatz, image, space)
        found = [with_integral(multiplier, system.currents, system.jets) for multiplier in found]
        artifact = ConservationLaws(
            subject.fields,
            system.jets.independent,
            subject.equations,
            subject.parameters,
            tuple(_texts(multiplier, system) for multiplier, _ in found),
            tuple(_texts(currents or (), system) for _, currents in found),
            self.order,
            self.degree,
            self.explicit,
            system.leading,
            len(space),
            subject.title,
            tuple(to_text(a.definition) for a in system.jets.auxiliaries if a.symbol.name in system.symbols),
        )
        reporter.finish()
        return Found(artifact, measured_by("discover.plane_waves", _claims(artifact, subject, context)))


def system_of(subject: FieldEquations, order: int, explicit: bool) -> MultiplierSystem:
    """The equations over their ring, with room for multipliers up to `order`. Raises ValueError."""
    signs = subject.independent
    return multiplier_system(
        subject.fields, signs, subject.expressions(), subject.parameters, order, explicit, naming_by(signs)
    )[0]


def _exact(
    system: MultiplierSystem, ansatz: list[Multiplier], image: Callable[[int], tuple[Polynomial, ...]], space: Residues
) -> list[Multiplier]:
    """A readable basis of the multipliers, exact; those whose coefficients are not small are left out."""
    degrees = np.array([_total_degree(multiplier) for multiplier in ansatz])
    short = sparsify(space, degrees, PRIME)
    parameters = [system.jets.generators[name] for name in system.jets.parameters]
    limits = NULL_VECTORS.density_parameter_degree, NULL_VECTORS.most_density_columns

    def matrix(columns: list[Column]) -> Residues:
        return system.matrix([tuple(part * factor for part in image(i)) for i, factor in columns])

    one, found = system.jets.ring.constant(1), []
    for i in simplest_first(short, degrees):
        vectors = parametric_vectors(np.flatnonzero(short[i]).tolist(), parameters, one, matrix, *limits)
        totals = (_combined(terms, ansatz, one * 0) for terms in vectors)
        laws = (total for total in totals if any(total) and not any(system.image(total)))
        found += itertools.islice(laws, 1)
    return found


def _total_degree(multiplier: Multiplier) -> int:
    return max(int(polynomial.total_degree()) for polynomial in multiplier)


def _combined(terms: list[Term], ansatz: list[Multiplier], zero: Polynomial) -> Multiplier:
    """The combination of multipliers, equation by equation."""
    parts = [[number * factor * q for q in ansatz[k]] for number, k, factor in terms]
    return tuple(sum(column, zero) for column in zip(*parts, strict=True))


def _texts(polynomials: Iterable[Polynomial], system: MultiplierSystem) -> tuple[str, ...]:
    """In what a person wrote, auxiliaries replaced by what they stand for."""
    meanings = {a.symbol.name: a.definition for a in system.jets.auxiliaries}
    return tuple(to_text(to_expression(polynomial, meanings)) for polynomial in polynomials)


@measurement("discover.plane_waves")
def _waves_again(evidence: Evidence) -> tuple[Claim, ...]:
    found = evidence.the(ConservationLaws)
    subject = FieldEquations(found.fields, found.equations, found.parameters)
    return _claims(found, subject, evidence.context)


def _claims(found: ConservationLaws, subject: FieldEquations, context: Context) -> tuple[Claim, ...]:
    """How far each identity is off for random waves, whose currents are differentiated numerically."""
    claims: list[Claim] = [Measured("conservation laws with different multipliers", found.dimension, "")]
    waves = _Waves.random(subject, np.random.default_rng(context.stream("fields")))
    for law, multiplier in zip(found.sympy(), found.multipliers, strict=True):
        if law:
            product = sympy.Add(*(subject.read(q) * e for q, e in zip(multiplier, subject.expressions(), strict=True)))
            error, baseline = waves.defect(product, law), waves.defect(product, (law[0] * 2, *law[1:]))
            told = f"{to_text(law[0])}: waves miss the law by"
            claims.append(Measured(told, error, "of its terms", baseline, key="drift"))
    return tuple(claims)


@dataclass(frozen=True)
class _Waves:
    """Sums of plane waves, whose derivatives are known, at random points."""

    subject: FieldEquations
    waves: dict[str, Any]
    """For every field: amplitudes (waves,), wave vectors (waves, independent), phases (waves,)."""
    points: Any
    parameters: dict[str, float]

    @classmethod
    def random(cls, subject: FieldEquations, generator: np.random.Generator, count: int = 20, waves: int = 3) -> _Waves:
        size = len(subject.independent)
        drawn = {
            f: (
                generator.normal(size=waves) / 2,
                generator.uniform(-1, 1, (waves, size)),
                generator.uniform(0, 6, waves),
            )
            for f in subject.fields
        }
        values = {name: float(generator.uniform(0.5, 1.5)) for name in subject.parameters}
        return cls(subject, drawn, generator.uniform(-1, 1, (count, size)), values)

    def defect(self, product: sympy.Expr, law: Any, step: float = 1e-3) -> float:
        """|product - divergence|, of the sum of their sizes; central differences of order 4."""
        exact, sizes = self._values(product, self.points), 0.0
        total = np.zeros(len(self.points))
        for direction, current in enumerate(law):
            move = np.zeros(self.points.shape[1])
            move[direction] = step
            near = [self._values(current, self.points + k * move) for k in (-2, -1, 1, 2)]
            slope = (near[0] - 8 * near[1] + 8 * near[2] - near[3]) / (12 * step)
            total, sizes = total + slope, sizes + np.abs(slope)
        return float(np.max(np.abs(exact - total) / (sizes + np.abs(exact) + 1e-9)))

    def _values(self, expression: sympy.Expr, points: Any) -> Any:
        names = sorted(map(str, expression.free_symbols))
        values = [self._of(name, points) for name in names]
        return np.broadcast_to(numpy_function(expression, names)(*values), len(points)).astype(float)

    def _of(self, name: str, points: Any) -> Any:
        independent = self.subject.independent
        if name in self.parameters:
            return np.full(len(points), self.parameters[name])
        if name in independent:
            return points[:, independent.index(name)]
        field, powers = derivative_of(independent, name)
        amplitudes, vectors, phases = self.waves[field]
        factors = amplitudes * np.prod(vectors ** np.array(powers), axis=1)
        moved = np.cos(points @ vectors.T + phases + sum(powers) * np.pi / 2) @ factors
        above = 0.5 + float(np.abs(amplitudes).sum())  # so that fields are positive, and have roots and logarithms
        return moved + (above if not sum(powers) else 0.0)

"""Every Lie point symmetry with polynomial components, of ordinary equations and field equations, exactly.

X = tau d_t + xi d_x + phi d_u maps solutions to solutions where its prolongation annihilates the equation on solutions:
linear equations for the coefficients of an ansatz, as symbolic programs set them up (Champagne, Hereman, Winternitz,
Comput. Phys. Commun. 66, 319, 1991), solved modulo a prime and proved as identities. Asymmetry as the violation of
linear equations for the generator is also what arXiv 2109.09721 section II starts from, numerically.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import numpy as np
import sympy

from ...algebra.arithmetic.polynomials import to_expression
from ...algebra.expressions.text import parse, to_text
from ...algebra.fields.field_symmetries import FieldConditions
from ...algebra.fields.point_symmetries import Conditions, Generator, Ordinary
from ...algebra.systems.linearisation import is_linearisable
from ...artifacts.laws.symmetries import Symmetries
from ...core.claim import Claim, Measured
from ...core.context import Context
from ...core.measurement import Evidence, measured_by, measurement
from ...core.method import Found, Method
from ...subjects.equations.dynamics import Dynamics
from ...subjects.equations.evolution import Evolution
from ...subjects.equations.field_equations import FieldEquations
from ..conserved.orbits import integrate_orbits
from ..conserved.stages import Stages
from .determining_equations import (
    Solved,
    conditions_of,
    moving,
    second_order_pairs,
    solve,
    structure_constants,
    time_name,
)
from .generator_names import name_of
from .lie_algebra import Table, algebra_of
from .transformed_solutions import field_defect, jet_defect, orbit_defect

Subjects: TypeAlias = Dynamics | Evolution | FieldEquations


@dataclass(frozen=True)
class LieSymmetries(Method[Dynamics | Evolution | FieldEquations, Symmetries]):
    """All point symmetries of an equation with components polynomial up to a degree, and their Lie algebra.

    Dynamics whose variables come in pairs q' = c v, v' = F are read as second-order equations for q (not where
    `first_order` is set); other dynamics get generators xi(t) d_t + eta_i(t, x) d_x_i, modulo those that move points
    along their own solutions.

    >>> from pellucid.subjects import Evolution
    >>> finding = LieSymmetries().explain(Evolution.parse("u_t = 6*u*u_x - u_xxx"))
    >>> finding.artifact.fields()
    ('d_t', 'd_x', '6*t d_x - d_u', '3*t d_t + x d_x - 2*u d_u')
    """

    degree: int = 2
    first_order: bool = False
    orbits: int = 4

    def _find(self, subject: Dynamics | Evolution | FieldEquations, context: Context) -> Found[Symmetries]:
        """The symmetries of `subject`; raises ValueError for what has no polynomial form, or too large a degree."""
        generator, reporter = np.random.default_rng(context.seed), context.reporter
        conditions = conditions_of(subject, self.first_order)
        reporter.start("symmetries", 3)
        stages = Stages.at(context.checkpoint, subject.fingerprint(), self.settings(), context.seed)
        solved = solve(conditions, self.degree, generator, stages)
        reporter.advance(1, f"{solved.dimension} generators in an ansatz of {solved.columns} coefficients")
        table = structure_constants(solved.generators, conditions, generator, stages)
        reporter.advance(1, "commutators")
        artifact = _artifact(subject, self.degree, solved, conditions, table)
        claims = symmetry_claims(artifact, self.orbits, context)
        reporter.finish()
        usual = self.orbits == LieSymmetries.orbits  # the finding may be of a method that does not say how many
        return Found(artifact, measured_by("discover.moved_solutions", claims) if usual else tuple(claims))


def _artifact(subject: Subjects, degree: int, solved: Solved, conditions: Conditions, table: Table) -> Symmetries:
    independent = 1 if isinstance(subject, Dynamics) else len(conditions.coordinates) - len(subject.fields)
    components = [[to_expression(part) for part in g] for g in solved.generators]
    variables, rhs = _without_time(subject)
    return Symmetries(
        _kind(subject),
        variables,
        rhs,
        subject.parameters,
        conditions.coordinates,
        tuple(tuple(to_text(e) for e in g) for g in components),
        degree,
        solved.dimension,
        tuple(name_of(g, conditions.coordinates, independent) for g in components),
        isinstance(conditions, Ordinary) and bool(conditions.pairs),
        _brackets(table),
        algebra_of(table, len(components)),
        subject.title,
        isinstance(subject, Dynamics) and becomes_straight(subject, conditions),
    )


def _kind(subject: Subjects) -> Literal["dynamics", "evolution", "field"]:
    """What kind of equations these are, as the artifact says it."""
    if isinstance(subject, Dynamics):
        return "dynamics"
    return "evolution" if isinstance(subject, Evolution) else "field"


def _without_time(subject: Subjects) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Variables and rates as they are written, but for the time where it is one of them."""
    if isinstance(subject, Evolution):
        return subject.fields, subject.rhs
    if isinstance(subject, FieldEquations):
        return subject.fields, subject.equations
    _, names, _ = moving(subject)
    kept = [pair for pair in zip(subject.variables, subject.rhs, strict=True) if pair[0] in names]
    return tuple(name for name, _ in kept), tuple(rate for _, rate in kept)


def becomes_straight(subject: Dynamics, conditions: Conditions) -> bool:
    """Whether this is one second-order equation, and a change of time and place makes it x'' = 0 (Lie's conditions)."""
    pairs = second_order_pairs(subject)
    if len(pairs) != 1 or not (isinstance(conditions, Ordinary) and conditions.pairs):
        return False
    ((place, speed, factor),) = pairs
    time, names, rates = moving(subject)
    t, x, v, *constants = (sympy.Symbol(name, real=True) for name in (time, place, speed, *subject.parameters))
    acceleration = factor * rates[names.index(speed)].xreplace({v: v / factor})
    return is_linearisable(acceleration, t, x, v, constants)


def _brackets(table: Table) -> tuple[tuple[int, int, tuple[str, ...]], ...]:
    """The commutators that are not 0, as text; no coefficients where one leaves the span."""
    kept = {pair: () if row is None else tuple(map(to_text, row)) for pair, row in table.items() if _is_not_0(row)}
    return tuple((i, j, row) for (i, j), row in kept.items())


def _is_not_0(row: tuple[sympy.Expr, ...] | None) -> bool:
    return row is None or any(c != 0 for c in row)


@measurement("discover.moved_solutions")
def _moved_again(evidence: Evidence) -> list[Claim]:
    return symmetry_claims(evidence.the(Symmetries), LieSymmetries.orbits, evidence.context)


def symmetry_claims(found: Symmetries, orbits: int, context: Context) -> list[Claim]:
    """How large the ansatz was; and solutions moved by each generator beside solutions, and beside wrong moves."""
    subject = _subject_of(found)
    conditions = conditions_of(subject, not found.second_order)
    columns = len(conditions.ansatz(found.degree))
    claims: list[Claim] = [
        Measured(f"dimension of the symmetries in an ansatz of {columns} coefficients", found.dimension, "")
    ]
    generator = np.random.default_rng(context.stream("moved"))
    if isinstance(conditions, FieldConditions):
        return [*claims, *_jet_claims(found, conditions, generator)]
    if isinstance(subject, Evolution):
        for text, components in zip(found.fields(), found.sympy(), strict=True):
            error = field_defect(subject, components, generator)
            if np.isnan(error):
                continue
            baseline = field_defect(subject, _spoilt(components, found.coordinates), generator)
            claims.append(
                Measured(f"random fields moved by {text} miss the equation by", error, "of its terms", baseline)
            )
        return claims
    assert isinstance(conditions, Ordinary)
    assert isinstance(subject, Dynamics)
    if moving(subject)[1] != subject.variables:
        return claims  # orbits of equations that hold the time start at different times: none is moved to another
    known = integrate_orbits(subject, orbits, generator)
    time, names = time_name(subject), (time_name(subject), *subject.variables)
    for text, one in zip(found.fields(), found.sympy(), strict=True):
        components = _all_components(tuple(conditions.system.polynomial(part) for part in one), conditions)
        error = orbit_defect(subject, components, time, known)
        if np.isnan(error):
            continue
        baseline = orbit_defect(subject, _spoilt(components, names), time, known)
        claims.append(Measured(f"orbits moved by {text} miss orbits by", error, "of the way moved", baseline))
    return claims


def _jet_claims(found: Symmetries, conditions: FieldConditions, generator: np.random.Generator) -> Iterator[Claim]:
    """How far each generator moves random derivatives that obey the equations off them, and a wrong one."""
    for text, components in zip(found.fields(), found.sympy(), strict=True):
        moves = (components, _spoilt(components, found.coordinates))
        error, baseline = (jet_defect(conditions, one, generator) for one in moves)
        told = f"derivatives at random points moved by {text} miss the equation by"
        yield Measured(told, error, "of its terms", baseline)


def _subject_of(found: Symmetries) -> Subjects:
    """The equations as the symmetries hold them; the time is a variable where the rates hold it."""
    if found.equation == "field":
        return FieldEquations(found.variables, found.rhs, found.parameters)
    if found.equation == "evolution":
        return Evolution(found.variables, found.rhs, found.parameters)
    time = found.coordinates[0]
    rates = [parse(text, (time, *found.variables, *found.parameters)) for text in found.rhs]
    held = any(sympy.Symbol(time, real=True) in rate.free_symbols for rate in rates)
    return Dynamics((*found.variables, *([time] if held else [])), (*found.rhs, *(["1"] if held else [])),
                    found.parameters)  # fmt: skip


def _all_components(one: Generator, conditions: Ordinary) -> list[sympy.Expr]:
    meanings = {a.symbol.name: a.definition for a in conditions.system.auxiliaries}
    return [to_expression(part, meanings) for part in conditions.prolonged(one)]


def _spoilt(components: Any, names: Any) -> list[sympy.Expr]:
    """The field plus the square of the last coordinate in its own component: hardly ever a symmetry."""
    last = sympy.Symbol(names[-1], real=True)
    return [*components[:-1], components[-1] + last**2]

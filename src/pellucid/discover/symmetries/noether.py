"""Noether's theorem: which symmetries of q'' = F belong to a Lagrangian, and what is conserved because of each.

X = xi d_t + phi d_q leaves the action of L(t, q, q') as it is, up to a boundary term B(t, q), where

    pr X (L) + L D xi = D B,      and then      I = (phi - xi q') dL/dq' + xi L - B

is conserved (Olver, Applications of Lie Groups to Differential Equations, chapter 5). Linear in (X, B): one null space
over all combinations of the symmetries found and all monomials of B.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import sympy

from ...algebra.arithmetic.finite_field import PRIME, Residues, null_space
from ...algebra.arithmetic.parametric_vectors import Column, parametric_vectors
from ...algebra.arithmetic.polynomials import Polynomial, to_expression
from ...algebra.expressions.text import parse, symbols_of, to_text
from ...algebra.fields.point_symmetries import Generator, Ordinary
from ...algebra.systems.monomials import monomials
from ...algebra.systems.polynomial_system import polynomial_system
from ...artifacts.laws.symmetries import Symmetries
from ...subjects.equations.dynamics import Dynamics
from ..conserved.null_vectors import sparsify
from ..conserved.settings import NULL_VECTORS
from .determining_equations import second_order_pairs


@dataclass(frozen=True)
class Pairing:
    """A symmetry of the action, and the quantity that is conserved because of it."""

    generator: tuple[str, ...]
    """Components over the coordinates of the symmetries."""
    coefficients: tuple[str, ...]
    """The generator as a combination of the symmetries given."""
    boundary: str
    """B, whose time derivative the Lagrangian changes by."""
    conserved: str


def noether(
    subject: Dynamics, symmetries: Symmetries, lagrangian: str, boundary_degree: int | None = None, seed: int = 0
) -> tuple[Pairing, ...]:
    """The symmetries among combinations of `symmetries` that leave the action as it is, with what is conserved.

    `lagrangian` is text over time, the positions and the variables that are their derivatives. Each quantity is
    checked as an identity. Raises ValueError where the equations are not of second order, or not the Lagrangian's.

    >>> from pellucid.discover.symmetries.lie_symmetries import LieSymmetries
    >>> spring = Dynamics.parse("x' = v; v' = -k*x", parameters="k")
    >>> found = LieSymmetries(degree=1, orbits=0).explain(spring).artifact
    >>> [p.conserved for p in noether(spring, found, "v**2/2 - k*x**2/2")]
    ['k*x**2 + v**2']
    """
    action = _action(subject, symmetries, lagrangian)
    degree = symmetries.degree + 1 if boundary_degree is None else boundary_degree
    generators = [tuple(action.polynomial(e) for e in g) for g in symmetries.sympy()]
    gauge = [action.system.polynomial(e) for e in _boundary_terms(symmetries.coordinates, degree)]
    images = [action.change(g) for g in generators] + [-action.system.derivative(b) for b in gauge]
    random = np.random.default_rng(seed)
    found: list[Pairing] = []
    for row in _invariant_combinations(action, images, len(generators), subject.parameters, random):
        pairing = action.pairing(row, generators, gauge, images, random)
        if pairing is not None:
            found.append(pairing)
    return tuple(found)


@dataclass(frozen=True)
class _Action:
    """A Lagrangian in the ring of the equations of motion."""

    conditions: Ordinary
    lagrangian: Polynomial

    @property
    def system(self) -> Any:
        return self.conditions.system

    def polynomial(self, expression: sympy.Expr) -> Polynomial:
        return self.system.polynomial(sympy.expand(expression))

    def momentum(self, velocity: int) -> Polynomial:
        """dL/dq'."""
        return self.along_unit(velocity, self.lagrangian)

    def along_unit(self, place: int, polynomial: Polynomial) -> Polynomial:
        """d/d(variable at this place), through auxiliaries."""
        ring = self.system.ring
        unit = [ring.constant(int(i == place)) for i in range(len(self.system.variables))]
        return self.conditions.along(tuple(unit), polynomial)

    def change(self, generator: Generator) -> Polynomial:
        """pr X (L) + L D xi."""
        prolonged = self.conditions.prolonged(generator)
        return self.conditions.along(prolonged, self.lagrangian) + self.lagrangian * self.system.derivative(
            prolonged[0]
        )

    def conserved(self, generator: Generator, boundary: Polynomial) -> Polynomial:
        """sum (phi - xi q') dL/dq' + xi L - B."""
        xi, *phi = generator
        total = xi * self.lagrangian - boundary
        for (q, v, _, _), moved in zip(self.conditions.pairs, phi, strict=True):
            total = total + (moved - xi * self.system.flow[q]) * self.momentum(v)
        return total

    def pairing(
        self,
        row: Residues,
        generators: Sequence[Generator],
        gauge: Sequence[Polynomial],
        images: Sequence[Polynomial],
        random: np.random.Generator,
    ) -> Pairing | None:
        """The combination on the support of `row` with exact coefficients; None where they are not small."""
        system, count = self.system, len(generators)
        zero, parameters = system.ring.constant(0), [system.polynomial(s) for s in system.parameters]

        def matrix(columns: list[Column]) -> Residues:
            return self.conditions.matrix([(images[i] * factor,) for i, factor in columns], random)

        limits = NULL_VECTORS.parameter_degree, NULL_VECTORS.most_columns
        for terms in parametric_vectors(np.flatnonzero(row).tolist(), parameters, zero + 1, matrix, *limits):
            weights = [zero] * (count + len(gauge))
            for number, i, factor in terms:
                weights[i] = weights[i] + number * factor
            field = tuple(_weighted(weights[:count], part) for part in zip(*generators, strict=True))
            boundary = _weighted(weights[count:], gauge) if gauge else zero
            quantity = self.conserved(field, boundary)
            if any(part != 0 for part in field) and system.vanishes(system.derivative(quantity)):
                return self._described(field, weights[:count], boundary, quantity)
        return None

    def _described(
        self, field: Generator, sums: Sequence[Polynomial], boundary: Polynomial, quantity: Polynomial
    ) -> Pairing:
        meanings = {a.symbol.name: a.definition for a in self.system.auxiliaries}
        _, expression = sympy.expand(to_expression(quantity, meanings)).as_coeff_Mul()
        expression = sympy.Add(*(sympy.powsimp(term) for term in sympy.expand(_whole(expression)).as_ordered_terms()))
        return Pairing(
            tuple(to_text(to_expression(part)) for part in field),
            tuple(to_text(to_expression(c)) for c in sums),
            to_text(to_expression(boundary)),
            to_text(expression),
        )


def _weighted(weights: Sequence[Polynomial], parts: Sequence[Polynomial]) -> Polynomial:
    """sum_i weights_i parts_i."""
    return sum((w * part for w, part in zip(weights, parts, strict=True)), weights[0] * 0)


def _whole(expression: sympy.Expr) -> sympy.Expr:
    """A multiple without fractions, and most of its terms positive."""
    _, expression = sympy.factor_terms(expression).as_coeff_Mul()
    expression = sympy.expand(expression)
    terms: Any = expression.as_ordered_terms()
    return -expression if sum(term.could_extract_minus_sign() for term in terms) * 2 > len(terms) else expression


def _boundary_terms(coordinates: Sequence[str], degree: int) -> list[sympy.Expr]:
    """Monomials in time and positions; 1 is none of them, since its derivative is 0."""
    symbols = tuple(sympy.Symbol(name, real=True) for name in coordinates)
    rows = monomials(symbols, degree).exponents
    return [sympy.Mul(*(s ** int(e) for s, e in zip(symbols, row, strict=True))) for row in rows]


def _invariant_combinations(
    action: _Action, images: Sequence[Any], generators: int, parameters: Sequence[str], random: np.random.Generator
) -> list[Residues]:
    """Combinations (images,) that change the action by nothing, with few generators, and none of boundary terms alone.

    In the order of their first generator, the shortest first.
    """
    values = {name: int(random.integers(2, PRIME)) for name in parameters}
    space = null_space(action.conditions.matrix([(image,) for image in images], random, values))
    space = space[space[:, :generators].any(1)]
    short = sparsify(space, np.ones(len(images), dtype=np.int64), PRIME)
    return sorted(short, key=lambda row: (int(np.flatnonzero(row)[0]), int(np.count_nonzero(row))))


def _action(subject: Dynamics, symmetries: Symmetries, lagrangian: str) -> _Action:
    pairs = second_order_pairs(subject)
    if not symmetries.second_order or not pairs:
        raise ValueError("a Lagrangian needs second-order equations; write them as q' = v, v' = F for every q")
    if any(rate != 1 for _, _, rate in pairs):
        raise ValueError("a Lagrangian is over positions and their derivatives; write q' = v with no constant")
    names = (symmetries.coordinates[0], *subject.variables)
    symbols = symbols_of((*names, *subject.parameters))
    system, (rewritten,) = polynomial_system(
        [symbols[name] for name in names],
        [sympy.Integer(1), *subject.expressions()],
        [symbols[name] for name in subject.parameters],
        functions=[parse(lagrangian, (*names, *subject.parameters))],
    )
    one = system.ring.constant(1)
    conditions = Ordinary(system, tuple((names.index(q), names.index(v), one, one) for q, v, _ in pairs))
    action = _Action(conditions, system.polynomial(rewritten))
    for q, v, _ in pairs:
        force = action.along_unit(names.index(q), action.lagrangian)
        if not system.vanishes(system.derivative(action.momentum(names.index(v))) - force):
            raise ValueError(f"lagrangian {lagrangian!r} has other equations of motion for {q}; correct one of them")
    return action

"""Determining equations of Lie point symmetries: what is 0 where a vector field maps solutions to solutions.

For x' = f(t, x) and X = xi d_t + eta_i d_x_i, with the total derivative D along solutions:

    D eta_i - f_i D xi - X f_i = 0                         (Olver, chapter 2)

Where q' = c v, v' = F is a second-order equation for q, X acts on (t, q) and its prolongation on v:

    eta_v = (D eta_q - c v D xi) / c

For u_t = F and X = tau d_t + xi d_x + phi d_u, with the characteristic Q = phi - tau F - xi u_x:

    D_t Q^a = sum_b sum_k (dF^a / du^b_k) D_x^k Q^b        (Olver, chapter 5)

All are linear in the components of X.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, reduce
from operator import mul
from typing import Any, ClassVar, Protocol, TypeAlias

import numpy as np
import sympy

from ..arithmetic.finite_field import PRIME, Residues
from ..arithmetic.polynomials import Polynomial, coefficients
from ..auxiliaries.auxiliary import Auxiliary
from ..systems.monomials import monomials
from ..systems.polynomial_system import PolynomialSystem
from ..systems.sampling import SPARE_POINTS, sample_points
from .evolution_system import EvolutionSystem
from .field_ring import FieldRing

Generator: TypeAlias = tuple[Polynomial, ...]
"""The components of a vector field, one for each coordinate."""


class Conditions(Protocol):
    """The determining equations of one equation or system."""

    @property
    def coordinates(self) -> tuple[str, ...]:
        """What a generator acts on; the independent variables first."""
        ...

    @property
    def parameters(self) -> tuple[str, ...]:
        """Names of constants that stay symbols."""
        ...

    @property
    def auxiliaries(self) -> tuple[Auxiliary, ...]:
        """What stands for functions in the images."""
        ...

    formal: ClassVar[bool]
    """Whether images are in normal form, so that functions that are equal are equal polynomials."""

    @property
    def ring(self) -> Any:
        """The polynomials that components belong to."""
        ...

    def polynomial(self, expression: Any) -> Polynomial:
        """A component as an element of the ring."""
        ...

    def ansatz(self, degree: int) -> list[Generator]:
        """Every generator with one monomial as its one component, without what only reparametrises solutions."""
        ...

    def image(self, generator: Generator) -> tuple[Polynomial, ...]:
        """What is 0 for a symmetry; linear in the generator."""
        ...

    def vanishes(self, image: Sequence[Polynomial]) -> bool:
        """Whether an image is 0 wherever the equation is defined: an identity."""
        ...

    def matrix(
        self,
        images: Sequence[Sequence[Polynomial]],
        generator: np.random.Generator,
        values: Mapping[str, int] | None = None,
    ) -> Residues:
        """A matrix modulo a prime with a column for each image, whose null vectors are the combinations that vanish.

        With `values` the parameters are these residues; without, combinations vanish for all parameters.

        Shape (rows, images).
        """
        ...


@dataclass(frozen=True)
class Ordinary:
    """x' = f(t, x); the first variable of `system` is time, with t' = 1."""

    system: PolynomialSystem
    formal: ClassVar[bool] = False

    pairs: tuple[tuple[int, int, Polynomial, Polynomial], ...] = ()
    """(place of q, place of v, a, b) with q' = (a / b) v for each second-order equation; all variables or none."""

    @property
    def coordinates(self) -> tuple[str, ...]:
        names = [symbol.name for symbol in self.system.variables]
        return (names[0], *(names[q] for q, *_ in self.pairs)) if self.pairs else tuple(names)

    @property
    def parameters(self) -> tuple[str, ...]:
        return tuple(symbol.name for symbol in self.system.parameters)

    @property
    def auxiliaries(self) -> tuple[Auxiliary, ...]:
        return self.system.auxiliaries

    @property
    def ring(self) -> Any:
        return self.system.ring

    def polynomial(self, expression: Any) -> Polynomial:
        return self.system.polynomial(sympy.expand(expression))

    def ansatz(self, degree: int) -> list[Generator]:
        """Monomials in time and coordinates; for first-order equations the time's own component is in time alone.

        There p(t) (d_t + f d_x) moves points along their own solutions and says nothing: the columns of the leading
        monomial of one f_i times t^k are left out, so that each class modulo those has one member.
        """
        candidates = monomial_generators(self.ring, self.coordinates, self.coordinates, degree)
        if self.pairs:
            return candidates
        dropped = self._reparametrised(degree)
        time = self.coordinates[0]
        kept = []
        for candidate in candidates:
            place = next(i for i, component in enumerate(candidate) if component != 0)
            powers = next(iter(candidate[place].to_dict()))
            alone = all(not e or str(n) == time for n, e in zip(self.ring.names(), powers, strict=True))
            if (place == 0 and not alone) or (place, tuple(map(int, powers))) in dropped:
                continue
            kept.append(candidate)
        return kept

    def image(self, generator: Generator) -> tuple[Polynomial, ...]:
        components = self.prolonged(generator)
        return tuple(
            self.system.derivative(eta) - speed * self.system.derivative(components[0]) - self.along(components, speed)
            for eta, speed in zip(components[1:], self._flow[1:], strict=True)
        )

    def prolonged(self, generator: Generator) -> Generator:
        """The components for every variable, times `scale`: for second-order equations those of the velocities, too."""
        if not self.pairs:
            return generator
        xi, *phi = generator
        components = [xi * self.scale] + [self.ring.constant(0)] * (len(self.system.variables) - 1)
        slowed = self.system.derivative(xi)
        for (q, v, a, b), moved in zip(self.pairs, phi, strict=True):
            components[q] = moved * self.scale
            change = self.scale * (self.system.derivative(moved) - self._flow[q] * slowed)
            components[v] = change * b / a
        return tuple(components)

    @cached_property
    def scale(self) -> Polynomial:
        """The product of all a and b: prolongations are multiplied by it, so that they are polynomials."""
        return reduce(mul, (a * b for _, _, a, b in self.pairs), self.ring.constant(1))

    def along(self, components: Generator, polynomial: Polynomial) -> Polynomial:
        """X P, through what P's auxiliaries are functions of."""
        total = self.ring.constant(0)
        for component, partial in zip(components, self._partials, strict=True):
            if component != 0:
                total = total + component * partial.derivative(polynomial)
        return total

    def vanishes(self, image: Sequence[Polynomial]) -> bool:
        return all(self.system.vanishes(part) for part in image)

    def matrix(
        self,
        images: Sequence[Sequence[Polynomial]],
        generator: np.random.Generator,
        values: Mapping[str, int] | None = None,
    ) -> Residues:
        """Coefficients where all is polynomial; at random points, with a random mixture of the equations, elsewhere."""
        if not self.system.auxiliaries:
            return coefficients(images, values or {})
        points = sample_points(self.system, len(images) + SPARE_POINTS, generator, parameters=values)
        columns = np.zeros((len(images) + SPARE_POINTS, len(images)), dtype=np.int64)
        count = max((len(image) for image in images), default=0)
        weights = generator.integers(1, PRIME, (count, len(columns)))
        for column, image in enumerate(images):
            for weight, part in zip(weights, image, strict=True):
                if part != 0:
                    columns[:, column] = (columns[:, column] + weight * points.evaluate(part)) % PRIME
        return columns

    @cached_property
    def _flow(self) -> tuple[Polynomial, ...]:
        return self.system.flow[: len(self.system.variables)]

    @cached_property
    def _partials(self) -> tuple[PolynomialSystem, ...]:
        """Systems whose flow is a unit vector, so that their derivative is a partial one through auxiliaries."""
        one, zero = sympy.Integer(1), sympy.Integer(0)
        size = len(self.system.variables)
        return tuple(
            replace(self.system, equations=tuple(one if i == j else zero for j in range(size))) for i in range(size)
        )

    def _reparametrised(self, degree: int) -> set[tuple[int, tuple[int, ...]]]:
        """(component, monomial) of t^k times the leading monomial of one f_i, for every t^k f within the degree."""
        terms = self._flow_terms()
        if not terms:
            return set()
        which, monomial = terms[0]
        time = list(map(str, self.ring.names())).index(self.coordinates[0])
        room = degree - max(sum(powers) for _, powers in terms)
        shifted = ((*monomial[:time], monomial[time] + k, *monomial[time + 1 :]) for k in range(room + 1))
        return {(which, powers) for powers in shifted}

    def _flow_terms(self) -> list[tuple[int, tuple[int, ...]]]:
        """(component, powers of the coordinates) of every term of f; none where f is no polynomial in them.

        p(t) f is not in the ansatz then.
        """
        own = [str(name) in self.coordinates for name in self.ring.names()]
        others = [k for k in range(len(self.system.symbols)) if not own[k]]
        rows = [(i, powers) for i, f in enumerate(self._flow[1:], 1) for powers in f.to_dict()]
        if any(powers[k] for _, powers in rows for k in others):
            return []
        return [(i, tuple(int(e) * kept for e, kept in zip(powers, own, strict=True))) for i, powers in rows]


class FormalImages:
    """Of conditions whose images are polynomials in derivatives, which stand for themselves: no values are put in."""

    formal: ClassVar[bool] = True

    @property
    @abstractmethod
    def field_ring(self) -> FieldRing:
        """What the images are polynomials over."""

    def vanishes(self, image: Sequence[Polynomial]) -> bool:
        return all(part == 0 for part in image)

    def matrix(
        self,
        images: Sequence[Sequence[Polynomial]],
        generator: np.random.Generator,
        values: Mapping[str, int] | None = None,
    ) -> Residues:
        return self.field_ring.columns(images, values)


@dataclass(frozen=True)
class Partial(FormalImages):
    """f_t = F for the fields of `system`, whose first two parameters are the names of t and x."""

    system: EvolutionSystem

    @property
    def field_ring(self) -> FieldRing:
        return self.system.jets

    @property
    def coordinates(self) -> tuple[str, ...]:
        return (*self.system.jets.parameters[:2], *(row[0] for row in self.system.jets.names))

    @property
    def parameters(self) -> tuple[str, ...]:
        return self.system.jets.parameters[2:]

    @property
    def auxiliaries(self) -> tuple[Auxiliary, ...]:
        return self.system.jets.auxiliaries

    @property
    def ring(self) -> Any:
        return self.system.jets.ring

    def polynomial(self, expression: Any) -> Polynomial:
        return self.system.jets.polynomial(sympy.expand(expression))

    def ansatz(self, degree: int) -> list[Generator]:
        """Monomials in t, x and the fields for every component."""
        return monomial_generators(self.ring, self.coordinates, self.coordinates, degree)

    def image(self, generator: Generator) -> tuple[Polynomial, ...]:
        jets = self.system.jets
        tau, xi, *phi = generator
        slopes = [jets.generators[row[1]] for row in jets.names]
        characteristic = [
            p - tau * speed - xi * slope for p, speed, slope in zip(phi, self.system.flow, slopes, strict=True)
        ]
        moved = [self._derivatives(part, self._order) for part in characteristic]
        return tuple(
            jets.reduced(self._time_derivative(part) - self._linearised(a, moved))
            for a, part in enumerate(characteristic)
        )

    def space_derivative(self, polynomial: Polynomial) -> Polynomial:
        """D_x, with what depends on x itself."""
        return self.system.jets.total_derivative(polynomial) + polynomial.derivative(self.coordinates[1])

    @cached_property
    def _order(self) -> int:
        return max(self.system.jets.order(speed) for speed in self.system.flow)

    @cached_property
    def _speeds(self) -> list[list[Polynomial]]:
        """D_x^k F for every field."""
        return [self._derivatives(speed, self._order) for speed in self.system.flow]

    @cached_property
    def _linear(self) -> list[list[list[Polynomial]]]:
        """dF^a / du^b_k."""
        jets = self.system.jets
        return [
            [[jets.partial(speed, name) for name in row[: self._order + 1]] for row in jets.names]
            for speed in self.system.flow
        ]

    def _derivatives(self, polynomial: Polynomial, order: int) -> list[Polynomial]:
        found = [polynomial]
        for _ in range(order):
            found.append(self.space_derivative(found[-1]))
        return found

    def _time_derivative(self, polynomial: Polynomial) -> Polynomial:
        jets = self.system.jets
        total = polynomial.derivative(self.coordinates[0])
        for row, speeds in zip(jets.names, self._speeds, strict=True):
            for name, speed in zip(row[: self._order + 1], speeds, strict=True):
                slope = jets.partial(polynomial, name)
                if slope != 0:
                    total = total + slope * speed
        return total

    def _linearised(self, which: int, moved: list[list[Polynomial]]) -> Polynomial:
        total = self.ring.constant(0)
        for slopes, parts in zip(self._linear[which], moved, strict=True):
            for slope, part in zip(slopes, parts, strict=True):
                if slope != 0 and part != 0:
                    total = total + slope * part
        return total


def commutator(first: Generator, second: Generator, coordinates: Sequence[str]) -> Generator:
    """[X, Y]^c = X Y^c - Y X^c for polynomial components."""

    def along(field: Generator, polynomial: Polynomial) -> Polynomial:
        parts = (c * polynomial.derivative(n) for c, n in zip(field, coordinates, strict=True))
        return sum(parts, polynomial * 0)

    return tuple(along(first, y) - along(second, x) for x, y in zip(first, second, strict=True))


def monomial_generators(ring: Any, coordinates: Sequence[str], within: Sequence[str], degree: int) -> list[Generator]:
    """Simplest first: all monomials of degree 0 to `degree` in the symbols `within`, for each component in turn."""
    gens = dict(zip(map(str, ring.names()), ring.gens(), strict=True))
    rows = monomials([sympy.Symbol(name, real=True) for name in within], degree).exponents
    products = [ring.constant(1)]
    for row in rows:
        powers = (gens[name] ** int(e) for name, e in zip(within, row, strict=True) if e)
        products.append(reduce(mul, powers, ring.constant(1)))
    zero = ring.constant(0)
    size = len(coordinates)
    return [tuple(p if i == j else zero for j in range(size)) for p in products for i in range(size)]

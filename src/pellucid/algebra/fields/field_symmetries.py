"""Determining equations of point symmetries of field equations of any form: u_xt, several space dimensions, explicit x.

For equations Delta_a = 0 and X = sum_i xi_i d_x_i + sum_f phi_f d_f,

    pr X Delta_a = 0 wherever Delta = 0,    phi_(J + e_i) = D_i phi_J - sum_k (D_i xi_k) f_(J + e_k)

(Olver, Applications of Lie Groups to Differential Equations, theorems 2.31 and 2.36). On solutions each equation gives
a leading derivative, and what is a derivative of that goes by differentiation; `leading_derivatives` finds them, so
that what is left are independent functions.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np
import sympy

from ..arithmetic.polynomials import Polynomial, by_power, to_expression
from ..auxiliaries.auxiliary import Auxiliary
from .field_ring import FieldRing
from .multi_jets import MultiJets, Powers, reaches, shifted
from .point_symmetries import FormalImages, Generator, monomial_generators

Leader: TypeAlias = tuple[str, Powers, Polynomial]
"""Field and derivative that lead, and what this is equal to."""


@dataclass(frozen=True)
class FieldConditions(FormalImages):
    """Equations `zero` over `jets`; on solutions the derivatives in `leaders` are what stands there."""

    jets: MultiJets
    zero: tuple[Polynomial, ...]
    leaders: tuple[Leader, ...]
    known: dict[str, Polynomial] = field(default_factory=dict, compare=False)
    """What derivatives of leading ones are on solutions, as far as it was needed."""

    @property
    def coordinates(self) -> tuple[str, ...]:
        return (*self.jets.independent, *self.jets.fields)

    @property
    def parameters(self) -> tuple[str, ...]:
        return self.jets.parameters

    @property
    def field_ring(self) -> FieldRing:
        return self.jets

    @property
    def auxiliaries(self) -> tuple[Auxiliary, ...]:
        return self.jets.auxiliaries

    @property
    def ring(self) -> Any:
        return self.jets.ring

    def polynomial(self, expression: Any) -> Polynomial:
        return self.jets.polynomial(sympy.expand(expression))

    def ansatz(self, degree: int) -> list[Generator]:
        """Monomials in the independent variables and the fields for every component."""
        return monomial_generators(self.ring, self.coordinates, self.coordinates, degree)

    def image(self, generator: Generator) -> tuple[Polynomial, ...]:
        """pr X Delta on solutions."""
        return tuple(map(self.on_solutions, self.changes(generator)))

    def changes(self, generator: Generator) -> tuple[Polynomial, ...]:
        """pr X Delta, before anything is known of the fields."""
        moved = _Prolonged(self.jets, generator)
        found = []
        for polynomial in self.zero:
            total = self.ring.constant(0)
            for component, name in zip(generator, self.jets.independent, strict=False):
                total = total + component * self.jets.partial(polynomial, name)
            for name in derivatives_in(polynomial, self.jets):
                total = total + moved.component(*self.jets.jets[name]) * self.jets.partial(polynomial, name)
            found.append(total)
        return tuple(found)

    def on_solutions(self, polynomial: Polynomial) -> Polynomial:
        """Without leading derivatives and what is differentiated from them."""
        for name in self.jets.held(polynomial):
            if name in self.jets.jets and self._leader(*self.jets.jets[name]) is not None:
                value, parts = self._value(name), by_power(polynomial, name)
                polynomial = sum((part * value**k for k, part in parts.items()), polynomial * 0)
        return self.jets.reduced(polynomial)

    def random_jets(self, generator: np.random.Generator) -> dict[sympy.Symbol, float]:
        """A number for every symbol that is no auxiliary; those of leading derivatives obey the equations."""
        functions = {a.symbol.name: a.definition for a in self.jets.auxiliaries}
        free = [n for n in self.jets.generators if n not in functions]
        led = [n for n in free if n in self.jets.jets and self._leader(*self.jets.jets[n]) is not None]
        values: Any = {sympy.Symbol(n, real=True): float(generator.uniform(0.5, 1.5)) for n in free if n not in led}
        for n in led:
            number = to_expression(self._value(n), functions).evalf(subs=values)
            values[sympy.Symbol(n, real=True)] = float(number)
        return values

    def _leader(self, of: str, powers: Powers) -> Leader | None:
        """The first leading derivative that this one is, or is differentiated from."""
        return next((one for one in self.leaders if one[0] == of and reaches(powers, one[1])), None)

    def _value(self, name: str) -> Polynomial:
        """What a derivative of a leading one is on solutions."""
        if name not in self.known:
            of, powers = self.jets.jets[name]
            leader = self._leader(of, powers)
            assert leader is not None
            _, lead, value = leader
            if powers != lead:
                direction = next(i for i, (n, m) in enumerate(zip(powers, lead, strict=True)) if n > m)
                below = self._value(self.jets.name(of, shifted(powers, direction, -1)))
                value = self.jets.total_derivative(below, direction)
            self.known[name] = self.on_solutions(value)
        return self.known[name]


@dataclass
class _Prolonged:
    """The components of a generator for derivatives."""

    jets: MultiJets
    generator: Generator
    found: dict[tuple[str, Powers], Polynomial] = field(default_factory=dict)

    def component(self, name: str, powers: Powers) -> Polynomial:
        if (name, powers) not in self.found:
            self.found[name, powers] = self._made(name, powers)
        return self.found[name, powers]

    def _made(self, name: str, powers: Powers) -> Polynomial:
        count = len(self.jets.independent)
        if not any(powers):
            return self.generator[count + self.jets.fields.index(name)]
        direction = next(i for i in reversed(range(count)) if powers[i])
        below = shifted(powers, direction, -1)
        total = self.jets.total_derivative(self.component(name, below), direction)
        for k, slope in enumerate(self._slopes[direction]):
            if slope != 0:
                total = total - slope * self.jets.generators[self.jets.name(name, shifted(below, k))]
        return total

    @cached_property
    def _slopes(self) -> list[list[Polynomial]]:
        """D_i xi_k."""
        directions = range(len(self.jets.independent))
        return [[self.jets.total_derivative(self.generator[k], i) for k in directions] for i in directions]


def derivatives_in(polynomial: Polynomial, jets: MultiJets) -> list[str]:
    """The fields and derivatives that it holds, also within functions."""
    held = set(jets.held(polynomial))
    for auxiliary in reversed(jets.auxiliaries):
        if auxiliary.symbol.name in held:
            held |= {str(symbol) for symbol in auxiliary.argument.free_symbols}
    return [name for name in jets.jets if name in held]

"""Differential polynomials in several independent variables: fields, their derivatives, t and x, and Euler operators.

    D_i = d/dx_i + sum_{f, J} f_(J + e_i) d/df_J,    E_f = sum_J (-D)^J d/df_J

E_f(P) = 0 for every field f if and only if P is a divergence, sum_i D_i W_i (Olver, Applications of Lie Groups to
Differential Equations, theorem 4.7).
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import sympy
from flint import Ordering, fmpq_mpoly_ctx

from ..arithmetic.polynomials import Polynomial, to_polynomial
from ..auxiliaries.auxiliary import Auxiliary
from .field_ring import FieldRing

Powers = tuple[int, ...]
"""How often a field is differentiated by each independent variable."""
Naming = tuple[Callable[[str, Powers], str], Callable[[str], tuple[str, Powers]]]
"""The name of a field's derivative, and which one a name is."""


@dataclass(frozen=True)
class MultiJets(FieldRing):
    """The ring of polynomials in derivatives of `fields` by `independent`, those, auxiliaries, and parameters."""

    fields: tuple[str, ...]
    independent: tuple[str, ...]
    room: frozenset[Powers]
    """The derivatives that there is room for."""
    name: Callable[[str, Powers], str]
    parameters: tuple[str, ...] = ()
    auxiliaries: tuple[Auxiliary, ...] = ()

    @cached_property
    def jets(self) -> dict[str, tuple[str, Powers]]:
        """Field and derivative of every name."""
        ordered = sorted(self.room, key=lambda powers: (sum(powers), [-n for n in powers]))
        return {self.name(field, powers): (field, powers) for field in self.fields for powers in ordered}

    @cached_property
    def ring(self) -> Any:
        """Derivatives, auxiliaries, independent variables, parameters."""
        letters = [a.symbol.name for a in self.auxiliaries]
        return fmpq_mpoly_ctx.get([*self.jets, *letters, *self.independent, *self.parameters], Ordering.degrevlex)

    @cached_property
    def generators(self) -> dict[str, Polynomial]:
        return dict(zip(map(str, self.ring.names()), self.ring.gens(), strict=True))

    def polynomial(self, expression: sympy.Expr) -> Polynomial:
        """A polynomial expression as an element of the ring. Raises ValueError where it is none."""
        return to_polynomial(expression, self.generators, self.ring, "the fields and their derivatives")

    def held(self, polynomial: Polynomial) -> list[str]:
        """The symbols that occur in it."""
        if polynomial == 0:
            return []
        return [name for name, degree in zip(self.generators, polynomial.degrees(), strict=True) if degree]

    def order(self, polynomial: Polynomial) -> int:
        """Of the highest derivative, also within functions; -1 where no field occurs."""
        held = set(self.held(polynomial))
        for auxiliary in reversed(self.auxiliaries):
            if auxiliary.symbol.name in held:
                held |= {str(symbol) for symbol in auxiliary.argument.free_symbols}
        return max((sum(self.jets[name][1]) for name in held if name in self.jets), default=-1)

    def total_derivative(self, polynomial: Polynomial, direction: int) -> Polynomial:
        """D_i P. Raises ValueError where P holds a derivative that there is no room beyond."""
        total = polynomial.derivative(self.independent[direction])
        for name in self.held(polynomial):
            if name not in self.jets:
                continue
            field, powers = self.jets[name]
            higher = self.name(field, shifted(powers, direction))
            if higher not in self.generators:
                raise ValueError(f"derivatives beyond {name} are needed; lower the order")
            total = total + polynomial.derivative(name) * self.generators[higher]
        for auxiliary in self.auxiliaries:
            slope = polynomial.derivative(auxiliary.symbol.name)
            if slope != 0:
                inner = self.total_derivative(self.polynomial(auxiliary.argument), direction)
                total = total + slope * self.outer(auxiliary) * inner
        return self.reduced(total)

    def euler(self, polynomial: Polynomial, field: str) -> Polynomial:
        """E_f P."""
        total = self.ring.constant(0)
        names = [name for name in self.held(polynomial) if name in self.jets and self.jets[name][0] == field]
        for name in {*names, self.name(field, (0,) * len(self.independent))}:
            part = self.partial(polynomial, name)
            for direction, count in enumerate(self.jets[name][1]):
                for _ in range(count):
                    part = -self.total_derivative(part, direction) if part != 0 else part
            total = total + part
        return self.reduced(total)

    def partial(self, polynomial: Polynomial, name: str) -> Polynomial:
        """d/df_J, through auxiliaries as well, in normal form."""
        return self.reduced(super().partial(polynomial, name))


def shifted(powers: Powers, direction: int, by: int = 1) -> Powers:
    """One derivative more (or less) in a direction.

    >>> shifted((0, 2), 0)
    (1, 2)
    """
    return tuple(n + by * (i == direction) for i, n in enumerate(powers))


def room_for(powers: Iterable[Powers]) -> frozenset[Powers]:
    """Room for products of these derivatives that are integrated by parts: each of them plus what is below another."""
    known = set(powers)
    below = {lower for one in known for lower in powers_below(one)}
    return frozenset(tuple(a + b for a, b in zip(one, other, strict=True)) for one in known | below for other in below)


def powers_below(powers: Powers) -> list[Powers]:
    """Every derivative of at most these orders.

    >>> powers_below((1, 1))
    [(0, 0), (0, 1), (1, 0), (1, 1)]
    """
    return list(itertools.product(*(range(n + 1) for n in powers)))


def reaches(powers: Powers, other: Powers) -> bool:
    """Whether it is that derivative, or a derivative of it.

    >>> reaches((0, 2), (0, 1)), reaches((0, 2), (1, 0))
    (True, False)
    """
    return all(a >= b for a, b in zip(powers, other, strict=True))

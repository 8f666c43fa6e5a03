"""Differential polynomials: fields and their derivatives in x as symbols, with total derivatives and Euler operators.

    D = sum_{f, k} f_(k+1) d/df_k  (and the rules of auxiliaries),    E_f = sum_k (-D)^k d/df_k

E_f(P) = 0 for every field f if and only if P is a total derivative (Olver, Applications of Lie Groups to Differential
Equations, theorem 4.7).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import sympy
from flint import Ordering, fmpq_mpoly_ctx

from ..arithmetic.polynomials import Polynomial, to_polynomial
from ..auxiliaries.auxiliary import Auxiliary
from .field_powers import integral_of_powers, integrated_apart
from .field_ring import FieldRing


@dataclass(frozen=True)
class Jets(FieldRing):
    """The ring of polynomials in fields[i]'s derivatives up to `order`, in auxiliaries of them, and in parameters."""

    names: tuple[tuple[str, ...], ...]
    """names[i][k] is the k-th derivative of field i."""
    parameters: tuple[str, ...] = ()
    auxiliaries: tuple[Auxiliary, ...] = ()

    @cached_property
    def ring(self) -> Any:
        """Derivatives field by field, then auxiliaries, then parameters."""
        flat = [name for row in self.names for name in row]
        return fmpq_mpoly_ctx.get(
            [*flat, *(a.symbol.name for a in self.auxiliaries), *self.parameters], Ordering.degrevlex
        )

    @cached_property
    def generators(self) -> dict[str, Polynomial]:
        return dict(zip(map(str, self.ring.names()), self.ring.gens(), strict=True))

    def polynomial(self, expression: sympy.Expr) -> Polynomial:
        """A polynomial expression as an element of the ring. Raises ValueError where it is none."""
        return to_polynomial(expression, self.generators, self.ring, "the fields and their derivatives")

    def total_derivative(self, polynomial: Polynomial) -> Polynomial:
        """D P. Raises ValueError where P holds the highest derivative there is room for."""
        total = self.ring.constant(0)
        for row in self.names:
            for k, name in enumerate(row):
                slope = polynomial.derivative(name)
                if slope == 0:
                    continue
                if k + 1 == len(row):
                    raise ValueError(f"derivatives beyond {name} are needed; lower the order")
                total = total + slope * self.generators[row[k + 1]]
        for auxiliary in self.auxiliaries:
            slope = polynomial.derivative(auxiliary.symbol.name)
            if slope != 0:
                total = total + slope * self._rule(auxiliary)
        return self.reduced(total)

    def euler(self, polynomial: Polynomial, which: int = 0) -> Polynomial:
        """E_f P for the field number `which`."""
        total, sign = self.ring.constant(0), 1
        for k, name in enumerate(self.names[which]):
            part = self.partial(polynomial, name) if k == 0 else polynomial.derivative(name)
            for _ in range(k):
                if part == 0:
                    break
                part = self.total_derivative(part)
            total, sign = total + sign * part, -sign
        return self.reduced(total)

    def order(self, polynomial: Polynomial) -> int:
        """The highest derivative that the polynomial holds, also within functions; -1 where it holds no field."""
        degrees = dict(zip(self.generators, polynomial.degrees(), strict=True)) if polynomial != 0 else {}
        held = {name for name, degree in degrees.items() if degree}
        for auxiliary in reversed(self.auxiliaries):
            if auxiliary.symbol.name in held:
                held |= {str(symbol) for symbol in auxiliary.argument.free_symbols}
        return max((k for row in self.names for k, name in enumerate(row) if name in held), default=-1)

    def primitive(self, polynomial: Polynomial) -> Polynomial | None:
        """J with D J = P, by integrating the highest derivative, which occurs linearly; None where P is no derivative.

        Functions other than powers are not integrated: None there, too. Raises NeedsFactor where a multiple of P has
        one that is a polynomial in the parameters.
        """
        total, rest = self.ring.constant(0), polynomial
        while rest != 0:
            found = self._highest(rest)
            if found is None:
                return None
            row, k = found
            slope = rest.derivative(row[k])
            if slope == 0 or self.order(slope) >= k:
                return None
            part = self._integral(slope, row[k - 1])
            if part is None or part == 0:
                return None
            total, rest = total + part, rest - self.total_derivative(part)
        return total

    def _highest(self, polynomial: Polynomial) -> tuple[tuple[str, ...], int] | None:
        degrees = dict(zip(self.generators, polynomial.degrees(), strict=True))
        present = [(k, i) for i, row in enumerate(self.names) for k, name in enumerate(row) if degrees[name]]
        if not present or max(present)[0] == 0:
            return None
        k, i = max(present)
        return self.names[i], k

    def _integral(self, polynomial: Polynomial, name: str) -> Polynomial | None:
        """The integral over one symbol; None where a function depends on it that is no power. Raises NeedsFactor."""
        plain, held = integrated_apart(polynomial, name, self)
        powers = integral_of_powers(held.to_dict(), name, self)
        return None if powers is None else plain + powers

    def _rule(self, auxiliary: Auxiliary) -> Polynomial:
        return self.outer(auxiliary) * self.total_derivative(self.polynomial(auxiliary.argument))

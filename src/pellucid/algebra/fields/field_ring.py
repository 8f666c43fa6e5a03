"""Functions of fields in a ring of polynomials: what jets in one and in several variables have in common."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any

import sympy

from ..arithmetic.polynomials import Polynomial
from ..auxiliaries.auxiliary import FUNCTIONS, Auxiliary


class FieldRing:
    """Polynomials in fields, derivatives, and auxiliaries, which stand for functions of these and of earlier ones."""

    auxiliaries: tuple[Auxiliary, ...]

    @property
    @abstractmethod
    def ring(self) -> Any:
        """The polynomials that they are."""

    @abstractmethod
    def polynomial(self, expression: sympy.Expr) -> Polynomial:
        """An expression as an element of the ring."""

    def partial(self, polynomial: Polynomial, name: str) -> Polynomial:
        """The derivative by a symbol, through auxiliaries as well."""
        total = polynomial.derivative(name)
        for auxiliary in self.auxiliaries:
            slope = polynomial.derivative(auxiliary.symbol.name)
            if slope == 0:
                continue
            inner = self.partial(self.polynomial(auxiliary.argument), name)  # that may hold auxiliaries, too
            if inner != 0:
                total = total + slope * self.outer(auxiliary) * inner
        return total

    def reduced(self, polynomial: Polynomial) -> Polynomial:
        """The normal form by what the auxiliaries mean, so that equal functions are equal polynomials."""
        for auxiliary in self.auxiliaries:
            if polynomial != 0:
                polynomial = auxiliary.function.reduced(auxiliary, self, polynomial)
        return polynomial

    def outer(self, auxiliary: Auxiliary) -> Polynomial:
        """The auxiliary's derivative by its argument. Raises ValueError for a function that has no place in fields."""
        if not auxiliary.function.in_fields:
            known = ", ".join(name for name, function in FUNCTIONS.items() if function.in_fields)
            raise ValueError(f"{auxiliary.definition} has no rule in a field equation; {known} have one")
        return auxiliary.function.slope(auxiliary, self)

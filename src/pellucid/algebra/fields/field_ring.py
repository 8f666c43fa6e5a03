"""Functions of fields in a ring of polynomials: what jets in one and in several variables have in common."""

from __future__ import annotations

import math
from abc import abstractmethod
from collections.abc import Mapping, Sequence
from fractions import Fraction
from functools import cached_property
from typing import Any

import sympy

from ..arithmetic.finite_field import PRIME, Residues, residue
from ..arithmetic.polynomials import Polynomial, coefficients
from ..auxiliaries.auxiliary import FUNCTIONS, Auxiliary


class FieldRing:
    """Polynomials in fields, derivatives, and auxiliaries, which stand for functions of these and of earlier ones."""

    auxiliaries: tuple[Auxiliary, ...]
    parameters: tuple[str, ...]

    @property
    @abstractmethod
    def ring(self) -> Any:
        """The polynomials that they are."""

    @abstractmethod
    def polynomial(self, expression: sympy.Expr) -> Polynomial:
        """An expression as an element of the ring."""

    @cached_property
    def constants(self) -> dict[str, Auxiliary]:
        """The auxiliaries that hold parameters alone, by their symbols: they are numbers, and no functions of fields.

        Raises ValueError for one that is no quotient.
        """
        found: dict[str, Auxiliary] = {}
        for auxiliary in self.auxiliaries:
            if {str(symbol) for symbol in auxiliary.argument.free_symbols} <= {*self.parameters, *found}:
                if not auxiliary.function.is_quotient:
                    raise ValueError(f"{auxiliary.definition} is a constant; give it a name of its own as a parameter")
                found[auxiliary.symbol.name] = auxiliary
        return found

    def columns(self, images: Sequence[Sequence[Polynomial]], values: Mapping[str, int] | None = None) -> Residues:
        """One column for each tuple of polynomials: its coefficients modulo a prime, a row for each monomial.

        With `values` the parameters are these residues; without, monomials of parameters have rows of their own.

        Shape (monomials, images).
        """
        if values:
            return coefficients(images, self._with_constants(values))
        return coefficients([tuple(map(self.reduced, image)) for image in images] if self.constants else images, {})

    def _with_constants(self, values: Mapping[str, int]) -> dict[str, int]:
        """The values, and those of the constants there."""
        found, names = dict(values), [str(name) for name in self.ring.names()]
        for symbol, auxiliary in self.constants.items():
            below = 0
            for exponents, coefficient in self.polynomial(auxiliary.argument).to_dict().items():
                factors = (pow(found[name], int(e), PRIME) for name, e in zip(names, exponents, strict=True) if e)
                below += residue(Fraction(int(coefficient.p), int(coefficient.q))) * math.prod(factors)
            found[symbol] = pow(below, -1, PRIME)
        return found

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

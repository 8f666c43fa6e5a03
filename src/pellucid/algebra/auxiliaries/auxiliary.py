"""Auxiliary symbols: roots, quotients, sines and exponentials in equations become symbols of their own.

Each has a rule for its derivative, so that the equations are polynomials in variables and auxiliaries together. All
that is to be known of one function stands in one object, a `Function`, that registers itself: how expressions of it
are rewritten, its derivative, which relations its symbol obeys, and how it takes a value modulo a prime. A new function
is a file in this folder; the polynomials, the sampling and the elimination ask these objects, and name none of them.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

import numpy as np
import sympy
from numpy.typing import NDArray

from ...core.registry import Registry
from ..arithmetic.polynomials import Polynomial, by_power

if TYPE_CHECKING:
    from ..arithmetic.residue_points import Points
    from .rewriter import Rewriter

FUNCTIONS: Registry[Function] = Registry("function with a rule for its derivative", home="pellucid.algebra.auxiliaries")
"""Every function that equations may hold, by name; each registers itself where it is defined."""


@dataclass(frozen=True)
class Auxiliary:
    """A symbol that stands for a function of `argument` (an expression in variables and earlier auxiliaries)."""

    symbol: sympy.Symbol
    function: Function
    argument: sympy.Expr
    definition: sympy.Expr
    """What it means, in variables alone."""
    powers: tuple[tuple[sympy.Symbol, int], ...] = ()
    """Of which earlier symbols it is a product of powers, where it is one."""
    exponent: Any = None
    """Of a power with parameters in its exponent: that exponent; of atan(k q)/k: k^2."""


class System(Protocol):
    """What a function's rules ask of the ring that its symbol is in."""

    @property
    def ring(self) -> Any: ...

    @property
    def auxiliaries(self) -> tuple[Auxiliary, ...]: ...

    def polynomial(self, expression: sympy.Expr) -> Polynomial: ...


class Function(ABC):
    """A function that equations may hold: one stateless object each, registered under its name.

    What is not said is that of a function without algebraic relations to others, such as log and tanh.
    """

    name: ClassVar[str]
    letter: ClassVar[str]
    """Its symbols are called that, and a number."""
    is_quotient: ClassVar[bool] = False
    """Its symbol is 1/q: it goes when equations are multiplied by q, and laws are not sought in it unasked."""
    relation_holds_argument: ClassVar[bool] = False
    """Its relation to other symbols holds the argument itself, and with it parameters in the argument."""
    is_power: ClassVar[bool] = False
    """Its symbol is q^e, e the `exponent` of the auxiliary."""
    in_fields: ClassVar[bool] = False
    """It may stand in field equations: `reduced` brings polynomials in its symbol to a normal form."""

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        if "name" in cls.__dict__:
            FUNCTIONS.register(cls.name, cls())

    @abstractmethod
    def recognises(self, expression: Any) -> bool:
        """Whether `rewrite` is for this (sympy) expression."""

    @abstractmethod
    def rewrite(self, expression: Any, rewriter: Rewriter) -> sympy.Expr:
        """The expression as a polynomial in symbols, which `rewriter` makes. Raises NoRule."""

    @abstractmethod
    def meaning(self, argument: Any) -> sympy.Expr:
        """The function of `argument`, as sympy writes it."""

    @abstractmethod
    def slope(self, own: Auxiliary, system: System) -> Polynomial:
        """The derivative by the argument."""

    def relation(self, own: Auxiliary, system: System) -> Polynomial | None:
        """A polynomial that is 0 by what the symbol means; None where nothing relates it to other symbols."""
        return None

    def eliminated(self, own: Auxiliary, system: System, polynomial: Polynomial) -> list[Polynomial]:
        """Polynomials without the symbol that are all 0 where this (not 0) is; every coefficient where it is free."""
        return list(by_power(polynomial, own.symbol.name).values())

    def reduced(self, own: Auxiliary, system: System, polynomial: Polynomial) -> Polynomial:
        """The same function as a polynomial in normal form, so that equal functions are equal polynomials."""
        return polynomial

    def sample(self, own: Auxiliary, system: System, points: Points, generator: np.random.Generator) -> NDArray[Any]:
        """Sets the symbol's residue at every point, and says at which points it has one, (points,)."""
        name = own.symbol.name
        points.values[name] = generator.integers(1, points.prime, len(points.values[name]))
        return np.ones(len(points.values[name]), dtype=bool)


def partner(own: Auxiliary, system: System, name: str) -> Auxiliary:
    """The auxiliary for the function called `name` of the same argument: the cosine of a sine's."""
    return next(a for a in system.auxiliaries if a.function.name == name and a.argument == own.argument)


def even_and_odd(parts: dict[int, Polynomial]) -> list[dict[int, Polynomial]]:
    """Coefficients of u^k as those of (u^2)^(k // 2): for even and for odd powers, without what is empty.

    >>> even_and_odd({0: 5, 1: 6, 2: 7})
    [{0: 5, 1: 7}, {0: 6}]
    """
    halves = [{k // 2: part for k, part in parts.items() if k % 2 == odd} for odd in (0, 1)]
    return [half for half in halves if half]

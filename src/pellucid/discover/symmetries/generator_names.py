"""What physicists call a generator of symmetries: translation, scaling, rotation, boost, projective transformation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import sympy


def name_of(components: Sequence[sympy.Expr], coordinates: Sequence[str], independent: int) -> str:
    """What physicists call a generator; "" where there is no word. The first `independent` coordinates are t (and x).

    >>> t, x, u = sympy.symbols("t x u", real=True)
    >>> name_of([3 * t, x, -2 * u], ["t", "x", "u"], 2)
    'scaling: t 3, x 1, u -2'
    """
    field = _Field(tuple(components), tuple(coordinates), independent)
    words = (_translation, _scaling, _rotation, _superposition, _boost, _projective, _linear)
    return next((name for word in words if (name := word(field))), "")


@dataclass(frozen=True)
class _Field:
    """A vector field by its components along the coordinates."""

    components: tuple[sympy.Expr, ...]
    coordinates: tuple[str, ...]
    independent: int

    @cached_property
    def symbols(self) -> list[sympy.Symbol]:
        return [sympy.Symbol(name, real=True) for name in self.coordinates]

    @cached_property
    def moved(self) -> list[int]:
        """The coordinates that it moves."""
        return [i for i, component in enumerate(self.components) if component != 0]

    @cached_property
    def held(self) -> set[sympy.Basic]:
        """The coordinates that its components hold."""
        return set().union(*(self.components[i].free_symbols for i in self.moved)) & set(self.symbols)

    def over(self, i: int, by: int) -> sympy.Expr:
        """Component i over coordinate number `by`."""
        return sympy.cancel(self.components[i] / self.symbols[by])

    def is_constant(self, expression: sympy.Expr) -> bool:
        """Whether the expression holds no coordinate, though perhaps parameters."""
        return not expression.free_symbols & set(self.symbols)


def _translation(field: _Field) -> str:
    if field.held:
        return ""
    in_space = field.moved[0] < field.independent or field.independent == 1
    return f"{'translation' if in_space else 'shift'} in {', '.join(field.coordinates[i] for i in field.moved)}"


def _scaling(field: _Field) -> str:
    """Every component is a constant times its own coordinate."""
    rates = {i: field.over(i, i) for i in field.moved}
    if not all(map(field.is_constant, rates.values())):
        return ""
    return "scaling: " + ", ".join(f"{field.coordinates[i]} {rate}" for i, rate in rates.items())


def _rotation(field: _Field) -> str:
    """Two components, each a constant times the other's coordinate, of opposite signs or of the same."""
    if len(field.moved) != 2:
        return ""
    i, j = field.moved
    first, second = field.over(i, j), field.over(j, i)
    if not (field.is_constant(first) and field.is_constant(second)):
        return ""
    place = f"in {field.coordinates[i]}, {field.coordinates[j]}"
    if sympy.expand(first + second) == 0:
        return f"rotation {place}"
    return f"hyperbolic rotation {place}" if sympy.expand(first - second) == 0 else ""


def _superposition(field: _Field) -> str:
    """A field equation's solution is added to: only fields move, by functions of t and x."""
    only_fields = field.moved[0] >= field.independent == 2
    return "superposition: adds a solution" if only_fields and not field.held & set(field.symbols[2:]) else ""


def _boost(field: _Field) -> str:
    """Places move by a constant times t, and nothing in t faster than that."""
    if field.components[0] != 0 or any(sympy.diff(field.components[i], field.symbols[0], 2) for i in field.moved):
        return ""
    places = [i for i in field.moved if field.independent == 1 or i < field.independent]
    return "Galilean boost" if places and all(field.is_constant(field.over(i, 0)) for i in places) else ""


def _projective(field: _Field) -> str:
    """The independent coordinates (of ordinary equations: all) are multiplied by one and the same linear factor."""
    places = range(len(field.symbols) if field.independent == 1 else field.independent)
    if field.independent == 1 and len(field.moved) < len(field.symbols):
        return ""
    factors = {field.over(i, i) for i in places}
    return "projective" if len(factors) == 1 and not field.is_constant(factors.pop()) else ""


def _linear(field: _Field) -> str:
    degrees = (sympy.Poly(field.components[i], *field.symbols).total_degree() for i in field.moved)
    return "linear map" if all(degree == 1 for degree in degrees) else ""

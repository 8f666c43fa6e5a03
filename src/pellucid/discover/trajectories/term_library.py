"""Libraries of terms that right-hand sides may be made of: monomials, sines and cosines, powers of distances."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
import sympy
from numpy.typing import NDArray

from ...algebra.expressions.text import parse, symbols_of
from .settings import RECOVERY

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Library:
    """Terms over variables, as expressions."""

    names: tuple[str, ...]
    terms: tuple[sympy.Expr, ...]
    title: str = ""
    states: int = 0
    """How many of the names, the first ones, are variables that move; the rest are inputs and time. 0: all of them."""

    @property
    def width(self) -> int:
        """Variables that move."""
        return self.states or len(self.names)

    def __len__(self) -> int:
        return len(self.terms)

    def values(self, states: Array) -> Array:
        """Every term at states (..., variables) -> (..., terms).

        Shapes: (samples, variables) gives (samples, terms).
        """
        return _stacked(self._values, states, len(self.terms))

    def slopes(self, states: Array) -> Array:
        """The derivative of every term by every variable that moves, (..., terms, states).

        Shapes: (samples, variables) gives (samples, terms, states).
        """
        flat = _stacked(self._slopes, states, len(self.terms) * self.width)
        return flat.reshape(*states.shape[:-1], len(self.terms), self.width)

    def select(self, places: Sequence[int] | NDArray[np.int64]) -> Library:
        """Some of the terms.

        places, of shape (chosen,).
        """
        return replace(self, terms=tuple(self.terms[int(i)] for i in places))

    def jet(self, states: Array) -> Array:
        """Every term, and those of their derivatives that are not 0 everywhere, in the order of `moving`.

        Shapes: (samples, variables) gives (samples, terms + derivatives).
        """
        return _stacked(self._jet, states, len(self.terms) + len(self.moving))

    @cached_property
    def moving(self) -> tuple[tuple[int, int], ...]:
        """The terms and states, by their places, of derivatives that are not 0 everywhere."""
        return tuple((i, k) for i, row in enumerate(self._derivatives) for k, slope in enumerate(row) if slope != 0)

    @cached_property
    def _values(self) -> Callable[..., Any]:
        return _compiled(self.names, self.terms)

    @cached_property
    def _slopes(self) -> Callable[..., Any]:
        return _compiled(self.names, tuple(slope for row in self._derivatives for slope in row))

    @cached_property
    def _jet(self) -> Callable[..., Any]:
        return _compiled(self.names, (*self.terms, *(self._derivatives[i][k] for i, k in self.moving)))

    @cached_property
    def _derivatives(self) -> list[list[sympy.Expr]]:
        """By every variable that moves."""
        states = list(symbols_of(self.names).values())[: self.width]
        return [[term.diff(symbol) for symbol in states] for term in self.terms]


@lru_cache(maxsize=512)
def _compiled(names: tuple[str, ...], expressions: tuple[sympy.Expr, ...]) -> Callable[..., Any]:
    return sympy.lambdify(list(symbols_of(names).values()), list(expressions), modules="numpy", cse=True)


def _stacked(function: Callable[..., Any], states: Array, count: int) -> Array:
    found = np.empty((count, *states.shape[:-1]))
    with np.errstate(all="ignore"):
        for i, value in enumerate(function(*(states[..., k] for k in range(states.shape[-1])))):
            found[i] = value
    return found.T if found.ndim == 2 else np.moveaxis(found, 0, -1)


def monomials(names: tuple[str, ...], degree: int, extra: Sequence[str] = ()) -> tuple[sympy.Expr, ...]:
    """All up to `degree` in the variables and the `extra` expressions; of a lower degree where they are many.

    >>> monomials(("x",), 2)
    (1, x, x**2)
    """
    symbols = list(symbols_of(names).values())
    factors: list[Any] = [*symbols, *(parse(text, names) for text in extra)]
    while degree > 1 and _count(len(factors), degree) > RECOVERY.most_terms:
        degree -= 1
    terms = [
        sympy.Mul(*chosen) for k in range(degree + 1) for chosen in itertools.combinations_with_replacement(factors, k)
    ]
    return tuple(dict.fromkeys(terms))


def polynomial_library(names: tuple[str, ...], degree: int, extra: Sequence[str] = ()) -> Library:
    """All monomials up to `degree` in the variables and the `extra` expressions; a lower degree where they are many.

    >>> polynomial_library(("x",), 2).terms
    (1, x, x**2)
    """
    return Library(names, monomials(names, degree, extra), "polynomial" if not extra else "polynomial in the basis")


def libraries(
    names: tuple[str, ...],
    degree: int,
    extra: Sequence[str] = (),
    positions: Sequence[str] = (),
    inputs: tuple[str, ...] = (),
    clock: str = "t",
) -> list[Library]:
    """What is tried, in turn: monomials; with sines and cosines; with x / r^n for every pair of variables.

    Of `positions` (variables whose rate is another variable) also x / r^n in space, and between bodies. Inputs may
    stand in monomials; the time is given, and stands in no term.
    """
    given = (*names, *inputs, clock)
    terms = monomials((*names, *inputs), degree, extra)
    first = Library(given, terms, "polynomial in the basis" if extra else "polynomial", len(names))
    if extra:
        return [first]
    symbols = list(symbols_of(names).values())
    waves = [f(symbol) for symbol in symbols for f in (sympy.sin, sympy.cos)]
    found = [first, replace(first, terms=(*terms, *waves), title="with sines and cosines")]
    if len(names) >= 4:
        low = monomials((*names, *inputs), min(degree, 2))
        found.append(replace(first, terms=(*low, *_pulls_in_planes(symbols)), title="with powers of distances"))
    places = [symbol for symbol in symbols if symbol.name in positions]
    found += _pulls_in_space(first, inputs, places) + _pulls_between_bodies(first, inputs, places)
    return [library for library in found if len(library) <= RECOVERY.most_terms]


def _pulls_in_planes(symbols: Sequence[sympy.Symbol]) -> list[sympy.Expr]:
    """x / r^n and y / r^n for every pair of variables as x and y, n up to 3."""
    return [
        one / sympy.sqrt(a**2 + b**2) ** n
        for a, b in itertools.combinations(symbols, 2)
        for n in (1, 2, 3)
        for one in (a, b)
    ]


def _pulls_in_space(first: Library, inputs: tuple[str, ...], places: Sequence[sympy.Symbol]) -> list[Library]:
    """Linear terms, and those of three coordinates over powers of their distance from the origin."""
    vectors = list(itertools.combinations(places, 3))
    return _with_pulls(first, inputs, vectors, "with powers of distances in space")


def _pulls_between_bodies(first: Library, inputs: tuple[str, ...], places: Sequence[sympy.Symbol]) -> list[Library]:
    """Linear terms, and differences of coordinates over powers of their length, in the plane and in space.

    Which coordinate of one body belongs to which of another is not known: every pairing is tried.
    """
    found = []
    for size, title in ((2, "the plane"), (3, "space")):
        vectors = [
            tuple(a - b for a, b in pairs)
            for pairs in itertools.combinations(itertools.combinations(places, 2), size)
            if len({symbol for pair in pairs for symbol in pair}) == 2 * size
        ]
        found += _with_pulls(first, inputs, vectors, f"with powers of distances between bodies in {title}")
    return found


def _with_pulls(
    first: Library, inputs: tuple[str, ...], vectors: Sequence[tuple[sympy.Expr, ...]], title: str
) -> list[Library]:
    """A library of linear terms and components over powers of lengths; fewer powers where they are many."""
    low = monomials((*first.names[: first.width], *inputs), 1)
    for powers in ((1, 2, 3), (3,)):
        pulls = [one / _length(vector) ** n for vector in vectors for n in powers for one in vector]
        if pulls and len(low) + len(pulls) <= RECOVERY.most_terms:
            return [replace(first, terms=(*low, *pulls), title=title)]
    return []


def _length(vector: tuple[sympy.Expr, ...]) -> sympy.Expr:
    return sympy.sqrt(sympy.Add(*(one**2 for one in vector)))


def _count(width: int, degree: int) -> int:
    return sympy.binomial(width + degree, degree)  # type: ignore[return-value]

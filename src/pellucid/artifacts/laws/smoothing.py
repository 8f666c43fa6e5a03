"""Smoothing: whether a linear field equation smooths ripples away and keeps densities, from its dispersion relation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import isqrt
from typing import Any, Self

import numpy as np
from jaxtyping import Float

from ...algebra.arithmetic.polynomial_signs import (
    Place,
    Rational,
    first_failure,
    plus,
    square_within,
    times,
    trimmed,
    value,
)
from ...core.artifact import Artifact

RIPPLES = "every ripple dies faster than the mean: Re r(k) < Re r(0) for all wave numbers k > 0"
DENSITY = "what begins at a point stays a density: never negative, at any later t"


class NotDecided(Exception):
    """The question is beyond what is decided here; says why."""


@dataclass(frozen=True)
class Smoothing(Artifact):
    """r^2 + b(q) r + c(q) = 0, or r + c(q) = 0, for u = exp(r t) cos(k x), q = k^2: coefficients from the constant up.

    Of second order, with t like a direction of space (a root grows), the solution that stays bounded counts; else, with
    t like time, the root that dies most slowly.

    >>> Smoothing("u_t - u_xx = 0", 1, (), ("0", "1")).ripple() is None
    True
    >>> Smoothing("u_tt - u_xx = 0", 2, ("0",), ("0", "1")).ripple()
    'k = 1'
    """

    equation: str
    order: int
    first: tuple[str, ...]
    zeroth: tuple[str, ...]

    kind = "smoothing"

    @cached_property
    def b(self) -> Rational:
        return trimmed([Fraction(one) for one in self.first])

    @cached_property
    def c(self) -> Rational:
        return trimmed([Fraction(one) for one in self.zeroth])

    @cached_property
    def is_bounded_problem(self) -> bool:
        """Whether some root grows, so that t is like a direction of space, and a bounded solution is asked for."""
        if self.order == 1:
            return False
        return first_failure([self.b, self.c], lambda signs: min(signs) >= 0) is not None

    def ripple(self) -> str | None:
        """A wave number that does not die faster than the mean, in words; None: there is none. Raises NotDecided."""
        polynomials, holds = self._question()
        place = first_failure(polynomials, holds)
        return None if place is None else _named(place)

    def _question(self) -> tuple[list[Rational], Any]:
        """Polynomials in q, and what their signs have to be at every q > 0."""
        if self.order == 1:  # r(q) - r(0) = c(0) - c(q)
            return [plus(_negative(self.c), _constant(self.c))], lambda signs: signs[0] < 0
        if self.is_bounded_problem and not self.b:  # r = -sqrt(max(-c, 0))
            least = max(-value(self.c, Fraction(0)), Fraction(0))
            return [plus(_negative(self.c), (-least,))], lambda signs: signs[0] > 0
        # r = r(0) + m: m^2 + b' m + c' = 0, whose roots' signs are those of b' and c' (Routh and Hurwitz)
        start = self._start()
        shifted = plus(self.b, (2 * start,)), plus(plus(self.c, (start**2,)), times(self.b, (start,)))
        if self.is_bounded_problem:
            return list(shifted), lambda signs: signs[1] < 0 or signs[0] > 0
        return list(shifted), lambda signs: min(signs) > 0

    def _start(self) -> Fraction:
        """Re r(0). Raises NotDecided where it is no rational number."""
        b, c = (value(p, Fraction(0)) for p in (self.b, self.c))
        root = _square_root(max(b**2 - 4 * c, Fraction(0)))
        return (-b - root) / 2 if self.is_bounded_problem else (-b + root) / 2

    def negative(self) -> str | None:
        """A wave number that shows that what begins at a point becomes negative; None: it never does.

        For densities |1 - f(2k)| <= 4 |1 - f(k)|, f their Fourier transform exp(-t g(k^2)) for every small t: so where
        g(4 q) > 4 g(q), there is none. Raises NotDecided.
        """
        if self.order == 1:
            g = plus(self.c, _negative(_constant(self.c)))
            if len(g) == 2 and g[1] > 0:
                return None  # a Gaussian, or one that fades
            scaled = tuple(coefficient * 4**i for i, coefficient in enumerate(g))
            place = first_failure([plus(scaled, times(g, (Fraction(-4),)))], lambda signs: signs[0] <= 0)
            if place is None:
                raise NotDecided("its kernel is none of those that are known to be densities")
            return _named(place)
        if self.is_bounded_problem and not self.b and len(self.c) == 2 and self.c[1] < 0 and self.c[0] <= 0:
            return None  # exp(-t sqrt(m^2 + s q)): sqrt is a Bernstein function
        raise NotDecided("its kernel is none of those that are known to be densities")

    def rates(self, wave_numbers: Float[np.ndarray, " k"]) -> Float[np.ndarray, " k"]:
        """Re r at wave numbers, by floating point."""
        q = wave_numbers**2
        b, c = (np.polynomial.Polynomial([float(x) for x in p] or [0.0])(q) for p in (self.b, self.c))
        if self.order == 1:
            return -c
        root = np.sqrt(np.maximum(b**2 - 4 * c, 0))
        return (-b - root) / 2 if self.is_bounded_problem else (-b + root) / 2

    def describe(self) -> str:
        try:
            ripple = self.ripple()
        except NotDecided:
            return f"{self.equation}: not decided whether every ripple dies faster than the mean"
        if ripple is not None:
            return f"{self.equation} does not smooth: a ripple of {ripple} dies no faster than the mean"
        try:
            kept = self.negative() is None
        except NotDecided:
            return f"{self.equation} smooths every ripple away; not decided whether it keeps densities"
        return (
            f"{self.equation} smooths every ripple away, {'and keeps densities' if kept else 'but makes them negative'}"
        )

    def to_dict(self) -> dict[str, Any]:
        listed = {"first": list(self.first), "zeroth": list(self.zeroth)}
        return {"equation": self.equation, "order": self.order, **listed}

    @classmethod
    def from_dict(cls, data: dict[str, Any], files: Mapping[str, bytes]) -> Self:
        return cls(data["equation"], data["order"], tuple(data["first"]), tuple(data["zeroth"]))


def _named(place: Place) -> str:
    """A wave number of the place: a fraction, or the root of one, or of a number that is known to six digits."""
    k = square_within(place)
    if k is not None:
        return f"k = {k}"
    if place.low == place.high:
        try:
            return f"k = {_square_root(place.low)}"
        except NotDecided:
            return f"k = sqrt({place.low})"
    return f"k = {float(place.low) ** 0.5:.6g}, to six digits"


def _negative(p: Rational) -> Rational:
    return tuple(-c for c in p)


def _constant(p: Rational) -> Rational:
    return p[:1]


def _square_root(x: Fraction) -> Fraction:
    """Raises NotDecided where it is irrational."""
    over, under = isqrt(x.numerator), isqrt(x.denominator)
    if over**2 != x.numerator or under**2 != x.denominator:
        raise NotDecided(f"the rate of the mean holds the square root of {x}, which is no fraction")
    return Fraction(over, under)

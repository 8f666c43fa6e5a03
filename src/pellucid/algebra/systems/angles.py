"""Angles that laws may hold: arc tangents of quotients B/A where A^2 + D B^2 stands in the equations or in a law.

    d/dt atan(sqrt(D) B/A) = sqrt(D) (A B' - B A') / (A^2 + D B^2)

It is the imaginary part of the logarithm of A + sqrt(-D) B, a Darboux polynomial with complex coefficients where
A^2 + D B^2 is a real one (Darboux, Bull. Sci. Math. 2, 60, 1878; Dumortier, Llibre, Artes, Qualitative Theory of
Planar Differential Systems, section 8.4). Half angles come in by tan(theta/2) = sin(theta)/(1 + cos(theta)).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import sympy
from flint import fmpq

from ..arithmetic.polynomials import Polynomial, by_power, to_expression
from ..auxiliaries.auxiliary import FUNCTIONS, partner
from .polynomial_system import PolynomialSystem


@dataclass(frozen=True)
class Angle:
    """atan(sqrt(D) above/below) / sqrt(D)."""

    above: Polynomial
    below: Polynomial
    square: Polynomial
    """D: a number, or a polynomial in the parameters."""

    @classmethod
    def of(cls, above: Polynomial, below: Polynomial, square: Polynomial) -> Angle:
        """With a D that holds no square, which goes to what stands above."""
        number, factors = square.factor()
        size = abs(int(number.p) * int(number.q))
        free = int(sympy.Mul(*(p for p, k in sympy.factorint(size).items() if k % 2)))
        root = fmpq(math.isqrt(size // free), int(number.q))
        rest, outside = square * 0 + (free if number > 0 else -free), square * 0 + root
        for factor, times in factors:
            rest, outside = rest * factor ** (times % 2), outside * factor ** (times // 2)
        above = above * outside
        if above.is_constant() and not below.is_constant():
            above, below = below, rest * above  # atan(x) rather than atan(1/x)
        return cls(above, below, rest)

    @cached_property
    def norm(self) -> Polynomial:
        """below^2 + D above^2, what its derivative is divided by."""
        return self.below**2 + self.square * self.above**2

    def turned(self, system: PolynomialSystem) -> Polynomial:
        """Its derivative along the flow (or by a variable, for one of `system.partials`), times the norm."""
        return self.below * system.derivative(self.above) - self.above * system.derivative(self.below)

    def expression(self, meanings: Mapping[str, sympy.Expr]) -> sympy.Expr:
        """As a person would write it; an area tangent where D is below 0, for positive parameters if it holds some.

        Both are the same function where both have a value, but of real numbers only one is real.
        """
        square: Any = to_expression(self.square)
        below = not square.is_Add and square.could_extract_minus_sign()
        function, size = (sympy.atanh, -square) if below else (sympy.atan, square)
        root = sympy.sqrt(size)
        quotient = sympy.cancel(to_expression(self.above) / to_expression(self.below)).xreplace(
            {sympy.Symbol(name, real=True): meaning for name, meaning in meanings.items()}
        )
        return function(root * quotient) / root


def angles_in(
    system: PolynomialSystem, curves: Sequence[Polynomial], laws: Sequence[Polynomial], most: int = 8
) -> list[Angle]:
    """The angles of Darboux polynomials and denominators, of sines that turn steadily, and of known laws.

    >>> from .polynomial_system import polynomial_system
    >>> x, y = sympy.symbols("x y", real=True)
    >>> system, _ = polynomial_system([x, y], [x - 3 * y, 3 * x + y])
    >>> [angle.expression({}) for angle in angles_in(system, [system.polynomial(x**2 + y**2)], [])]
    [atan(y/x)]
    """
    found: dict[tuple[str, str], Angle] = {}
    several = (
        *(angle for g in curves for angle in _of_curve(g, system)),
        *_of_sines(system),
        *(angle for g in laws for angle in _of_law(g, system)),
    )
    for angle in several:
        found.setdefault(_kind(angle, system), angle)
    return list(found.values())[:most]


def _kind(angle: Angle, system: PolynomialSystem) -> tuple[str, str]:
    """Alike for angles that differ by a constant: A + sqrt(-D) B divides the same irreducible norm, for the same D.

    Of a norm with several factors that is not so (theirs may be added or subtracted): it counts as it is.
    """
    number, factors = angle.norm.factor()
    moving = [factor for factor, _ in factors if _moves(factor, system)]
    if len(moving) == 1:
        (norm,) = moving
        return str(norm / norm.leading_coefficient()), str(angle.square)
    return str(angle.norm / number), str(angle.square)


def _of_curve(g: Polynomial, system: PolynomialSystem) -> Iterator[Angle]:
    """g = (A^2 + D B^2) / 4c, by completing the square in one symbol; in another one it is the same angle, turned."""
    for below, rest, _ in _squares(g, system):
        known = _square_of(rest, system)
        if known is not None:
            yield Angle.of(known[1], below, known[0])
            return


def _of_law(g: Polynomial, system: PolynomialSystem) -> Iterator[Angle]:
    """4c g = A^2 + (B^2 + a constant) / 4e, by completing the square in two symbols: the phase of an oscillation."""
    for below, rest, symbol in _squares(g, system):
        for above, left, other in _squares(rest, system):
            if other != symbol and not _moves(left, system):
                lead = by_power(rest, other)[2]
                yield Angle.of(above, 2 * lead * below, lead)


def _squares(g: Polynomial, system: PolynomialSystem) -> Iterator[tuple[Polynomial, Polynomial, str]]:
    """(2 c x + b, 4 c d - b^2, x) for every symbol x in which g is c x^2 + b x + d with a constant c."""
    for symbol in system.symbols:
        parts = by_power(g, symbol.name) if g != 0 else {}
        if max(parts, default=0) == 2 and not _moves(parts[2], system):
            zero = g * 0
            c, b, d = parts[2], parts.get(1, zero), parts.get(0, zero)
            yield 2 * c * system.generators[symbol.name] + b, 4 * c * d - b * b, symbol.name


def _square_of(polynomial: Polynomial, system: PolynomialSystem) -> tuple[Polynomial, Polynomial] | None:
    """(D, B) with D B^2 the polynomial, D constant; None where it is 0, or no such product."""
    if polynomial == 0:
        return None
    number, factors = polynomial.factor()
    square, root = polynomial * 0 + number, polynomial * 0 + 1
    for factor, times in factors:
        if times % 2 and _moves(factor, system):
            return None
        square, root = square * factor ** (times % 2), root * factor ** (times // 2)
    return square, root


def _factors_and_denominators(system: PolynomialSystem) -> list[Polynomial]:
    """The factors of the rates of variables, and what stands below a fraction line; none twice."""
    rates = [f for rate in system.flow[: len(system.variables)] if rate != 0 for f, _ in rate.factor()[1]]
    below = [system.polynomial(a.argument) for a in system.auxiliaries if a.function.is_quotient]
    return list({str(q): q for q in (*rates, *below)}.values())


def _of_sines(system: PolynomialSystem) -> Iterator[Angle]:
    """Of what stands in the equations, as a factor of a rate or below a fraction line, and holds a sine or cosine."""
    several = _factors_and_denominators(system)
    for sine in (a for a in system.auxiliaries if a.function is FUNCTIONS["sin"]):
        s, c = (system.generators[a.symbol.name] for a in (sine, partner(sine, system, "cos")))
        yield from (angle for q in several if (angle := _half_angle(q, s, c, system)) is not None)


def _half_angle(q: Polynomial, s: Polynomial, c: Polynomial, system: PolynomialSystem) -> Angle | None:
    """The integral of 1/q for q = a + b sin + c cos, by which an angle turns; None for others, and without an angle."""
    b, d = (q.derivative(str(g)) for g in (s, c))
    a = q - b * s - d * c
    square = a * a - b * b - d * d
    if (b, d) == (0, 0) or any(_moves(part, system) for part in (a, b, d)) or square == 0 or a == d:
        return None
    return Angle.of(1 + c, (a - d) * s + b * (1 + c), square)


def _moves(polynomial: Polynomial, system: PolynomialSystem) -> bool:
    """Whether it holds more than parameters."""
    return polynomial != 0 and any(polynomial.degrees()[: len(system.symbols)])

"""Factors of an expression, where finding them ends soon.

sympy reads exp(300*x) as the 300th power of exp(x), and x**(127/50) as the 127th of x**(1/50). Factors of a polynomial
of degree n over the integers are found by trying sets of its factors modulo a prime (Zassenhaus): up to 2^(n/2) sets,
and for x**n + 1, where most of these factors are small, nearly as many are tried.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import sympy


@dataclass(frozen=True)
class DenseSize:
    """Bounds on an expression as a dense polynomial in roots of what it holds: its coefficients, its highest degree."""

    coefficients: int
    degree: int


def factored(expression: Any, *, most_coefficients: int = 2_000, most_degree: int = 24) -> Any:
    """The expression as a product of factors; as it is where that may take long: 2^(24/2) sets take milliseconds.

    >>> x = sympy.Symbol("x", real=True)
    >>> factored(x**2 + 2 * x + 1), factored(sympy.exp(300 * x) + 1)
    ((x + 1)**2, exp(300*x) + 1)
    """
    size = dense_size(expression)
    if size.coefficients > most_coefficients or size.degree > most_degree:
        return expression
    return sympy.factor(expression)


def dense_size(expression: Any) -> DenseSize:
    """How large it is as a dense polynomial.

    >>> x, y = sympy.symbols("x y", positive=True)
    >>> dense_size(x**2 * y + 1), dense_size(x ** sympy.Rational(127, 50) + y).coefficients
    (DenseSize(coefficients=6, degree=2), 256)
    >>> dense_size(sympy.exp(1920 * x + y)).degree
    1920
    """
    degrees = _Degrees()
    degrees.add(expression, sympy.S.One)
    return degrees.size()


class _Degrees:
    """The degree of a polynomial in each thing that it holds, and the roots of it that are taken."""

    def __init__(self) -> None:
        self.degrees: dict[sympy.Expr, Any] = {}
        self.roots: dict[sympy.Expr, int] = {}

    def size(self) -> DenseSize:
        sizes = [int(sympy.ceiling(degree * self.roots.get(base, 1))) for base, degree in self.degrees.items()]
        return DenseSize(math.prod(1 + size for size in sizes), max(sizes, default=0))

    def add(self, node: Any, power: Any) -> None:
        """What `node` ** `power` holds."""
        if node.is_Number:
            return
        if isinstance(node, sympy.Pow) and node.exp.is_Rational:
            self._add_power(node, power)
        elif isinstance(node, sympy.exp | sympy.Pow):
            self._add_exponential(node.exp, power)
        elif isinstance(node, sympy.Add | sympy.Mul):
            for part in node.args:
                self.add(part, power)
        else:
            self._raise(node, power)

    def _add_power(self, node: Any, power: Any) -> None:
        if not node.exp.is_Integer:
            self.roots[node.base] = math.lcm(self.roots.get(node.base, 1), int(sympy.denom(node.exp)))
            self._raise(node.base, abs(node.exp) * power)
            if node.base.is_Symbol:
                return
        self.add(node.base, power * abs(node.exp))

    def _add_exponential(self, exponent: Any, power: Any) -> None:
        """exp(7*x + y/3) is read as exp(x)**7 * exp(y/3)."""
        for part in sympy.Add.make_args(exponent):
            sizes = [abs(number.p) * number.q for number in part.atoms(sympy.Rational)]
            self._raise(part, max(sizes, default=1) * power)

    def _raise(self, base: Any, degree: Any) -> None:
        self.degrees[base] = self.degrees.get(base, sympy.S.Zero) + degree

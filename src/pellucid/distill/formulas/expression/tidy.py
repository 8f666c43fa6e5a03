"""Tidying: the shortest of a few algebraically equal forms of an expression."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

import sympy

from .description import formula_bits
from .settings import EFFORTS


def shortest(expression: sympy.Expr) -> sympy.Expr:
    """The form with the fewest bits among together, factored, expanded, cancelled and power-collected ones.

    >>> x, y, z = sympy.symbols("x y z", real=True)
    >>> shortest((2 * x + 4 * y) / (6 * z))
    (x + 2*y)/(3*z)
    """
    best, fewest = expression, formula_bits(expression)
    if sympy.count_ops(expression) > EFFORTS.tidied_operations:
        return best
    for form in _forms(expression):
        bits = formula_bits(form)
        if bits < fewest - 1e-9:
            best, fewest = form, bits
    return best


def _forms(expression: sympy.Expr) -> Iterator[sympy.Expr]:
    steps: list[Callable[[Any], Any]] = [
        sympy.together,
        sympy.factor_terms,
        lambda e: sympy.powsimp(sympy.together(e), force=False),
        lambda e: sympy.factor_terms(_together(e)),
    ]
    if _small(expression):
        steps += [sympy.factor, sympy.expand, sympy.cancel, lambda e: sympy.factor_terms(sympy.expand(e))]
    for step in steps:
        try:
            form = step(expression)
        except (sympy.PolynomialError, NotImplementedError, ZeroDivisionError):
            continue
        if not form.has(sympy.nan, sympy.zoo, sympy.oo):
            yield form


def _together(e: Any) -> Any:
    return sympy.together(e)


def _small(expression: sympy.Expr) -> bool:
    """Whether expanding gives few terms: powers of sums multiply them out."""
    if expression.has(sympy.Float):
        return False
    terms = 1
    for node in sympy.preorder_traversal(expression):
        if isinstance(node, sympy.Add):
            terms *= len(node.args)
        elif isinstance(node, sympy.Pow) and isinstance(node.base, sympy.Add) and node.exp.is_Integer:
            terms *= len(node.base.args) ** min(8, abs(int(node.exp)) - 1)
        if terms > EFFORTS.tidied_terms:
            return False
    return _dense(expression) <= EFFORTS.tidied_coefficients


def _dense(expression: sympy.Expr) -> int:
    """A bound on how many coefficients there are in the expression as a dense polynomial in roots of what it holds.

    >>> x, y = sympy.symbols("x y", positive=True)
    >>> _dense(x**2 * y + 1), _dense(x ** sympy.Rational(127, 50) + y)
    (6, 256)
    >>> _dense(sympy.exp(1920 * x + y)) > 1000
    True
    """
    degrees = _Degrees()
    degrees.add(expression, sympy.S.One)
    return degrees.coefficients()


class _Degrees:
    """The degree of a polynomial in each thing that it holds, and the roots of it that are taken."""

    def __init__(self) -> None:
        self.degrees: dict[sympy.Expr, Any] = {}
        self.roots: dict[sympy.Expr, int] = {}

    def coefficients(self) -> int:
        sizes = (degree * self.roots.get(base, 1) for base, degree in self.degrees.items())
        return math.prod(1 + int(sympy.ceiling(size)) for size in sizes)

    def add(self, node: Any, power: Any) -> None:
        """Adds what `node` ** `power` holds."""
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

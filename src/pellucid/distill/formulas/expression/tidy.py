"""Tidying: the shortest of a few algebraically equal forms of an expression."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import sympy

from ....algebra.expressions.factoring import dense_size, factored
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
        steps += [factored, sympy.expand, sympy.cancel, lambda e: sympy.factor_terms(sympy.expand(e))]
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
    return dense_size(expression).coefficients <= EFFORTS.tidied_coefficients


def without_holes(expression: sympy.Expr, most_terms: int = 8) -> sympy.Expr:
    """A quotient whose divisor is a factor of what it divides, without it: it has values where the quotient has none.

    The whole is left as it is where more than `most_terms` terms would come of it, such as of (1 - x^99)/(1 - x).

    >>> x, y = sympy.symbols("x y", real=True)
    >>> without_holes((1 - x**4) / (1 - x)), without_holes((1 + x) / (1 + y))
    (x**3 + x**2 + x + 1, (x + 1)/(y + 1))
    """
    divisor = sympy.fraction(sympy.together(expression))[1]
    if not divisor.free_symbols or expression.has(sympy.Float) or not _small(expression):
        return expression
    if not expression.is_rational_function(*expression.free_symbols):
        return expression
    filled = sympy.cancel(expression)
    left = sympy.fraction(filled)[1]
    if sympy.total_degree(left) >= sympy.total_degree(sympy.expand(divisor)):
        return expression
    return filled if len(sympy.Add.make_args(sympy.fraction(filled)[0])) <= most_terms else expression

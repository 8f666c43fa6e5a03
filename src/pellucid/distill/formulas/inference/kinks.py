"""The ways to write a kink: sqrt((u - v)^2) = |u - v|,  r + c |w| = max(r + c w, r - c w),  r + max(u, v) = max(...).

Engines that know powers only write a kink with a root; what a person would write is among these, and is shorter.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import sympy

from ....algebra.expressions.factoring import factored


def kink_forms(expression: sympy.Expr) -> Iterator[sympy.Expr]:
    """The expression itself, and the same with its kinks written otherwise.

    >>> x, z = sympy.symbols("x z", real=True)
    >>> [str(form) for form in kink_forms(sympy.sqrt(x**2 - 2 * x * z + z**2))]
    ['sqrt(x**2 - 2*x*z + z**2)', 'Abs(x - z)']
    >>> str(list(kink_forms(x + sympy.Max(-x, x - 3)))[-1])
    'Max(0, 2*x - 3)'
    """
    yield expression
    plain = _with_abs(expression)
    if plain != expression:
        yield plain
    if isinstance(plain, sympy.Add):
        yield from _as_extreme(plain)


def _with_abs(expression: Any) -> Any:
    """Roots of squares as absolute values."""

    def rooted(e: Any) -> Any:
        base, exponent = e.args
        inside: Any = factored(base) if isinstance(base, sympy.Add) and len(base.args) <= 10 else base
        coefficient, rest = inside.as_coeff_Mul()
        if coefficient.is_negative or not (isinstance(rest, sympy.Pow) and rest.exp == 2):
            return e
        return (sympy.sqrt(coefficient) * sympy.Abs(rest.base)) ** (2 * exponent)

    def is_root(e: Any) -> bool:
        exponent: Any = e.exp if isinstance(e, sympy.Pow) else None
        return isinstance(exponent, sympy.Rational) and int(exponent.q) == 2 and bool(e.free_symbols)

    return expression.replace(is_root, rooted)


def _as_extreme(expression: Any) -> Iterator[Any]:
    """A sum with one absolute value, or one minimum or maximum, as a minimum or maximum."""
    for term in expression.args:
        factor, kink = term.as_coeff_Mul()
        rest = expression - term
        if isinstance(kink, sympy.Abs):
            arms = [sympy.expand(rest + sign * factor * kink.args[0]) for sign in (1, -1)]
            yield (sympy.Max if factor.is_positive else sympy.Min)(*arms)
        elif isinstance(kink, sympy.Min | sympy.Max):
            arms = [sympy.expand(rest + factor * arm) for arm in kink.args]
            upper = isinstance(kink, sympy.Max) == bool(factor.is_positive)
            yield (sympy.Max if upper else sympy.Min)(*arms)

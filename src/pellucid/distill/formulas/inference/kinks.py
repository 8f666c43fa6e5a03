"""Kinks: the ways to write one, and those that decide nothing.

The ways: sqrt((u - v)^2) = |u - v|,  r + c |w| = max(r + c w, r - c w),  r + max(u, v) = max(...).
Engines that know powers only write a kink with a root; what a person would write is among these, and is shorter.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import sympy
from numpy.typing import NDArray

from ....algebra.expressions.factoring import factored
from ..expression.tape import CannotCompile, compile_expression

Array = NDArray[np.float64]


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


def without_idle_kinks(expression: Any, X: Array, names: Sequence[str]) -> Any:
    """The expression without the kinks that no row of X (rows, columns) is beyond: on these rows it is the same.

    An arm of a minimum or maximum that decides it on no row goes, and |u| is u or -u where u has one sign. Such a kink
    says nothing of the rows, and only what lies beyond them would see it.

    >>> x = sympy.Symbol("x", real=True)
    >>> without_idle_kinks(2 * sympy.Min(x, 65.9) + sympy.Abs(x - 3), np.array([[4.0], [9.0]]), ["x"])
    3*x - 3
    """
    if not expression.has(sympy.Abs, sympy.Min, sympy.Max):
        return expression
    parts = [without_idle_kinks(part, X, names) for part in expression.args]
    arms = [parts[0], -parts[0]] if isinstance(expression, sympy.Abs) else parts
    if isinstance(expression, sympy.Abs | sympy.Min | sympy.Max):
        kept = _that_decide(arms, isinstance(expression, sympy.Min), X, names)
        if len(kept) == 1:
            return kept[0]
        parts = parts if isinstance(expression, sympy.Abs) else kept
    return expression.func(*parts)


def _that_decide(arms: Sequence[Any], lower: bool, X: Array, names: Sequence[str]) -> list[Any]:
    """The arms without which the minimum (`lower`) or maximum would be another one on some row."""
    extreme = np.min if lower else np.max
    try:
        values = [np.broadcast_to(compile_expression(arm, names)(X), len(X)) for arm in arms]
    except CannotCompile:
        return list(arms)
    kept = list(range(len(arms)))
    for k in range(len(arms)):
        others = [values[i] for i in kept if i != k]
        if others and np.array_equal(extreme(others, axis=0), extreme([values[i] for i in kept], axis=0)):
            kept.remove(k)
    return [arms[k] for k in kept]


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

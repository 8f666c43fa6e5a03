"""Exact numbers made free: what a formula's structure is, without the numbers in it."""

from __future__ import annotations

from typing import Any

import sympy


def free_constants(expression: sympy.Expr) -> sympy.Expr:
    """Every number but +-1 and exact exponents as a floating one, to be fitted again.

    >>> x = sympy.Symbol("x", real=True)
    >>> free_constants(x**2 / 4 + 1)
    0.25*x**2 + 1
    """
    return _freed(expression)


def _freed(e: Any) -> Any:
    if not e.free_symbols:
        return e if abs(e) == 1 else sympy.Float(e.evalf(20), 17)
    if isinstance(e, sympy.Pow) and not e.exp.free_symbols:
        return _freed(e.base) ** e.exp
    if isinstance(e, sympy.Mul):
        number, rest = e.as_independent(*e.free_symbols, as_Add=False)
        return _freed(number) * sympy.Mul(*[_freed(arg) for arg in sympy.Mul.make_args(rest)])
    return e.func(*[_freed(arg) for arg in e.args]) if e.args else e

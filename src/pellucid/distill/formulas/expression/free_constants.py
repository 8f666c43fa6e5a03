"""Exact numbers made free: what a formula's structure is, without the numbers in it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sympy

from ....algebra.expressions.jumps import JUMPS


def free_constants(expression: sympy.Expr) -> sympy.Expr:
    """Every number but +-1 and exact exponents as a floating one, to be fitted again.

    >>> x = sympy.Symbol("x", real=True)
    >>> free_constants(x**2 / 4 + 1)
    0.25*x**2 + 1
    """
    return _freed(expression, lambda number: sympy.Float(number.evalf(20), 17), lambda exponent: exponent)


def named_numbers(expression: sympy.Expr) -> tuple[sympy.Expr, dict[sympy.Symbol, Any], set[sympy.Symbol]]:
    """A symbol for every exact number but +-1; those numbers; and which of them are exponents.

    >>> x = sympy.Symbol("x", real=True)
    >>> template, numbers, exponents = named_numbers(x**2 / 4 + 1)
    >>> list(numbers.values()), len(exponents)
    ([1/4, 2], 1)
    """
    numbers: dict[sympy.Symbol, Any] = {}
    exponents: set[sympy.Symbol] = set()

    def name(number: Any) -> sympy.Symbol:
        symbol = sympy.Symbol(f"_#exact{len(numbers)}", real=True)  # no column can be called so
        numbers[symbol] = number
        return symbol

    def name_exponent(exponent: Any) -> Any:
        if abs(exponent) == 1:
            return exponent
        exponents.add(symbol := name(exponent))
        return symbol

    return _freed(expression, name, name_exponent), numbers, exponents


def _freed(e: Any, number: Callable[[Any], Any], exponent: Callable[[Any], Any]) -> Any:
    """The expression with what these make of its numbers other than +-1, and of its exponents."""
    if not e.free_symbols:
        return e if abs(e) == 1 else number(e)
    if isinstance(e, JUMPS):  # numbers that no slope tells anything of
        return e
    if isinstance(e, sympy.Pow) and not e.exp.free_symbols:
        return _freed(e.base, number, exponent) ** exponent(e.exp)
    if isinstance(e, sympy.Mul):
        factor, rest = e.as_independent(*e.free_symbols, as_Add=False)
        freed = _freed(factor, number, exponent)
        return freed * sympy.Mul(*[_freed(arg, number, exponent) for arg in sympy.Mul.make_args(rest)])
    return e.func(*[_freed(arg, number, exponent) for arg in e.args]) if e.args else e

"""From expressions to polynomials: every function becomes an auxiliary symbol, by its own rules.

Sums and whole multiples in the arguments of sines are expanded, exponentials of dependent arguments are written as
monomials of earlier ones, so that what is left has no algebraic relations but w q = 1, u^2 q = 1, s^2 + c^2 = 1.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import sympy

from ..arithmetic.polynomials import is_whole_power
from .auxiliary import FUNCTIONS, Auxiliary, Function


class NoRule(ValueError):
    """The equations hold a function without a rule for its derivative."""


@dataclass
class Rewriter:
    """Collects the auxiliaries that a set of expressions needs; `rewrite` returns polynomials.

    >>> x = sympy.Symbol("x", real=True)
    >>> rewriter = Rewriter({"x"})
    >>> rewriter.rewrite(x * sympy.exp(2 * x) + 1 / x)
    e1**2*x + w1
    """

    taken: set[str]
    constants: frozenset[sympy.Symbol] = frozenset()
    """The parameters: they may stand in exponents."""
    found: list[Auxiliary] = field(default_factory=list)

    def rewrite(self, expression: sympy.Expr) -> sympy.Expr:
        """The expression as a polynomial in symbols, floats taken as the decimal fractions they print as.

        Raises NoRule for a function that none of `FUNCTIONS` recognises.
        """
        e: Any = expression
        if e.is_Float:
            return sympy.Rational(repr(float(e)))
        if e.is_Symbol or e.is_Rational:
            return e
        if e.is_number:
            raise NoRule(f"the number {e} is not rational; declare it as a parameter")
        if e.is_Mul and FUNCTIONS["atan"].recognises(e):
            return FUNCTIONS["atan"].rewrite(e, self)
        if e.is_Add or e.is_Mul:
            return e.func(*map(self.rewrite, e.args))
        power = _whole_power(e, self)
        return power if power is not None else _function_in(e).rewrite(e, self)

    def symbol_of(self, function: Function, argument: Any) -> sympy.Symbol:
        """The symbol that stands for the function of `argument`; a new one where there is none yet."""
        return self.symbol_for(function, self.rewrite(argument), function.meaning(argument))

    def symbol_for(self, function: Function, argument: sympy.Expr, definition: sympy.Expr) -> sympy.Symbol:
        """The same for an argument that is rewritten already, and what the symbol means."""
        argument = sympy.expand(argument)
        for auxiliary in self.found:
            if auxiliary.function is function and auxiliary.argument == argument:
                return auxiliary.symbol
        return self.add(function, argument, definition)

    def add(
        self,
        function: Function,
        argument: sympy.Expr,
        definition: sympy.Expr,
        powers: tuple[tuple[sympy.Symbol, int], ...] = (),
        exponent: Any = None,
    ) -> sympy.Symbol:
        """A new symbol with the function's letter and the first number that is free."""
        number = 1
        while f"{function.letter}{number}" in self.taken:
            number += 1
        name = f"{function.letter}{number}"
        self.taken.add(name)
        symbol = sympy.Symbol(name, real=True)
        self.found.append(Auxiliary(symbol, function, argument, definition, powers, exponent))
        return symbol


def _whole_power(e: Any, rewriter: Rewriter) -> sympy.Expr | None:
    """A power with a whole exponent that is not negative; None for anything else."""
    return rewriter.rewrite(e.args[0]) ** e.args[1] if is_whole_power(e) else None


def _function_in(e: Any) -> Function:
    """The function that recognises an expression. Raises NoRule where there is none."""
    for function in FUNCTIONS.values():
        if function.recognises(e):
            return function
    if e.is_Pow:
        raise NoRule(
            f"({e.args[0]})**({e.args[1]}) has no rule; powers with a number or a parameter in the exponent have one"
        )
    raise NoRule(f"{e} has no rule for its derivative; rules are known for powers, {', '.join(_names())}")


def _names() -> list[str]:
    """The functions by the names that sympy knows them by."""
    return [name for name in FUNCTIONS if hasattr(sympy, name)]

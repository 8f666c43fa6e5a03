"""Auxiliary symbols: roots, quotients, sines and exponentials in equations of motion become symbols of their own.

Each has a rule for its derivative, so that the equations are polynomials in variables and auxiliaries together:

    w = 1/q      w' = -w^2 q'         u = 1/sqrt(q)   u' = -u^3 q' / 2       e = exp(a)   e' = e a'
    s = sin(a)   s' = c a'            c = cos(a)      c' = -s a'             l = log(q)   l' = q' / q
    t = tanh(a)  t' = (1 - t^2) a'

Sums and whole multiples in the arguments of sines are expanded, exponentials of dependent arguments are written as
monomials of earlier ones, so that what is left has no algebraic relations but w q = 1, u^2 q = 1, s^2 + c^2 = 1.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import sympy


class NoRule(ValueError):
    """The equations hold a function without a rule for its derivative."""


@dataclass(frozen=True)
class Auxiliary:
    """A symbol that stands for `kind` of `argument` (an expression in variables and earlier auxiliaries).

    For the kind "monomial" (exp of a dependent argument), `powers` says of which earlier symbols.
    """

    symbol: sympy.Symbol
    kind: str
    argument: sympy.Expr
    definition: sympy.Expr
    """What it means, in variables alone."""
    powers: tuple[tuple[sympy.Symbol, int], ...] = ()


@dataclass
class Rewriter:
    """Collects the auxiliaries that a set of expressions needs; `rewrite` returns polynomials."""

    taken: set[str]
    found: list[Auxiliary] = field(default_factory=list)

    def rewrite(self, expression: sympy.Expr) -> sympy.Expr:
        """The expression as a polynomial in symbols, floats taken as the decimal fractions they print as."""
        e: Any = expression
        if e.is_Float:
            return sympy.Rational(repr(float(e)))
        if e.is_Symbol or e.is_Rational:
            return e
        if e.is_number and not e.free_symbols and not e.is_Rational:
            raise NoRule(f"the number {e} is not rational; declare it as a parameter")
        if e.is_Add or e.is_Mul:
            return e.func(*map(self.rewrite, e.args))
        if e.is_Pow:
            return self._power(*e.args)
        if isinstance(e, sympy.exp):
            return self._exponential(e.args[0])
        if isinstance(e, sympy.sin | sympy.cos | sympy.tan):
            return self._trigonometric(e)
        if isinstance(e, sympy.sinh | sympy.cosh):
            return self.rewrite(e.rewrite(sympy.exp))
        if isinstance(e, sympy.tanh):
            return self._named("tanh", e.args[0], "t")
        if isinstance(e, sympy.log):
            self._named("inverse", e.args[0], "w")
            return self._named("log", e.args[0], "l")
        raise NoRule(f"{e} has no rule for its derivative; rules are known for powers, exp, log, sin, cos, tan, tanh")

    def _power(self, base: Any, exponent: Any) -> sympy.Expr:
        if exponent.is_Integer:
            if exponent >= 0:
                return self.rewrite(base) ** exponent
            return self._named("inverse", base, "w") ** (-exponent)
        if exponent.is_Rational and exponent.q == 2:
            root, power = self._named("root", base, "u"), int(exponent.p)
            return root**-power if power < 0 else (root * self.rewrite(base)) ** power
        raise NoRule(f"{base}**({exponent}) has no rule; whole and half powers have one")

    def _trigonometric(self, e: Any) -> sympy.Expr:
        expanded = sympy.expand_trig(e.func(sympy.expand(e.args[0])))
        if expanded != e:
            return self.rewrite(expanded)
        argument = e.args[0]
        if argument.could_extract_minus_sign():
            return self.rewrite(-e.func(-argument) if isinstance(e, sympy.sin | sympy.tan) else e.func(-argument))
        sine, cosine = self._named("sin", argument, "s"), self._named("cos", argument, "c")
        if isinstance(e, sympy.tan):
            return sine * self._known("inverse", cosine, "w", 1 / sympy.cos(argument))
        return sine if isinstance(e, sympy.sin) else cosine

    def _exponential(self, argument: Any) -> sympy.Expr:
        argument = sympy.expand(argument)
        content, primitive = argument.as_content_primitive()
        if primitive.could_extract_minus_sign():
            content, primitive = -content, -primitive
        if content.is_Integer and content > 1:
            return self._exponential(primitive) ** content
        known = [a for a in self.found if a.kind in ("exp", "monomial")]
        for auxiliary in known:
            if sympy.expand(auxiliary.definition.args[0] - argument) == 0:
                return auxiliary.symbol
        powers = _combination(argument, [(a.symbol, a.definition.args[0]) for a in known if a.kind == "exp"])
        if powers is not None:
            symbol = self._symbol("e")
            rewritten = self.rewrite(argument)
            self.found.append(Auxiliary(symbol, "monomial", rewritten, sympy.exp(argument), powers))
            return symbol
        return self._named("exp", argument, "e")

    def _named(self, kind: str, argument: Any, letter: str) -> sympy.Symbol:
        functions = {
            "inverse": lambda q: 1 / q,
            "root": lambda q: 1 / sympy.sqrt(q),
            "sin": sympy.sin,
            "cos": sympy.cos,
            "exp": sympy.exp,
            "log": sympy.log,
            "tanh": sympy.tanh,
        }
        return self._known(kind, self.rewrite(argument), letter, functions[kind](argument))

    def _known(self, kind: str, argument: sympy.Expr, letter: str, definition: sympy.Expr) -> sympy.Symbol:
        argument = sympy.expand(argument)
        for auxiliary in self.found:
            if auxiliary.kind == kind and auxiliary.argument == argument:
                return auxiliary.symbol
        symbol = self._symbol(letter)
        self.found.append(Auxiliary(symbol, kind, argument, definition))
        return symbol

    def _symbol(self, letter: str) -> sympy.Symbol:
        number = 1
        while f"{letter}{number}" in self.taken:
            number += 1
        self.taken.add(f"{letter}{number}")
        return sympy.Symbol(f"{letter}{number}", real=True)


def _combination(
    argument: sympy.Expr, known: Iterable[tuple[sympy.Symbol, Any]]
) -> tuple[tuple[sympy.Symbol, int], ...] | None:
    """Whole n_i with argument = sum n_i a_i for the arguments a_i already known, None where there are none."""
    pairs = list(known)
    if not pairs:
        return None
    unknowns = sympy.symbols(f"_n0:{len(pairs)}")
    difference = sympy.expand(argument - sum(n * a for n, (_, a) in zip(unknowns, pairs, strict=True)))
    terms = sympy.Poly(difference, *sorted(difference.free_symbols - set(unknowns), key=str)).coeffs()
    solutions: Any = sympy.linsolve(terms, *unknowns)
    for solution in solutions:
        if all(value.is_Integer for value in solution):
            return tuple((symbol, int(n)) for (symbol, _), n in zip(pairs, solution, strict=True) if n)
    return None

"""The free constants of an expression made symbols, in the form in which they are easiest to know.

Every floating number is a free constant; exact numbers are structure. With `ratios`, a sum whose terms all have one is
written c0 (t0 + r1 t1 + ...): what the terms have in common is known from all of them, ratios are often plain numbers
although the factor is none, and no constant is left that the data could not determine beside another.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import sympy
from numpy.typing import NDArray

from ....algebra.expressions.jumps import JUMPS
from .description import formula_bits
from .settings import BITS, TOLERANCES
from .tape import Tape, compile_expression

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Parametrised:
    """`template` with `symbols` in place of the free constants, whose `values` are as they stood.

    `exponents` says which are exponents; `without` how many bits of structure go when a constant is 0 (infinite where
    it cannot be); `unit` how many when it is 1.
    """

    template: sympy.Expr
    symbols: tuple[sympy.Symbol, ...]
    values: Array
    exponents: tuple[bool, ...]
    without: tuple[float, ...]
    unit: tuple[float, ...]

    def tape(self, names: Sequence[str]) -> Tape:
        """Compiled over columns `names`; raises CannotCompile."""
        return compile_expression(self.template, names, self.symbols)

    def expression(self, values: Sequence[float | sympy.Expr]) -> sympy.Expr:
        """The template with numbers put back; floats stay floats, exact numbers stay exact.

        >>> x = sympy.Symbol("x", real=True)
        >>> parametrise(2.5 * x).expression([sympy.Integer(3)])
        3*x
        """
        numbers = [value if isinstance(value, sympy.Basic) else sympy.Float(value, 17) for value in values]
        template: Any = self.template
        return template.xreplace(dict(zip(self.symbols, numbers, strict=True)))


def parametrise(expression: sympy.Expr, *, ratios: bool = False) -> Parametrised:
    """Free constants made symbols: each Float, and each number that holds one, is one constant.

    1.0 * x and x**2.0 are x and x**2; exp(a + b) with a floating a is a constant times exp(b).

    >>> x, y = sympy.symbols("x y", real=True)
    >>> parametrise(2.5 * sympy.sin(3.5 * x) + 1).values.tolist()
    [2.5, 3.5]
    >>> parametrise(sympy.sqrt(4.0 * x + 8.0 * y), ratios=True).values.tolist()
    [2.0, 2.0]
    """
    walker = _Walker(ratios)
    template = walker.walk(_without_offsets(expression))
    kept = [symbol for symbol in walker.values if template.has(symbol)]
    return Parametrised(
        template,
        tuple(kept),
        np.array([walker.values[symbol] for symbol in kept], dtype=np.float64),
        tuple(symbol in walker.exponents for symbol in kept),
        tuple(walker.without.get(symbol, -np.inf) for symbol in kept),
        tuple(walker.unit.get(symbol, 0.0) for symbol in kept),
    )


@dataclass
class _Walker:
    ratios: bool
    values: dict[sympy.Symbol, float] = field(default_factory=dict)
    exponents: set[sympy.Symbol] = field(default_factory=set)
    without: dict[sympy.Symbol, float] = field(default_factory=dict)
    unit: dict[sympy.Symbol, float] = field(default_factory=dict)

    def walk(self, e: Any, exponent: bool = False) -> Any:
        if not e.has(sympy.Float) or isinstance(e, JUMPS):  # no slope tells anything of numbers within jumps
            return e
        if not e.free_symbols:
            return self.constant(float(e), exponent)
        if isinstance(e, sympy.Add):
            return self.sum([self.walk(arg) for arg in e.args])
        if isinstance(e, sympy.Mul):
            return self.product([self.walk(arg) for arg in e.args])
        if isinstance(e, sympy.Pow):
            return self.power(self.walk(e.args[0]), self.walk(e.args[1], not e.args[1].free_symbols))
        return e.func(*[self.walk(arg) for arg in e.args])

    def constant(self, value: float, exponent: bool) -> Any:
        if (exponent and abs(value - round(value)) < TOLERANCES.whole_exponent) or value in (-1.0, 0.0, 1.0):
            return sympy.Integer(round(value))
        symbol = sympy.Symbol(f"_#{len(self.values)}", real=True)  # no column can be called so
        self.values[symbol] = value
        if exponent:
            self.exponents.add(symbol)
        return symbol

    def split(self, e: Any) -> tuple[Any, Any]:
        """(constant, rest) of constant * rest, (None, e) where there is none."""
        factors = sympy.Mul.make_args(e)
        own = [factor for factor in factors if factor in self.values]
        if len(own) != 1:
            return None, e
        return own[0], sympy.Mul(*[factor for factor in factors if factor is not own[0]])

    def sum(self, terms: list[Any]) -> Any:
        parts = [self.split(term) for term in terms]
        for constant, rest in parts:
            if constant is not None:
                self.without[constant] = BITS.symbol + (0.0 if rest == 1 else BITS.symbol + formula_bits(rest))
                self.unit[constant] = 0.0 if rest == 1 else BITS.symbol
        if not self.ratios or any(constant is None for constant, _ in parts):
            return sympy.Add(*terms)
        return self.common_factor(parts)

    def common_factor(self, parts: list[tuple[Any, Any]]) -> Any:
        """c0 (t0 + r1 t1 + ...) from (constant, rest) of every term; the first positive constant is c0."""
        reference = next((i for i, (constant, _) in enumerate(parts) if self.values[constant] > 0), 0)
        common = parts[reference][0]
        for constant, _ in parts:
            if constant is not common:
                self.values[constant] /= self.values[common]
        self.without.pop(common, None)
        self.unit[common] = BITS.symbol
        rests = [rest if constant is common else constant * rest for constant, rest in parts]
        return sympy.Mul(common, sympy.Add(*rests))

    def product(self, factors: list[Any]) -> Any:
        """At most one constant in a product."""
        flat = [part for factor in factors for part in sympy.Mul.make_args(factor)]
        own: list[Any] = [factor for factor in flat if factor in self.values]
        others = [factor for factor in flat if factor not in self.values]
        if own:
            self.values[own[0]] = float(np.prod([self.values[factor] for factor in own]))
            self.without.pop(own[0], None)
            self.unit[own[0]] = BITS.symbol
        return sympy.Mul(*own[:1], *others)

    def power(self, base: Any, exponent: Any) -> Any:
        constant, rest = self.split(base)
        plain = isinstance(exponent, sympy.Rational)
        if self.ratios and constant is not None and plain and rest != 1 and self.values[constant] != 0:
            value = self.values[constant]
            if value > 0 or exponent.is_Integer:
                self.values[constant] = value ** float(exponent)
                self.unit[constant] = BITS.symbol
                return sympy.Mul(constant, rest**exponent)
        return base**exponent


def _without_offsets(expression: Any) -> Any:
    """exp(a + b) -> exp(a) exp(b) where a is a floating number, which would be redundant beside a factor."""

    def split(argument: sympy.Expr) -> sympy.Expr:
        number, rest = argument.as_coeff_Add()
        return sympy.exp(argument) if not number.is_Float else sympy.exp(number) * sympy.exp(rest)

    return expression.replace(sympy.exp, split) if expression.has(sympy.exp) else expression


def settle_exponents(expression: sympy.Expr, names: Sequence[str], X: Array) -> sympy.Expr:
    """Floating exponents rounded to integers where the expression is not finite on X, so that negative bases pass.

    >>> x = sympy.Symbol("x", real=True)
    >>> settle_exponents(x**2.02, ["x"], np.array([[-1.0], [2.0]]))
    x**2
    """
    parametrised = parametrise(expression)
    if not any(parametrised.exponents):
        return expression
    if np.isfinite(parametrised.tape(names)(X, parametrised.values.tolist())).all():
        return expression
    pairs = zip(parametrised.values, parametrised.exponents, strict=True)
    rounded = [sympy.Integer(round(value)) if exponent else float(value) for value, exponent in pairs]
    return parametrised.expression(rounded)

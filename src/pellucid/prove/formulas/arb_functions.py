"""Functions of one variable over balls: sympy expressions become functions of truncated Taylor series in Arb.

A ball holds every value that a real computation could give, rounding included, so whatever is bounded here is bounded
for real numbers. Arb: Johansson, arXiv 1611.02831.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from typing import Any, TypeAlias

import sympy
from flint import arb, arb_series, fmpq

from ...algebra.expressions.jumps import modulo_written_out
from ..proof import CertificateError

Series: TypeAlias = Any
"""A flint arb_series (or an arb): python-flint has no annotations."""
SeriesFunction: TypeAlias = Callable[[Series], Series]


class NotBounded(CertificateError, ValueError):
    """The expression holds something that has no enclosure here."""


def series_function(expression: sympy.Expr, variable: sympy.Symbol) -> SeriesFunction:
    """`expression` as a function of a series in `variable`; raises NotBounded for what it cannot enclose.

    >>> x = sympy.Symbol("x")
    >>> series_function(x**2 + sympy.pi, x)(arb(1)).str(5)
    '[4.1416 +/- 7.35e-6]'
    """
    if extra := expression.free_symbols - {variable}:
        raise NotBounded(f"{expression} depends on {sorted(map(str, extra))}, and not on {variable} alone")
    return _compiled(expression)


def constant(expression: sympy.Expr) -> Series:
    """A number as a ball: floats are taken for the exact binary fractions that they are.

    >>> constant(sympy.Rational(1, 2)).str()
    '0.500000000000000'
    """
    return _compiled(expression)(arb(0))


def ball(low: float, high: float) -> Series:
    """The smallest ball that surely holds the interval [low, high].

    >>> bool(ball(1.0, 3.0).contains(2))
    True
    """
    return arb(low).union(arb(high))


def upper(value: Series) -> float:
    """A float that is surely at least |value|; infinite where nothing is known.

    >>> upper(arb(-3)) >= 3, upper(arb.nan())
    (True, inf)
    """
    bound = abs(value).upper() if value.is_finite() else None
    return math.inf if bound is None else math.nextafter(float(bound), math.inf)


def interval(value: Series) -> tuple[float, float]:
    """Floats that surely enclose the ball.

    >>> low, high = interval(arb(2))
    >>> low < 2 < high
    True
    """
    if not value.is_finite():
        return -math.inf, math.inf
    low, high = float(value.lower()), float(value.upper())
    return math.nextafter(low, -math.inf), math.nextafter(high, math.inf)


def _compiled(expression: Any) -> SeriesFunction:
    if expression.is_Symbol:
        return lambda x: x
    if expression.is_number and not expression.args:
        value = _number(expression)
        return lambda x: value
    if expression.is_Pow:
        return _power(_compiled(expression.args[0]), expression.args[1])
    if isinstance(expression, sympy.Mod):
        return _compiled(modulo_written_out(*expression.args))
    arguments = expression.args[:1] if isinstance(expression, sympy.Heaviside) else expression.args
    return _combined(expression, [_compiled(argument) for argument in arguments])


def _combined(expression: Any, parts: list[SeriesFunction]) -> SeriesFunction:
    """A sum, a product, or a known function of one variable, of its arguments' functions."""
    if expression.is_Add:
        return lambda x: sum((part(x) for part in parts[1:]), parts[0](x))
    if expression.is_Mul:
        return lambda x: math.prod((part(x) for part in parts[1:]), start=parts[0](x))
    function = FUNCTIONS.get(expression.func)
    if function is None or len(parts) != 1:
        raise NotBounded(f"{expression.func} has no enclosure; bounds are known for {', '.join(map(str, FUNCTIONS))}")
    inner = parts[0]
    return lambda x: function(inner(x))


def _number(expression: Any) -> Series:
    if expression.is_Rational:
        return arb(fmpq(int(expression.p), int(expression.q)))
    if expression.is_Float:
        exact = Fraction(float(expression))
        return arb(fmpq(exact.numerator, exact.denominator))
    if expression is sympy.pi:
        return arb.pi()
    if expression is sympy.E:
        return arb.const_e()
    raise NotBounded(f"the number {expression} has no enclosure")


def _power(base: SeriesFunction, exponent: Any) -> SeriesFunction:
    if exponent.is_Integer:
        return lambda x: integer_power(base(x), int(exponent))
    if exponent.is_Rational and exponent.q == 2:
        return lambda x: integer_power(base(x).sqrt(), int(exponent.p))
    power = _compiled(exponent)
    return lambda x: (power(x) * base(x).log()).exp()


def integer_power(value: Series, exponent: int) -> Series:
    """A whole power, by squares: that of a ball around 0 hardly reaches below it.

    >>> integer_power(arb(2), -3).str()
    '0.125000000000000'
    """
    if exponent < 0:
        return 1 / integer_power(value, -exponent)
    if exponent == 0:
        return arb(1)
    half = integer_power(value, exponent // 2)
    whole = _square(half) if exponent >= 2 else arb(1)
    return whole * value if exponent % 2 else whole


def _square(value: Series) -> Series:
    """For a ball the hull of the squares, which a product of two balls does not know: they are never negative."""
    if not isinstance(value, arb):
        return value * value
    least, most = value.abs_lower(), value.abs_upper()
    return (least * least).union(most * most)


def _tanh(value: Series) -> Series:
    return 1 - 2 / ((2 * value).exp() + 1)


def _absolute(value: Series) -> Series:
    """|value|: where the sign is known; elsewhere there is no Taylor series, and for a ball its own absolute value."""
    if isinstance(value, arb):
        return abs(value)
    first = value[0]
    if first.lower() >= 0:
        return value
    return -value if first.upper() <= 0 else arb_series([arb.nan()], prec=value.prec)


def _stepped(value: Series, function: Callable[[arb], arb]) -> Series:
    """A function that is constant between jumps: of a ball, the hull of its values; of a series, where it has one."""
    ball = value if isinstance(value, arb) else value[0]
    if not ball.is_finite():
        return arb.nan() if isinstance(value, arb) else arb_series([arb.nan()], prec=value.prec)
    low, high = function(ball.lower()), function(ball.upper())
    if isinstance(value, arb):
        return low.union(high)
    return arb_series([low if low == high else arb.nan()], prec=value.prec)


def _step(end: arb) -> arb:
    return arb(int(end >= 0))


def _sign(end: arb) -> arb:
    return arb(int(end > 0) - int(end < 0))


FUNCTIONS: dict[Any, SeriesFunction] = {
    sympy.exp: lambda v: v.exp(),
    sympy.log: lambda v: v.log(),
    sympy.sin: lambda v: v.sin(),
    sympy.cos: lambda v: v.cos(),
    sympy.tan: lambda v: v.tan(),
    sympy.asin: lambda v: v.asin(),
    sympy.acos: lambda v: v.acos(),
    sympy.atan: lambda v: v.atan(),
    sympy.erf: lambda v: v.erf(),
    sympy.tanh: _tanh,
    sympy.sinh: lambda v: (v.exp() - (-v).exp()) / 2,
    sympy.cosh: lambda v: (v.exp() + (-v).exp()) / 2,
    sympy.asinh: lambda v: (v + (v * v + 1).sqrt()).log(),
    sympy.acosh: lambda v: (v + (v * v - 1).sqrt()).log(),
    sympy.atanh: lambda v: ((1 + v).log() - (1 - v).log()) / 2,
    sympy.Abs: _absolute,
    sympy.floor: lambda v: _stepped(v, lambda end: end.floor()),
    sympy.ceiling: lambda v: _stepped(v, lambda end: end.ceil()),
    sympy.Heaviside: lambda v: _stepped(v, _step),
    sympy.sign: lambda v: _stepped(v, _sign),
}

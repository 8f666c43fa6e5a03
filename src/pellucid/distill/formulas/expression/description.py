r"""Description length: the one place that decides which of two formulas is simpler, and whether it is worth its error.

    L(formula, data) = L(formula) + n/2 log2 max(mse / scale^2, FLOOR^2)

The second term is the Gaussian code length of n residuals whose unknown variance is profiled out, up to a constant that
all formulas share. `FLOOR` is what double precision leaves of an exact formula: below it errors are rounding, so that
1e-15 is no better than 1e-14, while an impostor at 1e-9 pays n log2(1e-9 / FLOOR), about 10,000 bits for 1,000 rows.
Under noise the term is what n log2(1 + z^2 / n) / 2 = z^2 / (2 ln 2) says: two sigma cost 2.9 bits.

L(formula) follows AI Feynman (arXiv 1905.11481 section II.C, arXiv 2006.10782 section 2.1): `SYMBOL` bits for each
operator, function (the square is one) and variable, and for numbers

    integer n       log2(1 + |n|) + 1/2 log2(5) for each factor 5, + 2 log2(p) for each prime factor p > 5;
                    for 2^k up to 64, no more than 2 + log2(1 + k)
    p / q           both parts, or its decimal digits where they are shorter
    pi^k            `PI` + log2(1 + |k|) - 1;   sqrt(2 pi): `PI` + 1, and 2 more beside a factor
    a root          `ROOT` once;   e: `EULER`;   log m: `EULER` + bits of m
    free constant   `REAL` + log2(1 / precision),   precision = relative error / sqrt(n)

The constants of formulas are products of small primes and powers of pi far more often than chance would have them;
that is why rough numbers pay twice. A free constant is stored as precisely as n rows determine it (Rissanen).
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any

import numpy as np
import sympy
from numpy.typing import NDArray

Array = NDArray[np.float64]

SYMBOL = 3.0
"""log2 of 8, about as many different operators, functions and variables as one formula has."""
REAL = 5.0
"""Sign and magnitude of a free constant, and that it is one."""
PI = 3.0
ROOT = 4.0
EULER = 6.0
FLOOR = 1e-12
"""Relative error below which residuals of an exact formula are rounding."""
PRECISION = 2.0**-10


@lru_cache(maxsize=1 << 16)
def integer_bits(n: int) -> float:
    """log2(1 + |n|), more for rough n, whose prime factors are not only 2 and 3.

    >>> [round(integer_bits(n), 1) for n in (1, 2, 3, 4, 5, 32, 7)]
    [1.0, 1.6, 2.0, 2.3, 3.7, 4.6, 8.6]
    """
    n = abs(int(n))
    bits = math.log2(1 + n)
    if n == 0:
        return 1.0
    if n & (n - 1) == 0 and n <= 64:
        return min(bits, 2 + math.log2(n.bit_length()))
    for prime in (2, 3, 5):
        while n % prime == 0:
            n //= prime
            bits += 0.5 * math.log2(5) if prime == 5 else 0.0
    return bits + 2 * math.log2(n)


def rational_bits(numerator: int, denominator: int) -> float:
    """Both parts, or as a decimal fraction n / 10^d where that is shorter: log2(1 + |n|) + 3 + log2(1 + d)."""
    bits = integer_bits(numerator) + (integer_bits(denominator) if denominator != 1 else 0.0)
    rest, twos, fives = denominator, 0, 0
    while rest % 2 == 0:
        rest, twos = rest // 2, twos + 1
    while rest % 5 == 0:
        rest, fives = rest // 5, fives + 1
    digits = max(twos, fives)
    if rest == 1 and 0 < digits <= 12:
        whole = abs(numerator) * 10**digits // denominator
        bits = min(bits, math.log2(1 + whole) + 3 + math.log2(1 + digits))
    return bits


def number_bits(number: Any) -> float:
    """Bits of an exact number, sign not counted.

    >>> [round(number_bits(sympy.sympify(text)), 1) for text in ("3/5", "1/(4*pi)", "sqrt(2)", "1/sqrt(2*pi)")]
    [5.7, 6.3, 5.6, 4.0]
    """
    if isinstance(number, sympy.Rational):
        return rational_bits(int(number.p), int(number.q))
    if number is sympy.pi:
        return PI
    if number is sympy.E:
        return EULER
    if isinstance(number, sympy.Pow):
        return _power_bits(number)
    if isinstance(number, sympy.exp):
        return EULER + number_bits(number.args[0]) - 1
    if isinstance(number, sympy.Mul):
        return _product_bits(number)
    if isinstance(number, sympy.Function):
        return EULER + sum(number_bits(arg) for arg in number.args)
    if isinstance(number, sympy.Add):
        return sum(number_bits(arg) for arg in number.args) + SYMBOL * (len(number.args) - 1)
    return math.inf


def _power_bits(number: Any) -> float:
    base, exponent = number.args
    if base.is_Rational or base is sympy.pi or base is sympy.E:
        if isinstance(exponent, sympy.Rational) and int(exponent.q) == 2:
            power = abs(int(exponent.p))
            return ROOT + number_bits(base) + (integer_bits(power) - 1)
        if isinstance(exponent, sympy.Integer):
            return number_bits(base) + integer_bits(int(exponent)) - 1
    return SYMBOL + number_bits(base) + number_bits(exponent)


def _product_bits(number: Any) -> float:
    """A root is paid once: sqrt(2) / (2 sqrt(pi)) is 1 / sqrt(2 pi), the root of a rational and a power of pi."""
    square, plain, power, rest = sympy.Integer(1), 0.0, sympy.Integer(0), 0.0
    roots = False
    for factor in number.args:
        base, exponent = factor.as_base_exp()
        if base.is_Rational and isinstance(exponent, sympy.Rational) and int(2 * exponent) == 2 * exponent:
            square, roots = square * base ** (2 * exponent), roots or exponent.q == 2
        elif base is sympy.pi and isinstance(exponent, sympy.Rational) and int(2 * exponent) == 2 * exponent:
            power, roots = power + exponent, roots or exponent.q == 2
        else:
            rest += number_bits(factor)
    if abs(power) == sympy.Rational(1, 2):
        quotient = sympy.sqrt(square * 2 ** (-2 * power))
        if quotient.is_Rational:
            return PI + 1 + (0.0 if abs(quotient) == 1 else 2 + number_bits(quotient)) + rest
    if roots:
        plain = ROOT + min(_known(square, 2 * power), _outside(square, 2 * power))
    else:
        plain = _known(sympy.sqrt(square), power)
    return plain + rest


def _known(rational: sympy.Expr, power: sympy.Expr) -> float:
    """rational * pi^power, both exact."""
    ones = rational_bits(int(sympy.numer(rational)), int(sympy.denom(rational)))
    if power == 0:
        return ones
    return (0.0 if abs(rational) == 1 else ones) + PI + integer_bits(int(power)) - 1


def _outside(square: Any, power: sympy.Expr) -> float:
    """sqrt(square pi^power) written as r sqrt(m pi^power) with a square-free m."""
    numerator, denominator = int(sympy.numer(square)), int(sympy.denom(square))
    root: Any = sympy.sqrt(sympy.Integer(numerator * denominator))
    coefficient, radical = root.as_coeff_Mul()
    coefficient = coefficient / denominator
    inside = int(radical**2)
    bits = rational_bits(int(coefficient.p), int(coefficient.q)) if coefficient != 1 else 0.0
    return bits + _known(sympy.Integer(inside), power)


def real_bits(precision: float = PRECISION) -> float:
    """A free constant known to the relative `precision`."""
    return REAL + max(0.0, math.log2(1 / precision))


def formula_bits(expression: Any, precision: float = PRECISION) -> float:
    """Bits of a formula; free (floating) constants are known to the relative `precision`.

    >>> x, y = sympy.symbols("x y", real=True)
    >>> formula_bits(x * y), formula_bits(x / y), formula_bits(-x)
    (9.0, 9.0, 4.0)
    """
    if isinstance(expression, sympy.Symbol):
        return SYMBOL
    if not expression.free_symbols:
        sign = 1.0 if expression.is_negative else 0.0
        return sign + (real_bits(precision) if expression.has(sympy.Float) else number_bits(expression))
    if isinstance(expression, sympy.Mul):
        return _mul_bits(expression, precision)
    if isinstance(expression, sympy.Pow):
        base, exponent = expression.args
        if exponent.is_Rational and exponent.is_negative:
            return SYMBOL + formula_bits(base**-exponent, precision)
        if exponent == sympy.Rational(1, 2):
            return SYMBOL + formula_bits(base, precision)
        square = 0.0 if exponent == 2 else formula_bits(exponent, precision)
        return SYMBOL + formula_bits(base, precision) + square
    operators = max(1, len(expression.args) - 1) if isinstance(expression, sympy.Add) else 1
    return SYMBOL * operators + sum(formula_bits(arg, precision) for arg in expression.args)


def _mul_bits(expression: Any, precision: float) -> float:
    numbers = [arg for arg in expression.args if not arg.free_symbols]
    factors = [arg for arg in expression.args if arg.free_symbols]
    coefficient = sympy.Mul(*numbers)
    bits, divided = -SYMBOL, 0
    for factor in factors:
        base, exponent = factor.as_base_exp() if isinstance(factor, sympy.Pow) else (factor, sympy.Integer(1))
        if exponent.is_Rational and exponent.is_negative:
            divided += 1
            factor = base**-exponent
        bits += SYMBOL + formula_bits(factor, precision)
    unit = abs(coefficient) == 1
    if unit:
        bits += 1.0 if coefficient.is_negative else 0.0
    else:
        bits += SYMBOL + formula_bits(coefficient, precision)
    return bits + (SYMBOL if unit and divided == len(factors) else 0.0)


def relative_precision(error: float, rows: int, scale: float, floor: float = FLOOR) -> float:
    """How precisely n = `rows` rows of error `error` determine a constant: max(error / scale, floor) / sqrt(n)."""
    relative = error / scale if scale > 0 and math.isfinite(error) else 1.0
    return min(1.0, max(relative, floor)) / math.sqrt(max(rows, 1))


def data_bits(mse: float, rows: int, scale: float, floor: float = FLOOR) -> float:
    """rows / 2 * log2 max(mse / scale^2, floor^2), infinite where the error is not finite; `scale` is the rms of y.

    >>> round(data_bits(0.25, 10, 1.0)), data_bits(0.0, 1000, 1.0) == data_bits(1e-28, 1000, 1.0)
    (-10, True)
    """
    if not math.isfinite(mse):
        return math.inf
    relative = mse / scale**2 if scale > 0 else float(mse > 0)
    return rows / 2 * math.log2(max(relative, floor**2))


def description_bits(expression: sympy.Expr, error: float, rows: int, scale: float, floor: float = FLOOR) -> float:
    """Bits of the formula and of `rows` residuals with root mean square `error`: what is minimised over candidates."""
    precision = relative_precision(error, rows, scale, floor)
    return formula_bits(expression, precision) + data_bits(error**2, rows, scale, floor)


def description_length(expression: sympy.Expr, values: Array, y: Array) -> float:
    """Bits of the formula and of y (rows,) given its `values` (rows,), with the kind of error that suits them better.

        additive        n/2 log2 mean (y - f)^2 / scale^2
        proportional    n/2 log2 mean (log y/f)^2 + sum log2 |y| / scale      (the sum is the logarithm's Jacobian)

    Over several decades a measurement is as good as its share of the value, not as its size: additive errors let the
    largest rows alone decide over a constant, proportional ones let each decade have its say. This is what formulas of
    different methods are compared by. Infinite where a value is not finite.

    >>> x, y = sympy.Symbol("x", real=True), np.array([1.0, 10.0, 100.0])
    >>> description_length(x, y * [1.01, 0.99, 1.01], y) < description_length(x, y + [1.0, -1.0, 1.0], y)
    True
    """
    rows, scale = len(y), float(np.sqrt(np.mean(y**2))) or 1.0
    error = float(np.sqrt(np.mean((y - values) ** 2))) if np.isfinite(values).all() else np.inf
    bits = description_bits(expression, error, rows, scale)
    spread = proportional_error(values, y)
    if spread is None:
        return bits
    jacobian = float(np.log2(np.abs(y) / scale).sum())
    return min(bits, description_bits(expression, max(spread, FLOOR), rows, 1.0) + jacobian)


def proportional_error(values: Array, y: Array, *, ratio: float = 30.0) -> float | None:
    """The root mean square of log y / value over y and `values`, both (rows,).

    None where the signs differ, or the largest |y| is not `ratio` times the smallest: within a decade and a half the
    two kinds of error can hardly be told apart, and the additive one is what a table without a remark means.

    >>> proportional_error(np.array([1.0, 10.0, 100.0]), np.array([1.0, 10.0, 100.0]))
    0.0
    >>> proportional_error(np.array([1.0, 2.0]), np.array([1.0, 2.0])) is None
    True
    """
    sizes = np.abs(y)
    if not ((y > 0).all() or (y < 0).all()) or sizes.max() < ratio * sizes.min():
        return None
    with np.errstate(all="ignore"):
        logs = np.log(values / y)
    return float(np.sqrt(np.mean(logs**2))) if np.isfinite(logs).all() else None

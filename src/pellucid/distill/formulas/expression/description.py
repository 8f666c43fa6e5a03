r"""Description length: the one place that decides which of two formulas is simpler, and whether it is worth its error.

    L(formula, data) = L(formula) + n/2 log2 max(mse / scale^2, floor^2)

The second term is the Gaussian code length of n residuals whose unknown variance is profiled out, up to a constant that
all formulas share. The floor is what double precision leaves of an exact formula: below it errors are rounding, so
that 1e-15 is no better than 1e-14, while an impostor at 1e-9 pays n log2(1e-9 / floor), about 10,000 bits for 1,000
rows. Under noise the term is what n log2(1 + z^2 / n) / 2 = z^2 / (2 ln 2) says: two sigma cost 2.9 bits.

L(formula) follows AI Feynman (arXiv 1905.11481 section II.C, arXiv 2006.10782 section 2.1): `symbol` bits for each
operator, function (the square is one) and variable, and for numbers

    integer n       log2(1 + |n|) + 1/2 log2(5) for each factor 5, + 2 log2(p) for each prime factor p > 5;
                    for 2^k up to 64, no more than 2 + log2(1 + k)
    p / q           both parts, or its decimal digits where they are shorter
    pi^k            `pi` + log2(1 + |k|) - 1;   sqrt(2 pi): `pi` + 1, and 2 more beside a factor
    a root          `root` once;   e: `euler`;   log m: `euler` + bits of m
    free constant   `real` + log2(1 / precision),   precision = relative error / sqrt(n)

The constants of formulas are products of small primes and powers of pi far more often than chance would have them;
that is why rough numbers pay twice. The figures themselves stand in `settings.CodeLengths`. A free constant is stored
as precisely as n rows determine it (Rissanen).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any

import numpy as np
import sympy
from numpy.typing import NDArray

from .settings import BITS

Array = NDArray[np.float64]


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
    """Both parts, or as a decimal fraction n / 10^d where that is shorter: log2(1 + |n|) + 3 + log2(1 + d).

    >>> rational_bits(0, 1), rational_bits(1, 2) < rational_bits(5, 7) < rational_bits(355, 113)
    (1.0, True)
    """
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
    for kind, bits in _NUMBERS:
        if isinstance(number, kind):
            return bits(number)
    return math.inf


def _sum_bits(number: Any) -> float:
    return sum(number_bits(arg) for arg in number.args) + BITS.symbol * (len(number.args) - 1)


def _function_bits(number: Any) -> float:
    return BITS.euler + sum(number_bits(arg) for arg in number.args)


def _power_bits(number: Any) -> float:
    base, exponent = number.args
    if base.is_Rational or base is sympy.pi or base is sympy.E:
        if isinstance(exponent, sympy.Rational) and int(exponent.q) == 2:
            power = abs(int(exponent.p))
            return BITS.root + number_bits(base) + (integer_bits(power) - 1)
        if isinstance(exponent, sympy.Integer):
            return number_bits(base) + integer_bits(int(exponent)) - 1
    return BITS.symbol + number_bits(base) + number_bits(exponent)


def _product_bits(number: Any) -> float:
    """A root is paid once: sqrt(2) / (2 sqrt(pi)) is 1 / sqrt(2 pi), the root of a rational and a power of pi."""
    square, power, rest, roots = _gathered(number.args)
    if abs(power) == sympy.Rational(1, 2):
        quotient = sympy.sqrt(square * 2 ** (-2 * power))
        if quotient.is_Rational:
            return BITS.pi + 1 + (0.0 if abs(quotient) == 1 else 2 + number_bits(quotient)) + rest
    if roots:
        plain = BITS.root + min(_known(square, 2 * power), _outside(square, 2 * power))
    else:
        plain = _known(sympy.sqrt(square), power)
    return plain + rest


def _gathered(factors: Iterable[Any]) -> tuple[Any, Any, float, bool]:
    """The square of the rational factors, the power of pi, the bits of all others, and whether there is a root."""
    square, power, rest, roots = sympy.Integer(1), sympy.Integer(0), 0.0, False
    for factor in factors:
        base, exponent = factor.as_base_exp()
        halves = isinstance(exponent, sympy.Rational) and int(2 * exponent) == 2 * exponent
        if halves and base.is_Rational:
            square, roots = square * base ** (2 * exponent), roots or exponent.q == 2
        elif halves and base is sympy.pi:
            power, roots = power + exponent, roots or exponent.q == 2
        else:
            rest += number_bits(factor)
    return square, power, rest, roots


def _known(rational: sympy.Expr, power: sympy.Expr) -> float:
    """rational * pi^power, both exact."""
    ones = rational_bits(int(sympy.numer(rational)), int(sympy.denom(rational)))
    if power == 0:
        return ones
    return (0.0 if abs(rational) == 1 else ones) + BITS.pi + integer_bits(int(power)) - 1


def _outside(square: Any, power: sympy.Expr) -> float:
    """sqrt(square pi^power) written as r sqrt(m pi^power) with a square-free m."""
    numerator, denominator = int(sympy.numer(square)), int(sympy.denom(square))
    root: Any = sympy.sqrt(sympy.Integer(numerator * denominator))
    coefficient, radical = root.as_coeff_Mul()
    coefficient = coefficient / denominator
    inside = int(radical**2)
    bits = rational_bits(int(coefficient.p), int(coefficient.q)) if coefficient != 1 else 0.0
    return bits + _known(sympy.Integer(inside), power)


def real_bits(precision: float = BITS.precision) -> float:
    """A free constant known to the relative `precision`."""
    return BITS.real + max(0.0, math.log2(1 / precision))


def formula_bits(expression: Any, precision: float = BITS.precision) -> float:
    """Bits of a formula; free (floating) constants are known to the relative `precision`.

    >>> x, y = sympy.symbols("x y", real=True)
    >>> formula_bits(x * y), formula_bits(x / y), formula_bits(-x)
    (9.0, 9.0, 4.0)
    """
    if isinstance(expression, sympy.Symbol):
        return BITS.symbol
    if not expression.free_symbols:
        sign = 1.0 if expression.is_negative else 0.0
        return sign + (real_bits(precision) if expression.has(sympy.Float) else number_bits(expression))
    if isinstance(expression, sympy.Mul):
        return _mul_bits(expression, precision)
    if isinstance(expression, sympy.Pow):
        return BITS.symbol + _raised_bits(*expression.args, precision)
    operators = max(1, len(expression.args) - 1) if isinstance(expression, sympy.Add) else 1
    return BITS.symbol * operators + sum(formula_bits(arg, precision) for arg in expression.args)


def _raised_bits(base: Any, exponent: Any, precision: float) -> float:
    """base ** exponent: a quotient and a root are functions of their own, and so is the square."""
    if exponent.is_Rational and exponent.is_negative:
        return formula_bits(base**-exponent, precision)
    if exponent == sympy.Rational(1, 2):
        return formula_bits(base, precision)
    return formula_bits(base, precision) + (0.0 if exponent == 2 else formula_bits(exponent, precision))


def _mul_bits(expression: Any, precision: float) -> float:
    """A division is written as one: x / y, not x * y ** -1; where nothing else stands above the bar, 1 does."""
    numbers, factors = [], []
    for arg in expression.args:
        (factors if arg.free_symbols else numbers).append(arg)
    coefficient = sympy.Mul(*numbers)
    inverted = [_inverted(factor) for factor in factors]
    bits = -BITS.symbol
    for factor, inverse in zip(factors, inverted, strict=True):
        bits += BITS.symbol + formula_bits(factor if inverse is None else inverse, precision)
    if abs(coefficient) != 1:
        return bits + BITS.symbol + formula_bits(coefficient, precision)
    bits += 1.0 if coefficient.is_negative else 0.0
    return bits + (BITS.symbol if None not in inverted else 0.0)


def _inverted(factor: Any) -> Any:
    """1 / factor where that is the simpler one: a power with a negative exponent; else None."""
    if isinstance(factor, sympy.Pow):
        base, exponent = factor.as_base_exp()
        if exponent.is_Rational and exponent.is_negative:
            return base**-exponent
    return None


_NUMBERS: tuple[tuple[Any, Callable[[Any], float]], ...] = (
    (sympy.Rational, lambda number: rational_bits(int(number.p), int(number.q))),
    (type(sympy.pi), lambda number: BITS.pi),
    (type(sympy.E), lambda number: BITS.euler),
    (sympy.Pow, _power_bits),
    (sympy.exp, lambda number: BITS.euler + number_bits(number.args[0]) - 1),
    (sympy.Mul, _product_bits),
    (sympy.Function, _function_bits),
    (sympy.Add, _sum_bits),
)
"""What an exact number costs, by its kind; the first that fits counts."""


def relative_precision(error: float, rows: int, scale: float, floor: float = BITS.floor) -> float:
    """How precisely n = `rows` rows of error `error` determine a constant: max(error / scale, floor) / sqrt(n).

    >>> relative_precision(1e-3, 100, 1.0)
    0.0001
    """
    relative = error / scale if scale > 0 and math.isfinite(error) else 1.0
    return min(1.0, max(relative, floor)) / math.sqrt(max(rows, 1))


def data_bits(mse: float, rows: int, scale: float, floor: float = BITS.floor) -> float:
    """rows / 2 * log2 max(mse / scale^2, floor^2), infinite where the error is not finite; `scale` is the rms of y.

    >>> round(data_bits(0.25, 10, 1.0)), data_bits(0.0, 1000, 1.0) == data_bits(1e-28, 1000, 1.0)
    (-10, True)
    """
    if not math.isfinite(mse):
        return math.inf
    relative = mse / scale**2 if scale > 0 else float(mse > 0)
    return rows / 2 * math.log2(max(relative, floor**2))


def description_bits(expression: sympy.Expr, error: float, rows: int, scale: float, floor: float = BITS.floor) -> float:
    """Bits of the formula and of `rows` residuals with root mean square `error`: what is minimised over candidates.

    >>> x = sympy.Symbol("x", real=True)
    >>> exact, off = (description_bits(x**2, error, 100, 1.0) for error in (1e-12, 1e-2))
    >>> exact < off
    True
    """
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
    return min(bits, description_bits(expression, max(spread, BITS.floor), rows, 1.0) + jacobian)


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

"""Angles and exponents of which one is a fraction of another: all are put as whole multiples of a common part.

sin(x) and sin(x/2) are no independent functions: with sin(x) = 2 sin(x/2) cos(x/2) put in, nothing relates the symbols
that are left but s^2 + c^2 = 1; in the same way exp(x) = exp(x/2)^2. Only then does what is shown of the symbols hold
of the functions.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import sympy


def with_common_angles(groups: Sequence[Sequence[Any]]) -> list[list[Any]]:
    """The expressions with every sine and cosine of a fraction in sines and cosines of common parts.

    >>> x = sympy.Symbol("x", real=True)
    >>> with_common_angles([[sympy.sin(x) + sympy.cos(x / 2)]])
    [[2*sin(x/2)*cos(x/2) + cos(x/2)]]
    """
    given, waves = [list(group) for group in groups], (sympy.sin, sympy.cos, sympy.tan)
    parts = _parts({wave.args[0] for wave in _functions_in(given, *waves)})
    if not parts:
        return given

    def is_angle(e: Any) -> bool:
        return isinstance(e, waves)

    def written_out(e: Any) -> Any:
        return _written_out(e, parts)

    return [[e.replace(is_angle, written_out) for e in group] for group in given]


def with_single_tanh(groups: Sequence[Sequence[Any]]) -> list[list[Any]]:
    """The expressions with tanh in exponentials, unless it is the only such function, of one argument.

    tanh(x), tanh(2 x) and cosh(x) are no independent functions; exponentials of common parts are.

    >>> x = sympy.Symbol("x", real=True)
    >>> with_single_tanh([[sympy.tanh(x)]]), with_single_tanh([[sympy.tanh(x), sympy.exp(x)]])
    ([[tanh(x)]], [[1 - 2/(exp(2*x) + 1), exp(x)]])
    """
    given = [list(group) for group in groups]
    found = _functions_in(given, sympy.tanh)
    if not found or len(found | _exponentials_in(given)) < 2:
        return given
    written = {tanh: 1 - 2 / (sympy.exp(tanh.args[0]) ** 2 + 1) for tanh in found}
    return [[e.xreplace(written) for e in group] for group in given]


def common_exponentials(groups: Sequence[Sequence[Any]]) -> list[Any]:
    """The exponentials of common parts, of which others are whole powers; none where the ratios are whole already.

    >>> x = sympy.Symbol("x", real=True)
    >>> common_exponentials([[sympy.exp(x) + sympy.exp(x / 2)], [sympy.exp(2 * x)]])
    [exp(x/2)]
    """
    parts = _parts({f.args[0] for f in _exponentials_in(groups)})
    found = [sympy.exp(sympy.Rational(p.numerator, p.denominator) * rest) for rest, p in parts.items()]
    return sorted(found, key=str)


def _functions_in(groups: Sequence[Sequence[Any]], *kinds: Any) -> set[Any]:
    return {function for group in groups for e in group for function in e.atoms(*kinds)}


def _exponentials_in(groups: Sequence[Sequence[Any]]) -> set[Any]:
    return _functions_in(groups, sympy.exp, sympy.sinh, sympy.cosh)


def _parts(arguments: set[Any]) -> dict[Any, Fraction]:
    """Of every term that occurs in fractions of itself the common part; terms with whole ratios are left alone."""
    ratios: dict[Any, set[Fraction]] = {}
    whole = {Fraction(1)}  # multiples of a whole argument are powers of its function already
    for argument in arguments:
        for term in sympy.Add.make_args(sympy.expand(argument)):
            number, rest = term.as_coeff_Mul()
            if rest.free_symbols and isinstance(number, sympy.Rational):
                ratios.setdefault(rest, set()).add(abs(Fraction(int(number.p), int(number.q))))
    common = {rest: _divisor(several | whole) for rest, several in ratios.items()}
    return {rest: part for rest, part in common.items() if len(ratios[rest]) > 1 and part.denominator > 1}


def _divisor(numbers: set[Fraction]) -> Fraction:
    """The largest fraction of which all are whole multiples."""
    below = math.lcm(*(n.denominator for n in numbers))
    return Fraction(math.gcd(*(int(n * below) for n in numbers)), below)


def _written_out(function: Any, parts: dict[Any, Fraction]) -> Any:
    """A sine or cosine of whole multiples of the parts, in sines and cosines of these."""
    meanings: dict[Any, Any] = {}
    total: Any = sympy.Integer(0)
    for term in sympy.Add.make_args(sympy.expand(function.args[0])):
        number, rest = term.as_coeff_Mul()
        if rest not in parts:
            total += term
            continue
        part = sympy.Rational(parts[rest].numerator, parts[rest].denominator)
        symbol = sympy.Dummy("part", real=True)
        meanings[symbol] = part * rest
        total += number / part * symbol
    return sympy.expand_trig(function.func(total)).xreplace(meanings) if meanings else function

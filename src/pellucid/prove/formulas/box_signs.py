"""Signs of an expression over a box: from the signs of its parts where those tell, else from an enclosure in balls.

Balls are widened by rounding, so that 2*x over [0, 1] is not seen to be at least 0 by them; its factors are.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from functools import reduce
from typing import Any, Literal, TypeAlias

import sympy

from .arb_functions import FUNCTIONS, NotBounded, Series, ball, constant, integer_power

Box: TypeAlias = Mapping[Any, tuple[float, float]]
"""The ends of each symbol's range."""
Sign: TypeAlias = Literal["+", "0+", "0", "0-", "-", "?"]
"""Above 0, at least 0, 0, at most 0, below 0, or not known."""


def sign_on(e: Any, box: Box, *, almost: bool = False) -> Sign:
    """The sign of an expression over the box, wherever it is defined; with `almost`, single points are left out.

    >>> x = sympy.Symbol("x", real=True)
    >>> sign_on(2 * x, {x: (0.0, 1.0)}), sign_on(x + 1, {x: (0.0, 1.0)}), sign_on(x - 0.5, {x: (0.0, 1.0)})
    ('0+', '+', '?')
    """
    if e.is_number:
        return _of_number(e)
    if e.is_Symbol:
        return _of_ends(*box[e])
    if e.is_Mul:
        return _of_product([sign_on(factor, box, almost=almost) for factor in e.args])
    if e.is_Pow:
        found = _of_power(e, box, almost=almost)
    elif e.is_Add:
        found = _of_sum([sign_on(term, box, almost=almost) for term in e.args])
    else:
        found = _of_function(e, box, almost=almost)
    return found if found != "?" else _of_enclosure(e, box)


def is_defined(e: Any, box: Box) -> bool:
    """Whether the expression is surely defined and continuous on the whole box.

    >>> x = sympy.Symbol("x", real=True)
    >>> is_defined(sympy.sqrt(x), {x: (0.0, 1.0)}), is_defined(1 / x, {x: (0.0, 1.0)})
    (True, False)
    """
    if not e.args:
        return True
    if not all(is_defined(part, box) for part in e.args):
        return False
    everywhere = sympy.exp | sympy.sin | sympy.cos | sympy.tanh | sympy.sinh | sympy.cosh
    everywhere |= sympy.atan | sympy.asinh | sympy.erf | sympy.Abs | sympy.Min | sympy.Max
    if e.is_Add or e.is_Mul or isinstance(e, everywhere):
        return True
    if e.is_Pow:
        return _is_defined_power(e, box)
    if isinstance(e, sympy.log):
        return sign_on(e.args[0], box) == "+"
    if isinstance(e, sympy.asin | sympy.acos | sympy.acosh | sympy.atanh | sympy.tan):
        return enclosure(e, box).is_finite()
    return False


def enclosure(e: Any, box: Box) -> Series:
    """A ball that holds every value of the expression over the box. Raises NotBounded for what has none."""
    if e.is_Symbol:
        return ball(*box[e])
    if e.is_number:
        return constant(e)
    if e.is_Pow:
        return _enclosed_power(e, box)
    parts = [enclosure(part, box) for part in e.args]
    if e.is_Add:
        return sum(parts[1:], parts[0])
    if e.is_Mul:
        return math.prod(parts[1:], start=parts[0])
    if e.func in _OF_BALLS:
        return _OF_BALLS[e.func](parts)
    function = FUNCTIONS.get(e.func)
    if function is None or len(parts) != 1:
        raise NotBounded(f"{e.func} has no enclosure")
    return function(parts[0])


_OF_BALLS: dict[Any, Callable[[list[Any]], Series]] = {
    sympy.Min: lambda parts: reduce(lambda a, b: a.min(b), parts),
    sympy.Max: lambda parts: reduce(lambda a, b: a.max(b), parts),
    sympy.sign: lambda parts: ball(-1.0, 1.0),
    sympy.Heaviside: lambda parts: ball(0.0, 1.0),
}
"""Functions of several parts, and those that jump: their values at the jump itself are a convention."""


def _enclosed_power(e: Any, box: Box) -> Series:
    base, exponent = e.base, e.exp
    if base is sympy.E:
        return enclosure(exponent, box).exp()
    value = enclosure(base, box)
    if exponent.is_Integer:
        return integer_power(value, int(exponent))
    if exponent.is_Rational and exponent.q == 2:
        return integer_power(value.sqrt(), int(exponent.p))
    return (enclosure(exponent, box) * value.log()).exp()


def _is_defined_power(e: Any, box: Box) -> bool:
    base = sign_on(e.base, box)
    if e.exp.is_Integer:
        return bool(e.exp > 0) or base in ("+", "-")
    if e.exp.is_number:
        return base == "+" or (base in ("0+", "0") and bool(e.exp > 0))
    return base == "+"


def _of_number(e: Any) -> Sign:
    if e.is_Rational:
        return "+" if e > 0 else "-" if e < 0 else "0"
    try:
        return _of_ball(constant(e))
    except NotBounded:
        return "?"


def _of_ends(low: float, high: float) -> Sign:
    if low == high == 0:
        return "0"
    if low >= 0:
        return "+" if low > 0 else "0+"
    return ("-" if high < 0 else "0-") if high <= 0 else "?"


def _of_product(signs: list[Sign]) -> Sign:
    if "0" in signs:
        return "0"
    if "?" in signs:
        return "?"
    negative = sum(sign in ("-", "0-") for sign in signs) % 2 == 1
    strict = all(sign in ("+", "-") for sign in signs)
    if strict:
        return "-" if negative else "+"
    return "0-" if negative else "0+"


def _of_sum(signs: list[Sign]) -> Sign:
    some = [sign for sign in signs if sign != "0"]
    if not some:
        return "0"
    if all(sign in ("+", "0+") for sign in some):
        return "+" if "+" in some else "0+"
    if all(sign in ("-", "0-") for sign in some):
        return "-" if "-" in some else "0-"
    return "?"


def _of_power(e: Any, box: Box, *, almost: bool) -> Sign:
    """Of b^p where it is defined: even powers are at least 0, others of b at least 0 too; e^p is above 0."""
    base = "+" if e.base is sympy.E else sign_on(e.base, box, almost=almost)
    if base == "+":
        return "+"
    if base == "0" and not _is_positive(e.exp):
        return "?"
    if e.exp.is_Integer:
        return _of_whole_power(base, int(e.exp), almost=almost)
    return "0+" if base in ("0+", "0") and (_is_positive(e.exp) or (e.exp.is_number and almost)) else "?"


def _is_positive(exponent: Any) -> bool:
    """Whether it is a number above 0."""
    return bool(exponent.is_number and exponent > 0)


def _of_whole_power(base: Sign, n: int, *, almost: bool) -> Sign:
    """Of b^n, b with the sign `base`, which is not "+"."""
    if n % 2 == 0:
        return "+" if base == "-" or (n < 0 and almost) else "0+"
    return base if n > 0 or base == "-" or almost else "?"


def _of_function(e: Any, box: Box, *, almost: bool) -> Sign:
    if isinstance(e, sympy.exp | sympy.cosh):
        return "+"
    if isinstance(e, sympy.Heaviside):
        return "0+"
    if isinstance(e, sympy.Abs):
        return "+" if sign_on(e.args[0], box, almost=almost) in ("+", "-") else "0+"
    if isinstance(e, sympy.tanh | sympy.sinh | sympy.atan | sympy.asinh | sympy.erf | sympy.sign):
        return sign_on(e.args[0], box, almost=almost)
    if isinstance(e, sympy.Min | sympy.Max):
        signs: list[Sign] = [sign_on(part, box, almost=almost) for part in e.args]
        return signs[0] if len(set(signs)) == 1 else "?"
    return "?"


def _of_enclosure(e: Any, box: Box) -> Sign:
    try:
        return _of_ball(enclosure(e, box))
    except NotBounded:
        return "?"


def _of_ball(value: Series) -> Sign:
    if not value.is_finite():
        return "?"
    return "+" if value > 0 else "-" if value < 0 else "?"

"""Constants within a text: the value of each in double precision, before anything exact is made of it.

sympy decides what a constant is by exact arithmetic, by its sign to many digits, and by rules for infinities; on
asinh(Max(pi, atan2(atanh(8**7), 1e-300))) that takes minutes. Here a constant has a value that is a finite real number
of a size that doubles have, or it is refused.
"""

from __future__ import annotations

import math
import operator
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import SupportsFloat


class NoValue(ValueError):
    """A constant that is no finite real number; the message says which."""


def _within(
    low: float, high: float, function: Callable[[float], float], rounding: float = 1e-12
) -> Callable[[float], float]:
    """The function on [low, high], a value beyond it by no more than `rounding` taken for the end."""

    def call(x: float) -> float:
        nearest = min(max(x, low), high)
        if abs(x - nearest) > rounding * max(1.0, abs(x)):
            raise ValueError
        return function(nearest)

    return call


def _sign(x: float) -> float:
    return float((x > 0) - (x < 0))


def _modulo(x: float, period: float) -> float:
    return x - period * math.floor(x / period)


_FUNCTIONS: Mapping[str, Callable[..., float]] = {
    "+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv,
    "exp": math.exp, "log": math.log, "ln": math.log, "sqrt": _within(0.0, math.inf, math.sqrt),
    "Abs": abs, "abs": abs, "sign": _sign, "erf": math.erf,
    "sin": math.sin, "cos": math.cos, "tan": math.tan, "atan": math.atan, "arctan": math.atan,
    "asin": _within(-1.0, 1.0, math.asin), "arcsin": _within(-1.0, 1.0, math.asin),
    "acos": _within(-1.0, 1.0, math.acos), "arccos": _within(-1.0, 1.0, math.acos),
    "sinh": math.sinh, "cosh": math.cosh, "tanh": math.tanh, "asinh": math.asinh,
    "acosh": _within(1.0, math.inf, math.acosh), "atanh": math.atanh, "arctanh": math.atanh,
    "Min": min, "Max": max, "atan2": math.atan2,
    "step": lambda x: float(x >= 0), "floor": math.floor, "ceiling": math.ceil, "Mod": _modulo,
}  # fmt: skip


def value_of(name: str, values: Sequence[float]) -> float:
    """The operation or function of these values. Raises NoValue where it is no finite real number.

    >>> value_of("atan2", [1.0, -1.0]) == 3 * math.pi / 4, value_of("acos", [1 + 1e-15])
    (True, 0.0)
    """
    try:
        if name == "**":
            return checked(_power(*values))
        return checked(_FUNCTIONS[name](*(values if name not in ("Min", "Max") else [values])))
    except (ArithmeticError, ValueError):
        shown = [f"{value:g}" for value in values]
        what = f" {name} ".join(shown) if name in ("+", "-", "*", "/", "**") else f"{name} of {', '.join(shown)}"
        raise NoValue(f"{what}, which is no finite real number") from None


def checked(number: SupportsFloat, largest: float = sys.float_info.max) -> float:
    """The number in double precision. Raises NoValue for one beyond it."""
    try:
        value = float(number)
    except OverflowError:
        value = math.inf
    if abs(value) <= largest:  # false for NaN as well
        return value
    raise NoValue(f"{value:g}, which is no finite real number")


def _power(base: float, exponent: float) -> float:
    found = base**exponent
    if isinstance(found, complex):
        raise ValueError
    return found

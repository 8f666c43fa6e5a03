"""The functions that an edge of a spline network may turn out to be: c f(a x + b) + d (KAN, arXiv 2404.19756, 2.5.1).

The library is a plain tuple of `Primitive`; a user adds to it with `(*LIBRARY, primitive("sinc", sympy.sinc, bits=5))`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import sympy
from numpy.typing import NDArray

Array = NDArray[np.float64]
Gauge = Literal["none", "scale", "shift", "linear"]


@dataclass(frozen=True)
class Primitive:
    """A function of one variable: for arrays, its slope, for sympy, and what its name costs in bits.

    It is real on the open interval (`low`, `high`). `gauge` says which of the four affine parameters of
    c f(a x + b) + d is idle: "scale" where f(k z) is an affine function of f(z) for k > 0 (powers, logarithm: a is then
    a sign), "shift" where f(z + k) is (exponential: b is then 0), "linear" where both hold.

    >>> find(LIBRARY, "exp").function(np.zeros(1)).tolist()
    [1.0]
    """

    name: str
    function: Callable[[Array], Array]
    slope: Callable[[Array], Array]
    symbol: Callable[[sympy.Expr], sympy.Expr]
    bits: float
    low: float = -np.inf
    high: float = np.inf
    gauge: Gauge = "none"
    even: bool = False
    """f(-z) = f(z), or its negative: the sign of a is then idle too."""

    @property
    def free(self) -> tuple[bool, bool]:
        """Whether a and b are to be fitted.

        >>> library_entry("x").free, library_entry("exp").free
        ((False, False), (True, False))
        """
        return self.gauge in ("none", "shift"), self.gauge in ("none", "scale")

    @property
    def parameters(self) -> int:
        """How many of a, b, c, d are not idle."""
        return 2 + sum(self.free)

    def __reduce_ex__(self, protocol: Any) -> Any:
        """Entries of `LIBRARY` are pickled and copied by their names: their functions may be lambdas."""
        if any(entry is self for entry in LIBRARY):
            return library_entry, (self.name,)
        return super().__reduce_ex__(protocol)


def primitive(
    name: str,
    symbol: Callable[[sympy.Expr], sympy.Expr],
    bits: float = 5.0,
    *,
    low: float = -np.inf,
    high: float = np.inf,
    function: Callable[[Array], Array] | None = None,
    gauge: Gauge = "none",
) -> Primitive:
    """An entry from its sympy function alone; its slope, and its values where `function` is not given, come from sympy.

    Raises ValueError for a name that is no identifier, a domain that is none, a function that is constant.

    >>> primitive("cosh", sympy.cosh).slope(np.zeros(1)).tolist()
    [0.0]
    """
    if not low < high:
        raise ValueError(f"domain of {name!r} is ({low}, {high}); give low < high")
    z = sympy.Symbol("z", real=True)
    expression = sympy.sympify(symbol(z))
    if z not in expression.free_symbols:
        raise ValueError(f"function {name!r} is {expression}, which does not depend on its argument; leave it out")
    values = function or sympy.lambdify(z, expression, "numpy")
    slope = sympy.lambdify(z, sympy.diff(expression, z), "numpy")

    def as_array(inner: Callable[[Array], Any]) -> Callable[[Array], Array]:
        return lambda at: np.broadcast_to(np.asarray(inner(at), dtype=np.float64), np.shape(at))

    return Primitive(name, as_array(values), as_array(slope), symbol, float(bits), low, high, gauge)


def find(library: Iterable[Primitive], name: str) -> Primitive:
    """The entry of that name; raises ValueError for a name that is not in the library.

    >>> find(LIBRARY, "exp").name
    'exp'
    """
    entries = {entry.name: entry for entry in library}
    if name not in entries:
        raise ValueError(f"function={name!r} is not in the library; known are {', '.join(entries)}")
    return entries[name]


def library_entry(name: str) -> Primitive:
    """The entry of `LIBRARY` with that name; raises ValueError for an unknown one.

    >>> library_entry("sin").free
    (True, True)
    """
    return find(LIBRARY, name)


def named(functions: Iterable[str | Primitive]) -> tuple[Primitive, ...]:
    """The entries that are meant, names looked up in `LIBRARY`; raises ValueError for an unknown or doubled name.

    >>> [primitive.name for primitive in named(["x^2", library_entry("log")])]
    ['x^2', 'log']
    """
    entries = tuple(find(LIBRARY, f) if isinstance(f, str) else f for f in functions)
    if not entries:
        raise ValueError("library is empty; name at least one function")
    if len({entry.name for entry in entries}) < len(entries):
        raise ValueError(f"library={[entry.name for entry in entries]} names a function twice; rename one of them")
    return entries


def _power(name: str, exponent: float, bits: float) -> Primitive:
    """z^exponent, a multiple of 1/2: defined everywhere for a natural number, for z > 0 alone otherwise."""
    number = float(exponent)
    whole = number == int(number)
    exact = sympy.Integer(int(2 * number)) / 2
    return Primitive(
        name,
        (lambda z: z ** int(number)) if whole else (lambda z: z**number),
        (lambda z: number * z ** (int(number) - 1)) if whole else (lambda z: number * z ** (number - 1)),
        lambda z: z**exact,
        bits,
        low=-np.inf if whole and number > 0 else 0.0,
        gauge="linear" if number == 1 else "scale",
        even=whole,
    )


LINEAR = _power("x", 1, 0.0)

LIBRARY: tuple[Primitive, ...] = (
    LINEAR,
    _power("x^2", 2, 2.0),
    _power("x^3", 3, 3.0),
    _power("x^4", 4, 4.0),
    _power("x^5", 5, 5.0),
    _power("1/x", -1, 2.0),
    _power("1/x^2", -2, 3.0),
    _power("1/x^3", -3, 5.0),
    _power("sqrt", 0.5, 2.0),
    _power("x^1.5", 1.5, 4.0),
    _power("1/sqrt", -0.5, 3.0),
    _power("1/x^1.5", -1.5, 5.0),
    Primitive("exp", np.exp, np.exp, sympy.exp, 3.0, gauge="shift"),
    Primitive("log", np.log, lambda z: 1 / z, sympy.log, 3.0, low=0.0, gauge="scale"),
    Primitive("abs", np.abs, np.sign, sympy.Abs, 4.0, gauge="scale", even=True),
    Primitive("sin", np.sin, np.cos, sympy.sin, 3.0, even=True),
    Primitive("tan", np.tan, lambda z: 1 + np.tan(z) ** 2, sympy.tan, 5.0, -np.pi / 2, np.pi / 2, even=True),
    Primitive("tanh", np.tanh, lambda z: 1 - np.tanh(z) ** 2, sympy.tanh, 4.0, even=True),
    Primitive("arcsin", np.arcsin, lambda z: 1 / np.sqrt(1 - z * z), sympy.asin, 5.0, -1.0, 1.0, even=True),
    Primitive("arctan", np.arctan, lambda z: 1 / (1 + z * z), sympy.atan, 5.0, even=True),
    Primitive("arctanh", np.arctanh, lambda z: 1 / (1 - z * z), sympy.atanh, 5.0, -1.0, 1.0, even=True),
    Primitive(
        "gaussian",
        lambda z: np.exp(-z * z),
        lambda z: -2 * z * np.exp(-z * z),
        lambda z: sympy.exp(-(z**2)),
        4.0,
        even=True,
    ),
    Primitive("cosh", np.cosh, np.sinh, sympy.cosh, 5.0, even=True),
)
"""Powers, roots, exponential, logarithm, trigonometric and hyperbolic functions and inverses, absolute value, bell."""

"""The vocabulary of the bank: functions of one argument, powers, and the constants that usually stand inside them.

Every entry has a cost in bits, set by hand: 3 for an operation, half a bit for a minus sign, more for what is rarer.
The costs only order what is tried, and rank formulas that fit alike. No record says that they were fitted to a
benchmark; take the AI Feynman equations (benchmarks/formulas.py) as having been in view when they were chosen.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..expression.coefficients import PI_TEXT

Array = NDArray[np.float64]


class Constant(NamedTuple):
    """A factor k of an argument, its bits, and its text, to be written before the argument."""

    value: float
    bits: float
    text: str


class Power(NamedTuple):
    """An exponent, its bits, and its text with `{}` for the base."""

    exponent: float
    bits: float
    text: str


@dataclass(frozen=True)
class Shape:
    """f(k u), its text with `{}` for k u, its inner constants k and its bits."""

    function: Callable[[Array], Array]
    text: str
    constants: tuple[Constant, ...]
    bits: float
    linear: bool = False
    """Whether it is a sum itself, so that sums of terms need it not."""


def powers() -> tuple[Power, ...]:
    """The exponents that sums, differences and norms are raised to.

    >>> [power.exponent for power in powers()]
    [1.0, -1.0, 0.5, -0.5, 2.0, -2.0, 1.5, -1.5]
    """
    return (
        Power(1.0, 0.0, "{}"),
        Power(-1.0, 0.5, "1/{}"),
        Power(0.5, 3.0, "sqrt{}"),
        Power(-0.5, 3.5, "1/sqrt{}"),
        Power(2.0, 2.0, "{}**2"),
        Power(-2.0, 2.5, "1/{}**2"),
        Power(1.5, 6.0, "{}**(3/2)"),
        Power(-1.5, 6.0, "{}**(-3/2)"),
    )


def only_one() -> tuple[Constant, ...]:
    """No constant but 1.

    >>> only_one()
    (Constant(value=1.0, bits=0.0, text=''),)
    """
    return (Constant(1.0, 0.0, ""),)


def ratios(*, signed: bool = False) -> tuple[Constant, ...]:
    """Small whole numbers and their inverses; their negatives too where `signed`.

    >>> [constant.text for constant in ratios()]
    ['', '2*', '1/2*', '3*', '1/3*', '4*', '1/4*']
    """
    plain = (
        *only_one(),
        Constant(2.0, 2.0, "2*"),
        Constant(0.5, 2.0, "1/2*"),
        Constant(3.0, 3.5, "3*"),
        Constant(1 / 3, 3.5, "1/3*"),
        Constant(4.0, 5.0, "4*"),
        Constant(0.25, 5.0, "1/4*"),
    )
    return (*plain, *(Constant(-k, bits + 0.5, "-" + text) for k, bits, text in plain)) if signed else plain


def circle(most: int = 6) -> tuple[Constant, ...]:
    """Factors of angles and rates, with and without pi: the `most` usual ones.

    >>> [round(constant.value, 3) for constant in circle()]
    [1.0, 0.5, 2.0, 6.283, 0.159, 3.142]
    """
    return (
        *only_one(),
        Constant(0.5, 2.0, "1/2*"),
        Constant(2.0, 2.0, "2*"),
        Constant(2 * np.pi, 4.0, f"2*{PI_TEXT}*"),
        Constant(1 / (2 * np.pi), 4.0, f"1/(2*{PI_TEXT})*"),
        Constant(np.pi, 4.0, f"{PI_TEXT}*"),
    )[:most]


def signed_circle() -> tuple[Constant, ...]:
    """Each of the five usual factors, and its negative after it."""
    return tuple(Constant(s * k, b + (s < 0) * 0.5, "-" * (s < 0) + t) for k, b, t in circle(5) for s in (1, -1))


def algebraic() -> tuple[Shape, ...]:
    """Powers of 1 + k u, and the ratios of Doppler shifts."""
    return (
        *(_raised_shape(power) for power in powers()),
        Shape(lambda u: (1 + u) / (1 - u), "(1+{0})/(1-{0})", ratios(), 8.0),
        Shape(lambda u: np.sqrt((1 + u) / (1 - u)), "sqrt((1+{0})/(1-{0}))", ratios(), 10.0),
    )


def _raised_shape(power: Power) -> Shape:
    exponent, text = power.exponent, power.text.format("(1+{})")
    return Shape(lambda u: (1 + u) ** exponent, text, ratios(signed=True), 3.0 + power.bits, exponent == 1)


def growth() -> tuple[Shape, ...]:
    """Exponentials, Gaussians, the occupation numbers of Bose and Fermi, hyperbolic functions."""
    return (
        Shape(np.exp, "exp({})", signed_circle(), 3.0),
        Shape(lambda u: np.exp(-u * u / 2), "exp(-({})**2/2)", only_one(), 5.0),
        Shape(lambda u: np.exp(-u * u), "exp(-({})**2)", only_one(), 5.0),
        Shape(np.expm1, "(exp({})-1)", circle(5), 6.0, True),
        Shape(lambda u: -np.expm1(-u), "(1-exp(-({})))", circle(5), 6.5, True),
        Shape(lambda u: 1 / np.expm1(u), "1/(exp({})-1)", circle(5), 6.5),
        Shape(lambda u: 1 / (np.exp(u) + 1), "1/(exp({})+1)", circle(5), 6.5),
        Shape(np.cosh, "cosh({})", circle(5), 4.5),
        Shape(np.sinh, "sinh({})", circle(5), 4.5),
        Shape(np.tanh, "tanh({})", circle(5), 4.5),
        Shape(lambda u: 1 / np.cosh(u), "1/cosh({})", circle(5), 5.0),
        Shape(lambda u: 1 / np.sinh(u), "1/sinh({})", circle(5), 5.0),
    )


def logarithms() -> tuple[Shape, ...]:
    """Logarithms, and the inverses of sine, cosine and tangent."""
    return (
        Shape(np.log, "log({})", only_one(), 4.0),
        Shape(np.log1p, "log(1+{})", ratios(signed=True), 7.0),
        Shape(np.arctan, "atan({})", only_one(), 5.0),
        Shape(np.arcsin, "asin({})", only_one(), 5.0),
        Shape(np.arccos, "acos({})", only_one(), 5.0),
    )


def waves() -> tuple[Shape, ...]:
    """Sines and cosines, their squares and inverses, and the pattern of a slit.

    >>> [shape.text for shape in waves()[:3]]
    ['sin({})', 'cos({})', 'tan({})']
    """
    return (
        Shape(np.sin, "sin({})", circle(), 3.0),
        Shape(np.cos, "cos({})", circle(), 3.0),
        Shape(np.tan, "tan({})", circle(3), 5.0),
        Shape(lambda u: np.sin(u) ** 2, "sin({})**2", circle(), 5.0),
        Shape(lambda u: np.cos(u) ** 2, "cos({})**2", circle(), 5.0),
        Shape(lambda u: 1 / np.sin(u) ** 2, "1/sin({})**2", circle(3), 6.5),
        Shape(lambda u: (np.sin(u) / u) ** 2, "(sin({0})/{0})**2", circle(3), 7.0),
        Shape(lambda u: 1 / np.cos(u) ** 2, "1/cos({})**2", circle(3), 7.5),
        Shape(lambda u: 1 / np.sin(u), "1/sin({})", circle(3), 6.0),
        Shape(lambda u: 1 / np.cos(u), "1/cos({})", circle(3), 6.0),
        Shape(lambda u: 1 - np.cos(u), "(1-cos({}))", circle(), 6.0, True),
        Shape(lambda u: 1 + np.cos(u), "(1+cos({}))", circle(), 6.0, True),
    )


@dataclass(frozen=True)
class Grammar:
    """All shapes, by how they are used: of dimensionless monomials all are tried, of sums and differences some."""

    powers: tuple[Power, ...] = field(default_factory=powers)
    algebraic: tuple[Shape, ...] = field(default_factory=algebraic)
    growth: tuple[Shape, ...] = field(default_factory=growth)
    logarithms: tuple[Shape, ...] = field(default_factory=logarithms)
    waves: tuple[Shape, ...] = field(default_factory=waves)

    @property
    def of_sums(self) -> tuple[Shape, ...]:
        """What is applied to (a +- b) times a monomial: exp and Gaussians, log, and waves."""
        return (*self.growth[:3], *self.logarithms[:1], *self.waves)


GRAMMAR = Grammar()

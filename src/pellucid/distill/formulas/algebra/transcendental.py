"""Transcendental features: functions of simple arguments, as columns and as expressions.

An argument is a pi-group, or a sum or difference of two, times a usual factor. A block holds what one argument adds to
a bank of monomials: cos a and sin a (and their products, so that cos 2a and sin^2 a are within reach), exp a and its
powers, tanh a, and the logarithms of all groups.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from itertools import combinations

import numpy as np
import sympy
from numpy.typing import NDArray

from .settings import PRECISION

Floats = NDArray[np.float64]


class Kind(Enum):
    """The kinds of features: sin and cos, exp, tanh."""

    TRIGONOMETRIC = "trigonometric"
    EXPONENTIAL = "exponential"
    HYPERBOLIC = "hyperbolic"

    @property
    def scales(self) -> tuple[sympy.Expr, ...]:
        """Factors that arguments of this kind usually have in physics, the most usual first.

        >>> Kind.HYPERBOLIC.scales
        (1, 1/2, 1/(2*pi), 2*pi)
        """
        one, half, pi = sympy.Integer(1), sympy.Rational(1, 2), sympy.pi
        return {
            Kind.TRIGONOMETRIC: (one, half, 2 * pi, pi, 1 / pi),
            Kind.EXPONENTIAL: (one, half, 1 / (2 * pi), 2 * pi, 1 / pi, half**2),
            Kind.HYPERBOLIC: (one, half, 1 / (2 * pi), 2 * pi),
        }[self]


@dataclass(frozen=True)
class Element:
    """One column: values (rows,), the expression they are of, and its length."""

    values: Floats
    expression: sympy.Expr
    cost: float


@dataclass(frozen=True)
class Argument:
    """What a function is applied to, before any factor; `features` are the columns of the table in it."""

    values: Floats
    expression: sympy.Expr
    cost: float
    features: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Block:
    """The elements that one argument adds, without the constant 1."""

    name: str
    elements: tuple[Element, ...]


def arguments(groups: list[Argument], most: int = 8, most_added: int = 6) -> list[Argument]:
    """The first `most` groups, and sums and differences of two of the first `most_added`, simplest first.

    >>> x, y = (Argument(np.ones(3), sympy.Symbol(name), 1.0) for name in "xy")
    >>> [str(one.expression) for one in arguments([x, y])]
    ['x', 'y', 'x - y', 'x + y']
    """
    single = groups[:most]
    with np.errstate(all="ignore"):  # groups that leave the range of floats on a row are no use in a sum either
        added = [
            Argument(
                a.values + sign * b.values,
                a.expression + sign * b.expression,
                a.cost + b.cost + 1,
                a.features | b.features,
            )
            for a, b in combinations(groups[:most_added], 2)
            for sign in (-1, 1)
        ]
    return sorted(single + added, key=lambda argument: argument.cost)


def block(argument: Argument, kind: Kind, scale: sympy.Expr, degree: int = 2, *, inverse: bool = True) -> Block | None:
    """The block of one kind for scale * argument; None where its values are out of reach of double precision.

    >>> x = Argument(np.linspace(0, 1, 5), sympy.Symbol("x"), 1.0)
    >>> [str(one.expression) for one in block(x, Kind.EXPONENTIAL, sympy.Integer(1)).elements]
    ['exp(x)', 'exp(-x)']
    """
    values, inner = float(scale) * argument.values, scale * argument.expression
    largest = float(np.abs(values).max())
    if not np.isfinite(largest):
        return None
    if kind is Kind.TRIGONOMETRIC:
        elements = _trigonometric(values, inner, degree) if largest < PRECISION.fastest else ()
    elif kind is Kind.EXPONENTIAL:
        elements = _exponential(values, inner, degree, inverse) if largest < PRECISION.largest_exponent else ()
    else:
        elements = (Element(np.tanh(values), sympy.tanh(inner), 2.0),) if np.ptp(np.tanh(values)) > 1e-3 else ()
    return Block(f"{kind.value} of {inner}", elements) if elements else None


def _trigonometric(values: Floats, inner: sympy.Expr, degree: int) -> tuple[Element, ...]:
    s, c = np.sin(values), np.cos(values)
    sine, cosine = sympy.sin(inner), sympy.cos(inner)
    first = (Element(c, cosine, 2.0), Element(s, sine, 2.0))
    if degree == 1:
        return first
    return (*first, Element(s * s, sine**2, 3.0), Element(s * c, sine * cosine, 4.0))


def _exponential(values: Floats, inner: sympy.Expr, degree: int, inverse: bool) -> tuple[Element, ...]:
    first = Element(np.exp(values), sympy.exp(inner), 2.0)
    if inverse:
        return first, Element(np.exp(-values), sympy.exp(-inner), 2.5)
    return (first, Element(np.exp(2 * values), sympy.exp(2 * inner), 3.0)) if degree > 1 else (first,)


def logarithms(groups: list[Argument]) -> Block | None:
    """log of every group, where all are positive.

    >>> logarithms([Argument(np.array([1.0, -1.0]), sympy.Symbol("x"), 1.0)]) is None
    True
    """
    elements = tuple(
        Element(np.log(group.values), sympy.log(group.expression), 2.0) for group in groups if (group.values > 0).all()
    )
    return Block("logarithms", elements) if elements else None


def product(blocks: list[Block]) -> Block:
    """Every product of elements, at most one of each block.

    >>> sine, cosine = (Block(n, (Element(np.ones(2), sympy.Symbol(n), 1.0),)) for n in "sc")
    >>> [str(one.expression) for one in product([sine, cosine]).elements]
    ['s', 'c', 'c*s']
    """
    elements: list[Element] = []
    for one in blocks:
        elements += [
            *one.elements,
            *(
                Element(a.values * b.values, a.expression * b.expression, a.cost + b.cost)
                for a in elements
                for b in one.elements
            ),
        ]
    return Block(" and ".join(one.name for one in blocks), tuple(sorted(elements, key=lambda element: element.cost)))
